package inventory_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
)

// forge does what somebody can who writes to the database.
func (s *site) forge(statement string, args ...any) {
	s.t.Helper()
	_, err := s.db.ExecContext(context.Background(), statement, args...)
	check(s.t, err)
}

// warned says whether the log tells of a sighting that nothing proves, since it was last asked.
func (s *site) warned() bool {
	told := s.told.String()
	s.told.Reset()
	return strings.Contains(told, "level=WARN msg=\"what was seen last of connectors is not what Switchboard wrote")
}

// TestForgedSightingTellsNothing: nobody who writes to the database has a signed line say that a connector held what nobody ever read, nor
// a change made elsewhere be kept silent for longer than until the next read, which the log tells.
func TestForgedSightingTellsNothing(t *testing.T) {
	t.Parallel()
	for name, forgery := range map[string]string{
		"what was seen":           `object = replace(object, 'EX01', 'EVIL'), listed = '', single = '', evidence = ''`,
		"what each kind shows":    `evidence = replace(evidence, 'EX01', 'EVIL'), listed = '', single = ''`,
		"what the list shows":     `evidence = replace(evidence, 'EX01', 'EVIL'), listed = ''`,
		"a news that nobody read": `evidence = replace(evidence, '{"views"', '{"news":{"serverName":{"value":"EX02","from":"2020-01-01T00:00:00Z","at":"2020-01-01T00:00:00Z","seen":[true,true]}},"views"'), listed = ''`,
		"when it was seen":        `seen_at = 9000000000000000, listed = '', single = ''`,
		"that it was seen before": `seen_at = 1, evidence = '', listed = ''`,
		"by whom":                 `seen_by = replace(seen_by, 'ruth', 'evil'), listed = '', single = ''`,
		"of which connector":      `connector = '11111111-1111-4111-8111-111111111111'`,
		"the digest":              `digest = 'x', listed = ''`,
		"the list's mark":         `listed = 'x'`,
		"the card's mark":         `single = listed, listed = single`,
		"the revision":            `revision = 9223372036854775807, listed = ''`,
		"its mark":                `mark = 'x', listed = ''`,
		"no mark":                 `mark = '', listed = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				s.set(hosted, connector.ServerName, "EX01")
				s.visits("LGLG")
				s.forge("UPDATE sightings SET "+forgery+" WHERE connector = $1", hosted)
				s.visits("LLGG")
				equal(t, "outside changes of what nobody changed", len(s.observed()), 0)
				equal(t, "that the log tells", s.warned(), name != "of which connector")
				s.set(hosted, connector.ServerName, "EX02")
				s.visits("LGLG")
				found := s.observed()
				if len(found) != 1 {
					t.Fatalf("outside changes after that: %+v", found)
				}
				equal(t, "before", found[0].Fields[0].Before, connector.Of("EX01"))
				equal(t, "that the log tells any more", s.warned(), false)
			})
		})
	}
}

// TestForgedMarksSilenceNothing: what reads are to show cannot be written by who lacks the keys, though they have Switchboard itself.
func TestForgedMarksSilenceNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.set(hosted, connector.ServerName, "EX01")
		s.visits("LGLG")
		s.set(hosted, connector.ServerName, "EX02")
		elsewhere := databasetest.SQLite(t)
		theirs := s.replica(func(o *inventory.Options) { o.Database, o.Seals = elsewhere, sealed(t, 9) })
		_, err := theirs.List(context.Background(), s.people[0])
		check(t, err)
		s.clock.pass(time.Second)
		_, err = theirs.Get(context.Background(), s.people[0], hosted)
		check(t, err)
		var listed, single string
		check(t, elsewhere.QueryRowContext(context.Background(), `SELECT listed, single FROM sightings WHERE connector = $1`, hosted).Scan(&listed, &single))
		s.forge(`UPDATE sightings SET listed = $1, single = $2 WHERE connector = $3`, listed, single, hosted)
		s.visits("LG")
		equal(t, "that the log tells", s.warned(), true)
	})
}

// TestForgedSightingIsShownNowhere as what was seen last of a connector that Graph no longer knows.
func TestForgedSightingIsShownNowhere(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.visits("LG")
		s.forge(`UPDATE sightings SET object = replace(object, '"id"', '"serverName":"EVIL","id"'), named = 0 WHERE connector = $1`, hosted)
		_, there, err := s.LastSeen(context.Background(), hosted)
		check(t, err)
		equal(t, "that it is what was seen last", there, false)
		names, err := s.Names(context.Background(), hosted)
		check(t, err)
		equal(t, "its names", len(names), 0)
		check(t, s.Prove(context.Background()))
		check(t, s.FillNames(context.Background()))
		var evil int
		check(t, db.QueryRowContext(context.Background(), `SELECT count(*) FROM audit_names WHERE value LIKE '%EVIL%'`).Scan(&evil))
		equal(t, "that lines are found by it", evil, 0)
	})
}

// TestGarbledNumbersOfASighting silence nobody: SQLite keeps in a column whatever is put there.
func TestGarbledNumbersOfASighting(t *testing.T) {
	t.Parallel()
	for _, forgery := range []string{"seen_at = 'never'", "revision = 'x'", "revision = 0.5", "object = x'00ff'"} {
		t.Run(forgery, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			s.visits("LG")
			s.forge("UPDATE sightings SET listed = '', " + forgery)
			check(t, s.Prove(context.Background()))
			equal(t, "that a start tells", s.warned(), true)
			s.visits("LG")
			s.set(hosted, connector.ServerName, "EX02")
			s.visits("LL")
			equal(t, "outside changes", len(s.observed()), 1)
		})
	}
}

// TestMarksTakenAway: sightings without marks are taken as they are once, at the first start after there are marks. That this is over is
// kept outside the database; where that is lost, the database is taken as it is.
func TestMarksTakenAway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lost bool
		want int
	}{"the file says that it is over": {false, 0}, "the file is lost": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				file := filepath.Join(t.TempDir(), "checkpoint")
				s.startAudited(file)
				s.set(hosted, connector.ServerName, "EX01")
				s.visits("LG")
				s.forge(`UPDATE sightings SET object = replace(object, 'EX01', 'EX00'), listed = '', single = '', evidence = '', mark = ''`)
				if test.lost {
					file = filepath.Join(t.TempDir(), "another")
				}
				s.startAudited(file)
				equal(t, "that the start tells", s.warned(), !test.lost)
				s.visits("LGLG")
				equal(t, "outside changes", len(s.observed()), test.want)
			})
		})
	}
}

// startAudited starts the program anew, with its audit log's checkpoint in that file.
func (s *site) startAudited(file string) {
	s.t.Helper()
	record, err := audit.New(audit.Options{Database: s.db, SignerKey: s.signer, CheckpointFile: file, Now: s.clock.Now, Log: s.log})
	check(s.t, err)
	check(s.t, record.Start(context.Background(), audit.Owner{Issuer: "https://site.example", Client: "site"}))
	s.record = record
	s.Inventory = s.replica()
	check(s.t, s.Prove(context.Background()))
}

// TestSightingsOutliveTheirKey where a start has both keys; without one, what was seen counts as never seen.
func TestSightingsOutliveTheirKey(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]bool{"after a start with both": true, "at once": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				s.set(hosted, connector.ServerName, "EX01")
				s.visits("LGLG")
				keyed := func(each ...byte) *inventory.Inventory {
					i := s.replica(func(o *inventory.Options) { o.Seals = sealed(t, each...) })
					check(t, i.Prove(context.Background()))
					return i
				}
				if between {
					before := s.rows()
					both := keyed(2, 1)
					equal(t, "that a start with both marks anew", s.rows() != before, true)
					before = s.rows()
					for _, one := range []*inventory.Inventory{both, s.replica(func(o *inventory.Options) { o.Seals = sealed(t, 1, 2) })} {
						_, err := one.List(context.Background(), s.people[0])
						check(t, err)
						s.clock.pass(time.Second)
					}
					equal(t, "what instances with another first key write", s.rows(), before)
				}
				s.told.Reset()
				s.Inventory = keyed(2)
				equal(t, "that the start tells", s.warned(), !between)
				s.set(hosted, connector.ServerName, "EX02")
				for range 2 {
					s.clock.pass(time.Second)
					_, err := s.List(context.Background(), s.people[0])
					check(t, err)
				}
				want := 0
				if between {
					want = 1
				}
				equal(t, "outside changes", len(s.observed()), want)
			})
		})
	}
}

// rows are all sightings, as a text.
func (s *site) rows() string {
	s.t.Helper()
	var all strings.Builder
	check(s.t, s.db.Read(context.Background(), func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(context.Background(), `SELECT connector, listed, single, mark FROM sightings ORDER BY connector`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var columns [4]string
			if err := rows.Scan(&columns[0], &columns[1], &columns[2], &columns[3]); err != nil {
				return err
			}
			all.WriteString(strings.Join(columns[:], " ") + "\n")
		}
		return rows.Err()
	}))
	return all.String()
}
