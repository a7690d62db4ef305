package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

var people = []access.Actor{{OID: "a1", Name: "Anna Berg"}, {OID: "b2", Name: "Bernd Annau"}, {OID: "c3", Name: "Chloé Dubois"}}

// filled is an audit log of 60 lines whose clock is set back at times.
func filled(t *testing.T, db *database.DB, random *rand.Rand) (*audit.Log, []audit.Entry) {
	t.Helper()
	now := noon
	signer, _ := newKey(t, "test")
	log, err := audit.New(audit.Options{Database: db, SignerKey: signer, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	var entries []audit.Entry
	for range 60 {
		e := audit.Entry{Action: audit.SignIn, Actor: people[random.IntN(3)]}
		if random.IntN(3) > 0 {
			e.Action, e.Connector = audit.Edit, fmt.Sprintf("c%d", random.IntN(3))
			e.Outcome = audit.Outcomes()[random.IntN(3)]
		}
		now = now.Add(time.Duration(random.IntN(60)) * time.Second)
		if random.IntN(10) == 0 {
			now = now.Add(-time.Duration(random.IntN(600)) * time.Second)
		}
		entries = append(entries, noted(t, log, e))
	}
	return log, entries
}

func randomFilter(random *rand.Rand) audit.Filter {
	pick := func(values ...string) string { return values[random.IntN(len(values))] }
	f := audit.Filter{Connector: pick("", "", "c1", "none", "two", "many"), Person: pick("", "", "a1", "A1", "ANNA", "é", "nobody"),
		Action: audit.Action(pick("", "", "edit", "sign_in")), Outcome: audit.Outcome(pick("", "", "applied", "superseded"))}
	switch f.Connector { // names that several bear
	case "two":
		f.Connectors = []string{"C2", "c0", "c2"}
	case "many":
		f.Connectors = []string{"C1", "c2"}
		for i := range 60 {
			f.Connectors = append(f.Connectors, fmt.Sprint("none-", i))
		}
	}
	if random.IntN(2) == 0 {
		f.From = noon.Add(time.Duration(random.IntN(2000)-100) * time.Second)
	}
	if random.IntN(2) == 0 {
		f.To = noon.Add(time.Duration(random.IntN(2000)-100) * time.Second)
	}
	return f
}

// matches is what Filter says, said again in Go.
func matches(f audit.Filter, e audit.Entry) bool {
	person := f.Person == "" || strings.EqualFold(f.Person, e.Actor.OID) || strings.Contains(strings.ToLower(e.Actor.Name), strings.ToLower(f.Person))
	named := f.Connector == "" || f.Connector == e.Connector || slices.ContainsFunc(f.Connectors, func(id string) bool { return connector.SameID(id, e.Connector) })
	return person && named && (f.Action == "" || f.Action == e.Action) &&
		(f.Outcome == "" || f.Outcome == e.Outcome) && !e.Time.Before(f.From) && (f.To.IsZero() || e.Time.Before(f.To))
}

// TestQueryPagesWhatMatches pages through random filters and compares with a plain loop.
func TestQueryPagesWhatMatches(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		random := rand.New(rand.NewPCG(seed, 0))
		log, entries := filled(t, db, random)
		for range 60 {
			f := randomFilter(random)
			var want, got []audit.Entry
			for _, e := range slices.Backward(entries) {
				if matches(f, e) {
					want = append(want, e)
				}
			}
			for before := int64(0); ; {
				page, err := log.Query(context.Background(), f, before, 7)
				if err != nil || len(page.Entries) > 7 {
					t.Fatalf("seed %d, %+v: a page of %d lines, %v", seed, f, len(page.Entries), err)
				}
				got = append(got, page.Entries...)
				if before = page.Before; before == 0 {
					break
				}
			}
			if !reflect.DeepEqual(seqs(got), seqs(want)) {
				t.Errorf("seed %d, %+v: lines %v\nwant %v", seed, f, seqs(got), seqs(want))
			}
			if got := upwards(t, log, f); !reflect.DeepEqual(seqs(got), seqs(want)) {
				t.Errorf("seed %d, %+v: lines from the oldest on %v\nwant %v", seed, f, seqs(got), seqs(want))
			}
		}
	})
}

