package audit_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// denials is a log that refuses at a time that stands still.
type denials struct {
	t   *testing.T
	db  *database.DB
	log *audit.Log
	now time.Time
}

func openDenials(t *testing.T, db *database.DB) *denials {
	t.Helper()
	d := &denials{t: t, db: db, now: noon}
	signer, _ := newKey(t, "test")
	var err error
	if d.log, err = audit.New(audit.Options{Database: db, SignerKey: signer, Now: func() time.Time { return d.now }}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *denials) deny(actor access.Actor, route string) {
	d.t.Helper()
	if err := d.log.Denied(context.Background(), actor, route, "c1", audit.Origin{}); err != nil {
		d.t.Fatal(err)
	}
}

// lines is how many lines the log has.
func (d *denials) lines() (size int64) {
	d.t.Helper()
	if err := d.db.QueryRowContext(context.Background(), "SELECT size FROM audit_head").Scan(&size); err != nil {
		d.t.Fatal(err)
	}
	return size
}

// TestManyRoutesOfOneMinute: who is refused on many routes in one minute, again and again, has one line each.
func TestManyRoutesOfOneMinute(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := openDenials(t, db)
		const routes = 61
		for range 5 {
			for route := range routes {
				d.deny(mona(), fmt.Sprintf("GET /%d", route))
			}
		}
		if lines := d.lines(); lines != routes {
			t.Errorf("%d lines, want %d", lines, routes)
		}
	})
}

// forgedDenials are which line a row names that somebody has written, by what is wrong with it.
var forgedDenials = map[string]func(d *denials, route string) any{
	"no line":                     func(*denials, string) any { return 0 },
	"a line that nobody can have": func(*denials, string) any { return -1 },
	"a line to come":              func(d *denials, _ string) any { return d.lines() + 1 },
	"the last number":             func(*denials, string) any { return int64(math.MaxInt64) },
	"another route":               func(d *denials, route string) any { d.deny(mona(), route+"/edit"); return d.lines() },
	"another person":              func(d *denials, route string) any { d.deny(as("ffff", mona().TID), route); return d.lines() },
	"another tenant":              func(d *denials, route string) any { d.deny(as(mona().OID, "eeee"), route); return d.lines() },
	"another minute": func(d *denials, route string) any {
		d.now = noon.Add(-time.Minute)
		d.deny(mona(), route)
		d.now = noon
		return d.lines()
	},
	"no refusal": func(d *denials, route string) any {
		return noted(d.t, d.log, audit.Entry{Action: audit.SignIn, Actor: mona(), Reason: route}).Seq
	},
	"no number": func(d *denials, _ string) any {
		if d.db.Local() {
			return "no number"
		}
		return 0
	},
}

// as is somebody else of Mona's name.
func as(oid, tid string) access.Actor {
	actor := mona()
	actor.OID, actor.TID = oid, tid
	return actor
}

// TestForgedDenialsHideNone: a row that says that a refusal was recorded is not believed without its line, whichever line it names.
func TestForgedDenialsHideNone(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := openDenials(t, db)
		for name, line := range forgedDenials {
			route := "GET /" + name
			seq := line(d, route)
			_, err := db.ExecContext(t.Context(), "INSERT INTO audit_denials (tid, oid, route, minute, seq) VALUES ($1, $2, $3, $4, $5)",
				mona().TID, mona().OID, route, noon.Unix()/60, seq)
			if err != nil {
				t.Fatal(err)
			}
			before := d.lines()
			for range 3 {
				d.deny(mona(), route)
			}
			if added := d.lines() - before; added != 1 {
				t.Errorf("%s: %d lines, want 1", name, added)
			}
		}
	})
}
