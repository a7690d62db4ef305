package handlers_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestExportsAreAFewAtATime: one for each person and four in all; the others are told when to come again, nothing is recorded
// of them, and all other pages are served. Whoever stops reading an export makes room.
func TestExportsAreAFewAtATime(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, func(set *setting) {
			for i := range 6 {
				set.tenant.People = append(set.tenant.People, simulator.Person{
					ID: fmt.Sprintf("a%d", i), ObjectID: fmt.Sprintf("a%d", i), Name: fmt.Sprintf("Auditor %d", i), Roles: []string{"Connector.Auditor"},
				})
			}
		})
		s.fillRecord(db)
		var people []*visitor
		for i := range 6 {
			people = append(people, s.person(fmt.Sprintf("a%d", i)))
		}
		var open []io.Closer
		for i, path := range []string{"/audit.ndjson", "/audit.csv", "/audit/evidence.zip", "/audit.ndjson"} {
			answer, err := people[i].client.Get(s.url.String() + path) // which is not read
			check(t, err)
			equal(t, path, answer.StatusCode, http.StatusOK)
			open = append(open, answer.Body)
		}
		for _, export := range exports[:3] {
			for name, who := range map[string]*visitor{"one more of the same person": people[0], "a fifth": people[4]} {
				refused := who.get(export.path)
				equal(t, name+", "+export.path, refused.status, http.StatusServiceUnavailable)
				equal(t, "that it says when to come again", refused.header.Get("Retry-After") != "", true)
				contains(t, refused, "Nothing was exported.")
				equal(t, "HEAD "+export.path, who.follow(http.MethodHead, s.url.String()+export.path, nil).status, http.StatusOK)
			}
		}
		equal(t, "the checkpoint meanwhile", people[4].get("/audit/checkpoint").status, http.StatusOK)
		equal(t, "exports in the record", len(s.exported(db)), 4)
		for _, body := range open {
			body.Close()
		}
		eventually(t, "room for the next", func() bool { return people[5].get("/audit.csv?action=none").status != http.StatusServiceUnavailable })
		eventually(t, "room for the first again", func() bool { return people[0].get("/audit.csv?action=none").status != http.StatusServiceUnavailable })
	})
}

// fillRecord makes a record that no network takes in unread, and that no archive makes short enough for it.
func (s *site) fillRecord(db *database.DB) {
	t := s.t
	t.Helper()
	log := s.record(db)
	check(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		for range 300 {
			var long strings.Builder
			for long.Len() < 100_000 {
				long.WriteString(rand.Text())
			}
			if _, err := log.Append(t.Context(), tx, audit.Entry{Action: audit.SignIn, Actor: access.Actor{OID: "o", TID: "t", Name: "somebody"}, Reason: long.String()}); err != nil {
				return err
			}
		}
		return nil
	}))
}
