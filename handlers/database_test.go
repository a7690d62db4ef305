package handlers_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// trouble brings trouble over a database, and the function that it returns ends it.
type trouble func(t *testing.T, db *database.DB, address string) (end func())

// TestDatabaseInTrouble: saves answer 503 and nothing reaches Graph, pages are served, and nobody is signed out: neither by
// the note that a session is used nor by a refresh, both of which are due.
func TestDatabaseInTrouble(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind  string
		brew  trouble
		lasts time.Duration
	}{
		"full, sqlite":         {databasetest.SQLiteKind, pragma("max_page_count = 1", "max_page_count = 1000000"), 0},
		"full, postgres":       {databasetest.PostgresKind, fullPostgres, 0},
		"read-only, sqlite":    {databasetest.SQLiteKind, pragma("query_only = 1", "query_only = 0"), 0},
		"read-only, postgres":  {databasetest.PostgresKind, readOnlyPostgres, 0},
		"locked 6 s, sqlite":   {databasetest.SQLiteKind, locked(""), 6 * time.Second},
		"locked 6 s, postgres": {databasetest.PostgresKind, locked("LOCK TABLE audit_head, changes, sessions IN EXCLUSIVE MODE"), 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, test.kind)
			db, clock := databasetest.Open(t, address), newClock()
			s := newSite(t, db, clock.with)
			maya := s.person("maya")
			id := simulator.ID("s2s-na")
			path := "/connectors/" + id
			equal(t, "a save before", maya.post(path, maya.edit(id, "version", "1")).status, http.StatusSeeOther)
			form := maya.edit(id, "version", "2")
			form.Set("reason", strings.Repeat("a long one ", 90)) // which takes a page of its own
			clock.Add(6 * time.Minute)
			began := time.Now()
			end := test.brew(t, db, address)
			for _, page := range []string{path, "/connectors", "/"} {
				equal(t, page, maya.get(page).status, http.StatusOK)
			}
			refused := maya.post(path, form)
			equal(t, "a save", refused.status, http.StatusServiceUnavailable)
			equal(t, "that it says when to try again", refused.header.Get("Retry-After") != "", true)
			s.awaitStatus("/readyz", http.StatusServiceUnavailable)
			equal(t, "switchboard_audit_writable", s.measured("switchboard_audit_writable"), 0)
			<-time.After(test.lasts - time.Since(began))
			end()
			s.awaitStatus("/readyz", http.StatusOK)
			equal(t, "switchboard_audit_writable afterwards", s.measured("switchboard_audit_writable"), 1)
			equal(t, "PATCH requests", s.patches(), 1)
			equal(t, "the page afterwards", maya.get(path).status, http.StatusOK)
			equal(t, "the same form afterwards", maya.post(path, form).status, http.StatusSeeOther)
			equal(t, "PATCH requests in the end", s.patches(), 2)
		})
	}
}

// TestDatabaseFileReplaced: nothing is sent to Graph whose intent would be lost with the file, and pages go on.
func TestDatabaseFileReplaced(t *testing.T) {
	t.Parallel()
	for _, deleted := range []string{"", "-wal"} {
		address := databasetest.URL(t, databasetest.SQLiteKind)
		s := newSite(t, databasetest.Open(t, address))
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		form := maya.edit(id, "version", "2")
		equal(t, "switchboard_audit_writable before", s.measured("switchboard_audit_writable"), 1)
		check(t, os.Remove(strings.TrimPrefix(address, "sqlite:")+deleted))
		equal(t, "switchboard_audit_writable", s.measured("switchboard_audit_writable"), 0)
		equal(t, "a save", maya.post("/connectors/"+id, form).status, http.StatusServiceUnavailable)
		equal(t, "PATCH requests", s.patches(), 0)
		equal(t, "a page", maya.get("/connectors/"+id).status, http.StatusOK)
		ready := s.visitor().get("/readyz")
		equal(t, "/readyz", ready.status, http.StatusServiceUnavailable)
		contains(t, ready, "the database file was replaced or deleted under the program")
	}
}

