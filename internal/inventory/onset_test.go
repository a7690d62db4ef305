package inventory_test

import (
	"context"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
)

var retirement = connector.Retirement{Date: time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises"}}

// onset is what is known of the connector as it is now.
func (s *site) onset(id string) inventory.Onset {
	s.t.Helper()
	lines, err := s.record.History(context.Background(), id, 60)
	check(s.t, err)
	return s.Onset(context.Background(), s.get(s.people[0], id), retirement, lines, s.past(id))
}

// TestOnsetGoesByWhatWasRead: a change of the status that was made elsewhere came between two reads; of one that was there at the first
// read nobody knows more than that.
func TestOnsetGoesByWhatWasRead(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		first := s.clock.Now()
		s.set(hosted, connector.LastSyncDateTime, first.Add(-time.Hour).Format(time.RFC3339))
		s.set(hosted, connector.Status, connector.StatusConnected)
		equal(t, "what is told of a healthy one", s.onset(hosted).Way, inventory.Unknown)

		s.clock.pass(time.Hour)
		s.get(s.people[0], hosted)
		s.set(hosted, connector.Status, connector.StatusDisconnected)
		s.clock.pass(time.Hour)
		seen := s.clock.Now()
		s.get(s.people[0], hosted)
		s.clock.pass(2 * time.Second)
		s.get(s.people[0], hosted)
		o := s.onset(hosted)
		equal(t, "how it is known", o.Way, inventory.Read)
		equal(t, "when it was first seen", o.From.Equal(seen), true)
		equal(t, "when it was last seen otherwise", !o.Before.Before(first.Add(-time.Hour)) && o.Before.Before(seen), true)

		s.clock.pass(time.Hour)
		s.set(hosted, connector.Status, connector.StatusConnected) // and it syncs, which no line tells of
		s.get(s.people[0], hosted)
		s.set(hosted, connector.Status, connector.StatusDisconnected)
		s.clock.pass(time.Hour)
		again := s.clock.Now()
		s.get(s.people[0], hosted)
		o = s.onset(hosted)
		equal(t, "when it was first seen again", o.From.Equal(again), true)
		equal(t, "its last sync came in between", o.Before.After(seen) && o.Before.Before(again), true)
	})
}

// TestOnsetOfWhatNobodySaw: what was there at the first read began before it.
func TestOnsetOfWhatNobodySaw(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		synced := s.clock.Now().Add(-5 * time.Hour)
		s.set(hosted, connector.LastSyncDateTime, synced.Format(time.RFC3339))
		s.set(hosted, connector.Status, connector.StatusDisconnected)
		read := s.clock.Now()
		s.get(s.people[0], hosted)
		s.clock.pass(time.Hour)
		o := s.onset(hosted)
		equal(t, "how it is known", o.Way, inventory.Read)
		equal(t, "when it was first read", o.From.Equal(read), true)
		equal(t, "its last sync shows that it was connected", o.Before.Equal(synced), true)

		s.set(hosted, connector.Version, "another") // by which the last look is a later one
		s.clock.pass(time.Hour)
		s.get(s.people[0], hosted)
		equal(t, "when it was first read so, after a look at something else", s.onset(hosted).From.Equal(read), true)
	})
}

// TestOnsetByAChangeOfOurs names who made it.
func TestOnsetByAChangeOfOurs(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		s.set(hosted, connector.Status, connector.StatusDisconnected)
		stored := connector.Of(connector.StatusDisconnected)
		at := s.clock.Now()
		_, err := s.record.Note(context.Background(), audit.Entry{
			Action: audit.Edit, Connector: hosted, Outcome: audit.Applied, Actor: s.people[1].Actor(),
			Fields: []connector.FieldChange{{Name: connector.Status, Before: connector.Of(connector.StatusConnected), Requested: stored, Stored: &stored}},
		})
		check(t, err)
		s.clock.pass(time.Hour)
		o := s.onset(hosted)
		equal(t, "how it is known", o.Way, inventory.Changed)
		equal(t, "by", o.By.Name, "ruth")
		equal(t, "when", o.From.Equal(at), true)
	})
}

// TestOnsetThatFollowsFromTheLastSync needs nobody who looked.
func TestOnsetThatFollowsFromTheLastSync(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	s.set(hosted, connector.Type, "serviceToService")
	s.set(hosted, connector.Status, connector.StatusConnected)
	for age, after := range map[time.Duration]time.Duration{30 * time.Hour: 24 * time.Hour, 80 * time.Hour: 72 * time.Hour} {
		synced := s.clock.Now().Add(-age).Truncate(time.Second)
		s.set(hosted, connector.LastSyncDateTime, synced.Format(time.RFC3339))
		o := s.onset(hosted)
		if o.Way != inventory.Counted || !o.Before.Equal(synced) || !o.From.Equal(synced.Add(after)) {
			t.Errorf("%v after its last sync: %+v", age, o)
		}
	}
	for _, date := range []string{"1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", s.clock.Now().Add(240 * time.Hour).Format(time.RFC3339)} {
		for _, status := range []string{connector.StatusConnected, connector.StatusDisconnected} {
			s.set(hosted, connector.LastSyncDateTime, date)
			s.set(hosted, connector.Status, status)
			if o := s.onset(hosted); o.Way == inventory.Counted || !o.Before.IsZero() {
				t.Errorf("%s, %s is the date of no sync: %+v", date, status, o)
			}
		}
	}
	s.set(hosted, connector.Type, "onPremises")
	for _, date := range []string{"0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z"} {
		s.set(hosted, connector.LastSyncDateTime, date)
		if o := s.onset(hosted); o.Way != inventory.Counted || !o.From.Equal(retirement.Date) || !o.Before.IsZero() {
			t.Errorf("one that is retired, %s: %+v", date, o)
		}
	}
}
