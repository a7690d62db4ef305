package desk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/desk"
	"switchboard/internal/live"
	"switchboard/internal/problem"
)

var (
	tom  = access.Actor{TID: "t", OID: "tom", Name: "Tom", Roles: []access.Role{access.Helpdesk}}
	maya = access.Actor{TID: "t", OID: "maya", Name: "Maya", Roles: []access.Role{access.Admin}}
	ruth = access.Actor{TID: "t", OID: "ruth", Name: "Ruth", Roles: []access.Role{access.Auditor}}
)

// room is one on a database, with a clock that the test moves.
type room struct {
	*desk.Desk
	t   *testing.T
	log *audit.Log
	now time.Time
}

func open(t *testing.T, db *database.DB) *room {
	t.Helper()
	signer, _, err := note.GenerateKey(rand.Reader, "switchboard.example/audit")
	check(t, err)
	r := &room{t: t, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return r.now }
	r.log, err = audit.New(audit.Options{Database: db, SignerKey: signer, Now: now, Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	r.Desk = desk.New(desk.Options{Database: db, AuditLog: r.log, Expire: 72 * time.Hour, Pages: live.New(live.Options{Database: db}), Now: now})
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func form(who access.Actor, text string) desk.Form {
	return desk.Form{Actor: who, Once: uuid.NewString(), Connector: "C1", Text: text}
}

func (r *room) observed() audit.Entry {
	r.t.Helper()
	line, err := r.log.Note(r.t.Context(), audit.Entry{Action: audit.Observed, Actor: ruth, Connector: "C1"})
	check(r.t, err)
	return line
}

func (r *room) look() *desk.Board {
	r.t.Helper()
	view, err := r.Look(r.t.Context())
	check(r.t, err)
	return view
}

// kind is which problem an error is; -1 for none.
func kind(err error) problem.Kind {
	if said, is := errors.AsType[problem.Problem](err); is {
		return said.Kind()
	}
	return -1
}

// TestOneOfManySettles: of those who settle a change at once, in several processes, one does.
func TestOneOfManySettles(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db)
		line := r.observed()
		other := desk.New(r.Options)
		var wait sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wait.Go(func() {
				by := []*desk.Desk{r.Desk, other}[i%2]
				_, results[i] = by.Acknowledge(context.WithoutCancel(t.Context()), form(tom, "because"), line)
			})
		}
		wait.Wait()
		settled := 0
		for _, err := range results {
			if err == nil {
				settled++
			} else if kind(err) != problem.Conflict {
				t.Errorf("refused with %v", err)
			}
		}
		page, err := r.log.Query(t.Context(), audit.Filter{Action: audit.Acknowledged}, 0, 10)
		check(t, err)
		if settled != 1 || len(page.Entries) != 1 || page.Entries[0].Observed != line.Seq || r.look().Waiting() != 0 {
			t.Errorf("%d settled it, by %+v", settled, page.Entries)
		}
	})
}

// TestOldLinesCountAsSettled: what was changed elsewhere before this was kept asks nobody for anything.
func TestOldLinesCountAsSettled(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db)
		old := r.observed()
		_, err := db.ExecContext(t.Context(), "UPDATE desk_since SET seq = $1", old.Seq)
		check(t, err)
		fresh := r.observed()
		if view := r.look(); view.Waiting() != 1 || view.Waits(old.Seq) || !view.Waits(fresh.Seq) {
			t.Errorf("%d wait; the old one: %t, the new one: %t", view.Waiting(), view.Waits(old.Seq), view.Waits(fresh.Seq))
		}
		if _, err := r.Acknowledge(t.Context(), form(tom, "because"), old); kind(err) != problem.Conflict {
			t.Errorf("acknowledging the old one: %v", err)
		}
	})
}

// TestPutBackSettles, once Graph is known to hold it; one that is in doubt, was refused or put back a part alone settles nothing.
func TestPutBackSettles(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db)
		line := r.observed()
		for _, test := range []struct {
			action   audit.Action
			outcome  audit.Outcome
			observed int64
			waits    bool
		}{
			{audit.Revert, audit.Pending, line.Seq, true}, {audit.Revert, audit.InDoubt, line.Seq, true}, {audit.Revert, audit.Rejected, line.Seq, true},
			{audit.Revert, audit.Applied, 0, true}, {audit.Resolved, audit.Superseded, line.Seq, true}, {audit.Resolved, audit.AppliedObserved, line.Seq, false},
		} {
			_, err := r.log.Note(t.Context(), audit.Entry{Action: test.action, Outcome: test.outcome, Actor: maya, Connector: "C1", Further: audit.Further{Observed: test.observed}})
			check(t, err)
			if got := r.look().Waits(line.Seq); got != test.waits {
				t.Errorf("after %s %s of %d it waits: %t", test.action, test.outcome, test.observed, got)
			}
		}
	})
}

// TestClaims are of one person a connector, whatever the letter case of its id, in every process, until they run out.
func TestClaims(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := open(t, db)
		other := desk.New(r.Options)
		first, err := r.Claim(t.Context(), form(tom, ""), "https://tickets.example.com/1")
		check(t, err)
		view, err := other.Look(t.Context())
		check(t, err)
		if claim, there := view.Claim("c1", r.now); !there || !claim.By.Is(tom) || claim.Ticket == "" || claim.Seq != first.Line.Seq {
			t.Errorf("the other process knows %+v", claim)
		}
		r.now = r.now.Add(time.Hour)
		over, err := other.Claim(t.Context(), form(maya, "mine"), "")
		check(t, err)
		if !over.Over.By.Is(tom) {
			t.Errorf("it took the place of %+v", over.Over)
		}
		if late, err := r.EndClaim(t.Context(), form(tom, ""), first.Line.Seq); err != nil || !late.Moved {
			t.Errorf("the end of a claim that was taken over: %+v, %v", late, err)
		}
		if claims := r.look().Claims(r.now.Add(72*time.Hour - time.Second)); len(claims) != 1 || !claims[0].By.Is(maya) {
			t.Errorf("the claims are %+v", claims)
		}
		if claims := r.look().Claims(r.now.Add(72 * time.Hour)); len(claims) != 0 {
			t.Errorf("what has run out is %+v", claims)
		}
		if end, err := other.EndClaim(t.Context(), form(tom, "not recorded"), over.Line.Seq); err != nil || end.Line.Reason != "" {
			t.Errorf("the end: %+v, %v", end, err)
		}
		if _, there := r.look().Claim("C1", r.now); there {
			t.Error("a claim that was ended is still there")
		}
	})
}

// TestWhoMayLeaveSomething is asked here, too, and not of the page alone.
func TestWhoMayLeaveSomething(t *testing.T) {
	t.Parallel()
	r := open(t, databasetest.SQLite(t))
	line := r.observed()
	for name, leave := range map[string]func() (desk.Left, error){
		"note":  func() (desk.Left, error) { return r.Note(t.Context(), form(ruth, "x")) },
		"claim": func() (desk.Left, error) { return r.Claim(t.Context(), form(ruth, "x"), "") },
		"end":   func() (desk.Left, error) { return r.EndClaim(t.Context(), form(ruth, ""), 1) },
		"word":  func() (desk.Left, error) { return r.Acknowledge(t.Context(), form(ruth, "x"), line) },
	} {
		if left, err := leave(); kind(err) != problem.Forbidden || left.Line.Seq != 0 {
			t.Errorf("%s: %+v, %v", name, left, err)
		}
	}
	if _, err := r.Note(t.Context(), form(tom, strings.Repeat("x", 4001))); kind(err) != problem.Invalid {
		t.Errorf("a long note: %v", err)
	}
}