// TestALockedTableKeepsNobodyElseWaiting: while many of one person's pages wait for it, another's answers as ever, and none of theirs
// takes longer than 5 s.
func TestALockedTableKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.PostgresKind)
	db := databasetest.Open(t, address)
	db.GiveUpAfter(3 * time.Second)
	s := newSite(t, db)
	maya, tom, id := s.person("maya"), s.person("tom"), simulator.ID("s2s-na")
	equal(t, "a save", maya.post("/connectors/"+id, maya.edit(id, "version", "2")).status, http.StatusSeeOther)
	maya.get("/")
	tom.get("/connectors")
	end := locked("LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE")(t, db, address)
	within := func(limit time.Duration, who string, one *visitor, path string) {
		begun := time.Now()
		status := one.status(path, "")
		if took := time.Since(begun); status != http.StatusOK || took > limit {
			t.Errorf("%s got %d of %s after %v", who, status, path, took)
		}
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { within(5*time.Second, "Maya", maya, "/") })
	}
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
		within(2*time.Second, "Tom", tom, "/connectors")
	}
	all.Wait()
	end()
	within(2*time.Second, "Maya", maya, "/")
}

// awaitStatus asks until the page answers so.
func (s *site) awaitStatus(path string, status int) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); s.visitor().get(path).status != status; {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s does not answer %d:\n%s", path, status, s.log.String())
		}
	}
}

// measured is a gauge without labels.
func (s *site) measured(name string) int {
	families, err := s.metrics.Gather()
	check(s.t, err)
	for _, family := range families {
		if family.GetName() == name {
			return int(family.GetMetric()[0].GetGauge().GetValue())
		}
	}
	s.t.Fatal("nothing is measured as " + name)
	return 0
}

// pragma sets SQLite's only writing connection.
func pragma(begin, finish string) trouble {
	return func(t *testing.T, db *database.DB, _ string) func() {
		set := func(what string) {
			_, err := db.ExecContext(t.Context(), "PRAGMA "+what)
			check(t, err)
		}
		set(begin)
		return func() { set(finish) }
	}
}

// locked holds a lock that writers wait for and readers do not.
func locked(statement string) trouble {
	return func(t *testing.T, _ *database.DB, address string) func() {
		other := databasetest.Open(t, address)
		held, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			ended <- other.Write(context.Background(), func(tx *sql.Tx) error {
				if statement != "" {
					if _, err := tx.Exec(statement); err != nil {
						return err
					}
				}
				close(held)
				<-release
				return nil
			})
		}()
		<-held
		return func() { close(release); check(t, <-ended) }
	}
}

// fullPostgres has each write fail as on a disk without room.
func fullPostgres(t *testing.T, db *database.DB, _ string) func() {
	tables := []string{"audit_entries", "changes", "sessions", "drafts"}
	run(t, db, `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$`)
	for _, table := range tables {
		run(t, db, "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON "+table+" FOR EACH ROW EXECUTE FUNCTION no_room()")
	}
	return func() { run(t, db, "DROP FUNCTION no_room CASCADE") }
}

// readOnlyPostgres is a server that takes no writes, as one that fell back to be a standby.
func readOnlyPostgres(t *testing.T, db *database.DB, address string) func() {
	parsed, err := url.Parse(address)
	check(t, err)
	admin := databasetest.Open(t, address)
	name := strings.TrimPrefix(parsed.Path, "/")
	anew := func(setting string) {
		run(t, admin, "SET default_transaction_read_only = off; ALTER DATABASE "+name+" "+setting+
			"; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"' AND pid <> pg_backend_pid()")
		for range 50 { // each finds one of the connections that are gone
			_ = db.Ready(context.Background())
		}
		check(t, db.Ready(context.Background()))
	}
	anew("SET default_transaction_read_only = on")
	return func() { anew("RESET default_transaction_read_only") }
}
