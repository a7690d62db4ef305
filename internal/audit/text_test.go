package audit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

const guid = "d4b03f17-91ce-4c0e-8f1a-0c2f5b7a9d10"

// told are lines that tell words in every way.
func told() []audit.Entry {
	value := func(text string) *connector.Value { v := connector.Of(text); return &v }
	signIn := func(name string) audit.Entry {
		return audit.Entry{Action: audit.SignIn, Actor: access.Actor{OID: name, TID: "t", Name: name}}
	}
	edit := func(reason, before, requested string, stored *connector.Value) audit.Entry {
		return audit.Entry{
			Action: audit.Edit, Actor: mona(), Connector: "c1", Outcome: audit.Applied, Reason: reason,
			Fields: []connector.FieldChange{{Name: connector.ExchangeAlias, Before: connector.Of(before), Requested: connector.Of(requested), Stored: stored}},
			ID:     "eeeeeeee-0000-4000-8000-000000000001",
			Graph:  &audit.Graph{Status: 200, RequestID: guid, ClientRequestID: "x"},
		}
	}
	other := edit("Ticket chg-20934, for the mailbox", "Straße", "½ ＷＩＤＥ", nil)
	other.Connector = "C2"
	other.Graph = nil
	return []audit.Entry{
		signIn("Zoë Ångström"), signIn("Åsa O’Brien"),
		edit("CHG-20933: same style in Zürich.", "na-mail", "hosted-na", value("hosted-na@contoso.com")), other,
		edit(strings.Repeat("long ", 900)+"end", "ελληνικά", "日本語 テスト", value("नमस्ते")),
		{Action: audit.Denied, Actor: mona(), Reason: "GET /zurich"}, {Action: audit.Export, Actor: mona(), Reason: "audit.csv?q=zurich"},
		{Action: audit.Observed, Actor: mona(), Connector: "c2", Fields: []connector.FieldChange{{Name: connector.Version, Before: connector.Of("15.1.2507"), Stored: value("nul\x00 \xffend")}}},
		{Action: audit.Note, Actor: access.Actor{OID: "9", TID: "t", Name: "Nia"}, Connector: "c9", Reason: "dump-20260209-2030 and cafe0000-7234-ab.log"},
	}
}

// searches are texts, and the lines that each finds among those of told.
var searches = []struct {
	text string
	want []int64
}{
	{"zurich", []int64{3}}, {"ZÜRICH", []int64{3}}, {"zür", []int64{3}}, {"urich", nil}, {"chg-20933", []int64{3}}, {"20933", []int64{3}}, {"chg", []int64{4, 3}},
	{"CHG zurich", []int64{3}}, {"zurich chg", []int64{3}}, {"zurich mailbox", nil}, {"strasse", []int64{8, 4}}, {"STRAẞE", []int64{8, 4}}, {"wide", []int64{8, 4}},
	{"angstrom", []int64{1}}, {"Zoe Ang", []int64{1}}, {"asa", []int64{2}}, {"obrien", []int64{2}}, {"o'brien", []int64{2}}, {"o’b", []int64{2}}, {"brien", nil},
	{"contoso.com", []int64{5, 3}}, {"contoso", []int64{5, 3}}, {"hosted-na@contoso.com", []int64{5, 3}},
	{"na-mail", []int64{5, 3}}, {"mona", []int64{8, 7, 6, 5, 4, 3}}, {"ΕΛΛΗΝΙΚΑ", []int64{5, 3}},
	{"日本", []int64{5}}, {"テスト", []int64{5}}, {"नम", []int64{5, 3}}, {"15.1.2507", []int64{8}}, {"2507 15", []int64{8}}, {"25", []int64{8}}, {"end", []int64{8}},
	{guid, []int64{5, 3}}, {strings.ToUpper(guid), []int64{5, 3}}, {"d4b03f17", []int64{5, 3}}, {"91ce", nil}, {"d4b03f17-91", []int64{5, 3}}, {guid[:35], []int64{5, 3}},
	{"(D4B03F17-91ce-, chg-209)", []int64{3}}, {"d4b03f17-91 91ce", nil}, {"d4b03f17-92", nil}, {"d4b03f17-91x", nil}, {guid + " 91ce", nil},
	{"20260209-20", []int64{9}}, {"0209-20", nil}, {"20260209-3", nil}, {"cafe0000-7234-ab", []int64{9}}, {"get", nil}, {"audit", nil},
	{"nul", []int64{8}}, {"c1", []int64{5, 3}}, {"c2", []int64{8, 4}}, {"hosted", []int64{5, 3}}, {"nobody", nil}, {"%", nil}, {"long", []int64{5}}, {"lon long l", []int64{5}},
	{"mona chg mailbox", []int64{4}}, {"ticket", []int64{4}}, {"same style in", []int64{3}}, {"same styles", nil}, {"mailbox ticket", []int64{4}}, {"½", []int64{8, 4}},
	{strings.Repeat("x", 150), nil},
}

// TestFiftySearchesAnswerAlike on SQLite and PostgreSQL: both give the lines that are written here.
func TestFiftySearchesAnswerAlike(t *testing.T) {
	t.Parallel()
	if len(searches) < 50 {
		t.Fatalf("%d searches", len(searches))
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		for _, line := range told() {
			noted(t, log, line)
		}
		checkSearches(t, log)
	})
}

