package drafts_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/drafts"
	"switchboard/internal/seal"
)

var (
	ada  = access.Actor{TID: "tenant", OID: "ada"}
	bert = access.Actor{TID: "tenant", OID: "bert"}
)

// room is one on a database of its own, with a clock that the test moves.
type room struct {
	*drafts.Drafts
	db  *database.DB
	now time.Time
}

func open(t *testing.T, db *database.DB, keys ...[]byte) *room {
	t.Helper()
	seals, err := seal.New(keys)
	check(t, err)
	r := &room{db: db, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	r.Drafts = drafts.New(db, seals, func() time.Time { return r.now }, slog.New(slog.DiscardHandler))
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *room) keep(t *testing.T, who access.Actor, id, typed string) {
	t.Helper()
	check(t, r.Keep(t.Context(), who, drafts.Draft{Connector: id, Wanted: map[string]string{"version": typed}, Reason: "ticket 1"}))
}

// typed is the version in the draft, "none" without one.
func (r *room) typed(t *testing.T, who access.Actor, id string) string {
	t.Helper()
	draft, there, err := r.Find(t.Context(), who, id)
	check(t, err)
	if !there {
		return "none"
	}
	return draft.Wanted["version"]
}

func (r *room) rows(t *testing.T) (count int) {
	t.Helper()
	check(t, r.db.QueryRowContext(t.Context(), `SELECT count(*) FROM drafts`).Scan(&count))
	return count
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

var key, other = bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)

func TestDrafts(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db, key)
		equal(t, "before", r.typed(t, ada, "c1"), "none")
		r.keep(t, ada, "c1", "first")
		r.keep(t, ada, "c1", "second")
		r.keep(t, ada, "c2", "elsewhere")
		equal(t, "the later one", r.typed(t, ada, "c1"), "second")
		equal(t, "somebody else's", r.typed(t, bert, "c1"), "none")
		check(t, r.Drop(t.Context(), bert, "c1"))
		equal(t, "after somebody else dropped theirs", r.typed(t, ada, "c1"), "second")
		check(t, r.Drop(t.Context(), ada, "c1"))
		equal(t, "dropped", r.typed(t, ada, "c1"), "none")
		equal(t, "the other connector's", r.typed(t, ada, "c2"), "elsewhere")
		r.now = r.now.Add(drafts.Life)
		equal(t, "half an hour later", r.typed(t, ada, "c2"), "none")
	})
}

// TestBounds: a person has so many, each no larger than a form of ours, and what is too old is swept.
func TestBounds(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db, key)
		r.keep(t, bert, "c1", "bert's")
		for i := range 25 {
			r.now = r.now.Add(time.Second)
			r.keep(t, ada, "c"+strconv.Itoa(i), "typed")
		}
		equal(t, "rows", r.rows(t), 21)
		equal(t, "the oldest", r.typed(t, ada, "c0"), "none")
		equal(t, "the latest", r.typed(t, ada, "c24"), "typed")
		if err := r.Keep(t.Context(), ada, drafts.Draft{Connector: "c24", Reason: strings.Repeat("x", 65<<10)}); err == nil {
			t.Error("a draft of 65 KiB was kept")
		}
		r.now = r.now.Add(drafts.Life)
		ended, end := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ended) }()
		for deadline := time.Now().Add(10 * time.Second); r.rows(t) > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("old drafts are not swept")
			}
		}
		end()
		check(t, <-done)
	})
}

// TestSealed: the database shows nothing of what was typed, a row moved to somebody else is not theirs, and one whose key
// is gone counts as dropped.
func TestSealed(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	r := open(t, db, key)
	check(t, r.Keep(t.Context(), ada, drafts.Draft{
		Connector: "c1", Wanted: map[string]string{"version": "typed"}, Shown: connector.Connector{},
	}))
	var sealed string
	check(t, db.QueryRow(`SELECT sealed FROM drafts`).Scan(&sealed))
	if strings.Contains(sealed, "typed") {
		t.Error("what was typed is stored as it is")
	}
	check(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE drafts SET person = 'tenant bert'`)
		return err
	}))
	equal(t, "moved to another person", r.typed(t, bert, "c1"), "none")
	r.keep(t, ada, "c1", "typed")
	equal(t, "after the rotation", open(t, db, other, key).typed(t, ada, "c1"), "typed")
	equal(t, "with its key gone", open(t, db, other).typed(t, ada, "c1"), "none")
}
