package audit_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 123456789, time.UTC)

func mona() access.Actor {
	return access.Actor{OID: "0a1b", TID: "7c2d", Name: "Mona Ferrari", Username: "mona@contoso.com",
		Claims: []string{"Connector.Admin", "Other"}, Roles: []access.Role{access.Admin}}
}

// edit is an entry with everything in it.
func edit(outcome audit.Outcome) audit.Entry {
	stored := connector.Null()
	e := audit.Entry{ID: "6f0e", Action: audit.Edit, Actor: mona(), Connector: "c1", Outcome: outcome, Reason: "ticket 4711",
		Fields: []connector.FieldChange{{Name: "version", Before: connector.Of("15.1"), Requested: connector.Null()}},
		Origin: audit.Origin{SessionHash: "5e55", ClientAddress: "192.0.2.7", Build: "1.0", RoleSource: "roles"}}
	if outcome != audit.Pending {
		e.Fields[0].Stored = &stored
		e.Graph = &audit.Graph{Status: 200, RequestID: "r1", ClientRequestID: "6f0e"}
	}
	return e
}

// newKey makes a signer's key and its verifier's.
func newKey(t testing.TB, name string) (signer, verifier string) {
	t.Helper()
	signer, verifier, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

// open is a new record with a clock that stands still.
func open(t testing.TB, db *database.DB) *audit.Log {
	t.Helper()
	signer, _ := newKey(t, "switchboard.example/audit")
	log, err := audit.New(audit.Options{Database: db, SignerKey: signer, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func noted(t testing.TB, log *audit.Log, e audit.Entry) audit.Entry {
	t.Helper()
	line, err := log.Note(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestReadsBackWhatWasAppended(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, log := context.Background(), open(t, db)
		intent, outcome := noted(t, log, edit(audit.Pending)), noted(t, log, edit(audit.Applied))
		noted(t, log, audit.Entry{Action: audit.SignIn, Actor: mona()})
		if intent.Seq != 1 || !intent.Time.Equal(noon.Truncate(time.Microsecond)) {
			t.Errorf("the first line has seq %d and time %v", intent.Seq, intent.Time)
		}
		alone := func(e audit.Entry) audit.Entry { // without what was noted beside the line
			e.Origin, e.Actor.Username, e.Actor.Roles = audit.Origin{}, "", nil
			return e
		}
		for name, test := range map[string]struct {
			read func() ([]audit.Entry, error)
			want []audit.Entry
		}{
			"of":         {func() ([]audit.Entry, error) { return log.Of(ctx, "6f0e") }, []audit.Entry{intent, outcome}},
			"of nobody":  {func() ([]audit.Entry, error) { return log.Of(ctx, "no\x00ne") }, nil},
			"history":    {func() ([]audit.Entry, error) { return log.History(ctx, "c1", 10) }, []audit.Entry{alone(outcome), alone(intent)}},
			"history, 1": {func() ([]audit.Entry, error) { return log.History(ctx, "c1", 1) }, []audit.Entry{alone(outcome)}},
			"recent":     {func() ([]audit.Entry, error) { return log.Recent(ctx, 0, 10) }, []audit.Entry{alone(outcome), alone(intent)}},
		} {
			if got, err := test.read(); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s = %+v, %v\nwant %+v", name, got, err, test.want)
			}
		}
	})
}

func TestRolledBackLineLeavesNoGap(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		refused := fmt.Errorf("refused")
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			if _, err := log.Append(context.Background(), tx, edit(audit.Pending)); err != nil {
				t.Fatal(err)
			}
			return refused
		})
		if err != refused {
			t.Fatalf("Write = %v, want the function's own error", err)
		}
		if got := noted(t, log, edit(audit.Pending)).Seq; got != 1 {
			t.Errorf("seq after a rollback = %d, want 1", got)
		}
	})
}

func TestDenialsAreOneLineAMinute(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, now := context.Background(), noon
		signer, _ := newKey(t, "test")
		log, err := audit.New(audit.Options{Database: db, SignerKey: signer, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		other := mona()
		other.OID = "ffff"
		deny := func(actor access.Actor, route string) {
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if err := log.Denied(ctx, actor, route, "c1", audit.Origin{}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		deny(mona(), "GET /a")
		deny(mona(), "GET /b")
		deny(other, "GET /a")
		now = now.Add(time.Minute)
		deny(mona(), "GET /a")
		var lines int
		if err := db.QueryRowContext(ctx, "SELECT size FROM audit_head").Scan(&lines); err != nil || lines != 4 {
			t.Errorf("%d lines, %v; want 4: two routes, another person, another minute", lines, err)
		}
		if last, ok, err := log.Entry(ctx, 4); err != nil || !ok || last.Reason != "GET /a" || last.Action != audit.Denied || last.Connector != "c1" {
			t.Errorf("the last line is %+v, %v, %v", last, ok, err)
		}
		if history, err := log.History(ctx, "c1", 10); err != nil || len(history) != 0 {
			t.Errorf("a connector's history tells of %d refusals, %v; want none", len(history), err)
		}
	})
}

func TestDatabaseRefusesToChangeTheRecord(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		noted(t, log, edit(audit.Pending))
		statements := []string{
			"UPDATE audit_entries SET line = '{}'", "DELETE FROM audit_entries",
			"UPDATE audit_hashes SET hash = ''", "DELETE FROM audit_hashes",
			"UPDATE audit_head SET size = 0", "UPDATE audit_head SET size = size", "DELETE FROM audit_head",
		}
		if db.Local() {
			statements = append(statements, "INSERT OR REPLACE INTO audit_hashes VALUES (0, '')",
				"INSERT OR REPLACE INTO audit_hashes (rowid, place, hash) VALUES (1, 7, '')",
				"INSERT OR REPLACE INTO audit_head VALUES (1, 0, 0, 0)")
		} else {
			statements = append(statements, "TRUNCATE audit_entries", "TRUNCATE audit_hashes", "TRUNCATE audit_head")
		}
		for _, statement := range statements {
			if _, err := db.ExecContext(context.Background(), statement); err == nil || !strings.Contains(err.Error(), "only") {
				t.Errorf("%s: %v, want a refusal", statement, err)
			}
		}
	})
}

// appendMany appends many lines in one transaction.
func appendMany(t testing.TB, db *database.DB, log *audit.Log, n int) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *sql.Tx) error {
		for range n {
			if _, err := log.Append(context.Background(), tx, edit(audit.Applied)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