func checkSearches(t *testing.T, log *audit.Log) {
	t.Helper()
	for _, search := range searches {
		page, err := log.Query(t.Context(), audit.Filter{Text: search.text}, 0, 100)
		if got := seqs(page.Entries); err != nil || !slices.Equal(got, search.want) {
			t.Errorf("%.40q finds %v, want %v (%v)", search.text, got, search.want, err)
		}
	}
}

// TestTextOfARecordFromBefore: lines that an older program wrote are searched once their words are filled in, and not before,
// also where that was interrupted.
func TestTextOfARecordFromBefore(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log, ctx := open(t, db), t.Context()
		for _, line := range told() {
			noted(t, log, line)
		}
		for _, statement := range []string{"DELETE FROM audit_words", "DELETE FROM audit_name_words", "UPDATE audit_words_filled SET seq = 0, names = 0"} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
		noted(t, log, audit.Entry{Action: audit.SignOut, Actor: access.Actor{OID: "late", Name: "Late"}})
		if _, err := log.Query(ctx, audit.Filter{Text: "zurich"}, 0, 10); !errors.Is(err, audit.ErrUnindexed) {
			t.Errorf("before the words are filled in: %v", err)
		}
		interrupted, cancel := context.WithCancel(ctx)
		cancel()
		if err := log.FillWords(interrupted, 100); err == nil {
			t.Error("what was interrupted says that it is done")
		}
		if err := log.FillWords(ctx, 3); err != nil {
			t.Fatal(err)
		}
		if err := log.Searchable(ctx); !errors.Is(err, audit.ErrUnindexed) {
			t.Errorf("after three lines: %v", err)
		}
		if err := log.Check(ctx); err != nil || log.Standing().Broken {
			t.Errorf("half filled: %+v, %v", log.Standing(), err)
		}
		for range 2 {
			if err := log.FillWords(ctx, 100); err != nil {
				t.Fatal(err)
			}
		}
		checkSearches(t, log)
		if err := log.Check(ctx); err != nil || log.Standing().Broken {
			t.Errorf("filled: %+v, %v", log.Standing(), err)
		}
	})
}

// plainWords are those of a line, as the contract says it, in another way than the code.
func plainWords(e audit.Entry) []string {
	texts := []string{e.Actor.Name, e.Reason}
	for _, field := range e.Fields {
		texts = append(texts, field.Before.Text(), field.Requested.Text())
	}
	return strings.FieldsFunc(strings.ToLower(strings.Join(texts, " ")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// TestTextWithOtherFilters pages through random texts with other filters, and compares with a plain loop.
func TestTextWithOtherFilters(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	words := []string{"alpha", "alpine", "beta", "better", "gamma", "delta"}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		random := rand.New(rand.NewPCG(seed, 0))
		log := open(t, db)
		pick := func(values ...string) string { return values[random.IntN(len(values))] }
		var entries []audit.Entry
		for range 60 {
			e := audit.Entry{Action: audit.SignIn, Actor: people[random.IntN(3)]}
			if random.IntN(3) > 0 {
				e.Action, e.Outcome, e.Connector = audit.Edit, audit.Outcomes()[random.IntN(3)], fmt.Sprintf("c%d", random.IntN(3))
				e.ID = "ffffffff-0000-4000-8000-000000000001"
				e.Reason = pick(words...) + "-" + pick(words...)
				e.Fields = []connector.FieldChange{{Name: connector.Version, Before: connector.Of(pick(words...)), Requested: connector.Of(pick(words...))}}
			}
			entries = append(entries, noted(t, log, e))
		}
		for range 40 {
			f := audit.Filter{Text: pick("", "al", "alp be", "gamma", "anna", "delta alpha", "b"), Kind: audit.Kind(pick("", "people", "changes")),
				Person: pick("", "", "a1", "é"), Connector: pick("", "", "c1"), Action: audit.Action(pick("", "", "edit", "sign_in"))}
			want := matching(f, entries)
			var got []audit.Entry
			for before := int64(0); ; {
				page, err := log.Query(t.Context(), f, before, 7)
				if err != nil {
					t.Fatal(err)
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

func matching(f audit.Filter, entries []audit.Entry) (want []audit.Entry) {
	for _, e := range slices.Backward(entries) {
		came := slices.Contains([]audit.Action{audit.SignIn, audit.SignOut, audit.Denied, audit.Export}, e.Action)
		found := matches(f, e) && (f.Kind == "" || (f.Kind == audit.People) == came)
		for _, word := range strings.Fields(f.Text) {
			found = found && slices.ContainsFunc(plainWords(e), func(whole string) bool { return strings.HasPrefix(whole, word) })
		}
		if found {
			want = append(want, e)
		}
	}
	return want
}

// TestTextsThatAreNone are refused in a person's words.
func TestTextsThatAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"-": "no word", "· ’": "no word", strings.Repeat("x", 201): "too long"} {
		if _, err := audit.ParseFilter(audit.Filter{Text: text}.Values()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v, want %q", text, err, want)
		}
	}
	if _, err := audit.ParseFilter(audit.Filter{Kind: "all"}.Values()); err == nil {
		t.Error("a kind that is none is taken for one")
	}
}
