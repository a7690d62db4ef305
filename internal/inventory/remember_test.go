package inventory_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
	"switchboard/simulator"
)

func judged(o *inventory.Options) {
	o.Retirement = connector.Retirement{Date: time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises", "hosted", "dedicated"}}
}

// past is what is remembered of a connector now.
func (s *site) past(id string) connector.Past {
	s.t.Helper()
	all, err := s.Past(context.Background(), s.clock.Now(), id)
	check(s.t, err)
	return all[connector.Key(id)]
}

// reads has both people read the list that often, so far apart.
func (s *site) reads(times int, apart time.Duration) {
	s.t.Helper()
	for range times {
		for _, who := range s.people {
			_, err := s.List(context.Background(), who)
			check(s.t, err)
		}
		s.clock.pass(apart)
	}
}

func (s *site) number(query string, args ...any) (n int64) {
	s.t.Helper()
	check(s.t, s.db.QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

// TestRhythmIsRemembered: of a connector that stops, people's reads tell how often it synced until when, and when nobody looked.
func TestRhythmIsRemembered(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db, judged)
		s.reads(14, 37*time.Minute)
		past := s.past(strings.ToUpper(hosted))
		equal(t, "rhythm", past.Rhythm, time.Hour)
		equal(t, "that it is exact", past.Exact, true)
		equal(t, "other instances’", s.past(second).Rhythm, time.Hour)

		s.set(hosted, connector.Version, "2027.1")
		lastRead := s.clock.Now().Add(-37 * time.Minute)
		s.clock.pass(2 * time.Hour)
		s.set(hosted, connector.Status, "disconnected")
		s.clock.pass(20 * time.Hour)
		s.reads(1, time.Minute)
		past = s.past(hosted)
		equal(t, "the status before", past.Status.Was, "connected")
		equal(t, "the status after", past.Status.Is, "disconnected")
		equal(t, "when it was read last to be as before", past.Status.From, lastRead)
		equal(t, "the version before", past.Version.Was, "2026.10.3")
		equal(t, "the version after", past.Version.Is, "2027.1")

		s.clock.pass(60 * time.Hour)
		one := s.get(s.people[0], hosted)
		told := s.past(hosted).Tell(one, connector.Broken, s.clock.Now())
		for _, want := range []string{"It synced hourly until ", "its version changed"} {
			if !strings.Contains(told, want) {
				t.Errorf("%q does not say %q", told, want)
			}
		}
	})
}

// TestRhythmAtAnyMinute: where the hours begin decides nothing, though an hour has one row.
func TestRhythmAtAnyMinute(t *testing.T) {
	t.Parallel()
	for phase := time.Duration(0); phase < time.Hour; phase += 11 * time.Minute {
		s := open(t, databasetest.SQLite(t), judged)
		s.clock.pass(phase)
		s.reads(6, 95*time.Minute)
		equal(t, "rhythm of which syncs were missed, begun "+phase.String()+" later", s.past(hosted).Rhythm, time.Hour)
		s.reads(14, 37*time.Minute)
		equal(t, "rhythm begun "+phase.String()+" later", s.past(hosted).Rhythm, time.Hour)
		equal(t, "that it is exact", s.past(hosted).Exact, true)
	}
}

// TestOneRowAConnectorAndHour, none where a read shows what was remembered, and nobody is in any.
func TestOneRowAConnectorAndHour(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db, judged)
		s.reads(30, 10*time.Minute)
		hours := s.number("SELECT count(DISTINCT hour) FROM remembered_counts")
		if hours < 5 || hours > 6 {
			t.Errorf("%d hours of counts, after reads over five hours", hours)
		}
		if rows := s.number("SELECT count(*) FROM remembered WHERE connector = $1", connector.Key(hosted)); rows < 4 || rows > 6 {
			t.Errorf("%d rows of a connector that synced hourly for five hours", rows)
		}
		equal(t, "rows of one that did not change", s.number("SELECT count(*) FROM remembered WHERE connector = $1", connector.Key(simulator.ID("ex01-hq"))), 1)
		equal(t, "rows in which somebody is named", s.number(
			"SELECT count(*) FROM remembered WHERE connector || last_sync || status || version LIKE '%tom%' OR connector || last_sync || status || version LIKE '%ruth%'"), 0)
		s.reads(1, time.Second)
		before := s.number("SELECT sum(read_at) FROM remembered")
		s.reads(2, time.Second)
		equal(t, "rows after a read of nothing new", s.number("SELECT sum(read_at) FROM remembered"), before)
	})
}

// TestDays: a day is as the list was when it was read last on it; a day without a look is none, and what is older than 400 days is
// forgotten.
func TestDays(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db, judged)
		ctx, now := context.Background(), s.clock.Now()
		long := connector.New(map[string]connector.Value{connector.ID: connector.Of("long-ago"), connector.Status: connector.Of("disconnected")})
		ago := func(d time.Duration) inventory.Shown {
			return inventory.Shown{At: now.Add(-d), Connectors: []connector.Connector{long}}
		}
		const day = 24 * time.Hour
		done, err := s.Recall(ctx, []inventory.Shown{ago(401 * day), ago(399 * day), ago(3 * day)})
		check(t, err)
		equal(t, "that it was taken in", done, true)
		done, err = s.Recall(ctx, []inventory.Shown{ago(5 * day)})
		check(t, err)
		equal(t, "that more is taken in", done, false)
		s.reads(1, 0)
		equal(t, "hours that are remembered", s.number("SELECT count(*) FROM remembered_counts"), 3)
		days, err := s.Days(ctx, now.Add(-30*day))
		check(t, err)
		if len(days) != 2 {
			t.Fatalf("%d days, want two: %v", len(days), days)
		}
		equal(t, "when somebody looked", days[0].At, now.Add(-3*day))
		equal(t, "broken then", days[0].Counts[connector.Broken], 1)
		equal(t, "broken now", days[1].Counts[connector.Broken], 2)
		equal(t, "healthy now", days[1].Counts[connector.Healthy] > 4, true)
		s.set(hosted, connector.Status, "disconnected")
		s.clock.pass(10 * time.Minute)
		s.reads(1, 0)
		days, err = s.Days(ctx, now)
		check(t, err)
		equal(t, "broken at the latest look", days[len(days)-1].Counts[connector.Broken], 3)
	})
}