// upwards pages from the oldest line to the newest, and returns the newest first.
func upwards(t *testing.T, log *audit.Log, f audit.Filter) (all []audit.Entry) {
	t.Helper()
	for after := int64(0); ; {
		page, more, err := log.Newer(context.Background(), f, after, 7)
		if err != nil || len(page.Entries) > 7 {
			t.Fatalf("%+v: a page of %d lines, %v", f, len(page.Entries), err)
		}
		all = append(slices.Clone(page.Entries), all...)
		if !more {
			return all
		}
		after = page.Entries[0].Seq
	}
}

// TestExportsHoldWhatMatches exports by random filters and compares with a plain loop.
func TestExportsHoldWhatMatches(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		random := rand.New(rand.NewPCG(seed, 0))
		log, entries := filled(t, db, random)
		for range 30 {
			f := randomFilter(random)
			want := seqs(slices.DeleteFunc(slices.Clone(entries), func(e audit.Entry) bool { return !matches(f, e) }))
			if got := exported(t, log, f); !slices.Equal(got, want) {
				t.Errorf("seed %d, %+v: lines %v\nwant %v", seed, f, got, want)
			}
		}
	})
}

// exported are the numbers of the lines in an export, but for those about exports, of which each adds one.
func exported(t *testing.T, log *audit.Log, f audit.Filter) (all []int64) {
	t.Helper()
	for line := range bytes.Lines(export(t, log, f)) {
		var one struct {
			Seq    int64
			Action audit.Action
		}
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatal(err)
		}
		if one.Seq > 0 && one.Action != audit.Export {
			all = append(all, one.Seq)
		}
	}
	return all
}

func seqs(entries []audit.Entry) []int64 {
	var all []int64
	for _, e := range entries {
		all = append(all, e.Seq)
	}
	return all
}

func TestPeopleByTheirLatestName(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		if people, err := log.People(context.Background()); err != nil || people != nil {
			t.Errorf("the people of an empty record = %v, %v", people, err)
		}
		for _, name := range []string{"Anna Berg", "Anna Berg-Meyer"} {
			noted(t, log, audit.Entry{Action: audit.SignIn, Actor: access.Actor{OID: "a1", Name: name}})
		}
		noted(t, log, audit.Entry{Action: audit.SignIn, Actor: people[1]})
		want := []access.Actor{{OID: "a1", Name: "Anna Berg-Meyer"}, {OID: "b2", Name: "Bernd Annau"}}
		if got, err := log.People(context.Background()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("people = %v, %v; want %v", got, err, want)
		}
	})
}

func TestFilterSurvivesItsQuery(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		f := randomFilter(random)
		got, err := audit.ParseFilter(f.Values())
		if err != nil || !got.From.Equal(f.From) || !got.To.Equal(f.To) {
			t.Errorf("%v = %+v, %v", f.Values(), got, err)
		}
		if got.From, got.To, got.Connectors = f.From, f.To, f.Connectors; !reflect.DeepEqual(got, f) {
			t.Errorf("%+v came back as %+v", f, got)
		}
	}
}

func TestParseFilter(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for query, test := range map[string]struct {
		want audit.Filter
		says string
	}{
		"from=2026-11-24&to=2026-11-24": {audit.Filter{From: day, To: day.Add(24 * time.Hour)}, ""},
		"to=2026-11-24T00:00:00Z":       {audit.Filter{To: day}, ""},
		"person=+Anna+":                 {audit.Filter{Person: "Anna"}, ""},
		"from=yesterday":                {audit.Filter{}, `from="yesterday" cannot be read`},
		"action=dance":                  {audit.Filter{Action: "dance"}, `not have the action "dance"`},
		"outcome=fine":                  {audit.Filter{Outcome: "fine"}, `not have the outcome "fine"`},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := audit.ParseFilter(values)
		if !reflect.DeepEqual(got, test.want) || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s = %+v, %v; want %+v, %q", query, got, err, test.want, test.says)
		}
	}
}

func TestExportCrossesBatches(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	log := open(t, db)
	for range 2100 / 100 {
		appendMany(t, db, log, 100)
	}
	report, err := verify(t, export(t, log, audit.Filter{}), audit.VerifyOptions{Key: log.VerifierKey()})
	if err != nil || report.Lines != 2101 {
		t.Errorf("verify = %+v, %v", report, err)
	}
	if n := bytes.Count(export(t, log, audit.Filter{Connector: "c1"}), []byte("\n")); n != 2101 {
		t.Errorf("%d lines of the connector with the checkpoint, want 2101", n)
	}
}
