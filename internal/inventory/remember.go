package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// What people read is remembered by the hour: that a connector was read to be otherwise than before, in the transaction that
// keeps its sighting, and how many connectors of each health a whole list had. Nobody reads for the sake of it: an hour in
// which nobody looked has no row.

const (
	hour = time.Hour
	// rememberedFor is how long.
	rememberedFor = 400 * 24 * time.Hour
	// countAgain is how long the counts of an hour stand before this process writes later ones.
	countAgain = 10 * time.Minute
	// longestRemembered bounds each text of a row, in characters: it is remembered to be told, not to be put back.
	longestRemembered = 200
)

// moment is what a read showed of a connector, as far as it is remembered.
type moment struct {
	key                   string
	at                    time.Time
	sync, status, version string
}

func momentOf(c connector.Connector, at time.Time) moment {
	text := func(name string) string {
		first, _ := connector.First(c.Value(name).Text(), longestRemembered)
		return first
	}
	return moment{c.Key(), at, text(connector.LastSyncDateTime), text(connector.Status), text(connector.Version)}
}

// hourOf counts the hours from 1970.
func hourOf(at time.Time) int64 { return at.Unix() / int64(hour/time.Second) }

// steps are what a sighting that replaces another adds to what is remembered: how the connector was, for an hour that has no row,
// and how it is. Of a connector that was read to be as before there is nothing to add.
func steps(was, now Sighting) (before, after []moment) {
	first, next := momentOf(was.Connector, was.At), momentOf(now.Connector, now.At)
	if first.sync == next.sync && first.status == next.status && first.version == next.version {
		return nil, nil
	}
	if hourOf(first.at) != hourOf(next.at) {
		before = []moment{first}
	}
	return before, []moment{next}
}

// remember writes rows. An hour that has one keeps it where the rows are only what was before, and takes the later read otherwise.
func remember(ctx context.Context, tx *sql.Tx, before, after []moment) error {
	for _, rows := range []struct {
		all      []moment
		conflict string
	}{
		{before, "DO NOTHING"},
		{after, `(connector, hour) DO UPDATE SET read_at = excluded.read_at, last_sync = excluded.last_sync, status = excluded.status,
			version = excluded.version, syncs = remembered.syncs + CASE WHEN remembered.last_sync = excluded.last_sync THEN 0 ELSE 1 END
			WHERE excluded.read_at > remembered.read_at`},
	} {
		for chunk := range slices.Chunk(onceAnHour(rows.all), atOnce) {
			values := make([][]any, len(chunk))
			for i, one := range chunk {
				values[i] = []any{one.key, hourOf(one.at), one.at.UnixMicro(), one.sync, 1, one.at.UnixMicro(), one.sync, one.status, one.version}
			}
			groups, args := database.Rows(values)
			_, err := tx.ExecContext(ctx, "INSERT INTO remembered (connector, hour, first_at, first_sync, syncs, read_at, last_sync, status, version) VALUES "+groups+
				" ON CONFLICT "+rows.conflict, args...)
			if err != nil {
				return fmt.Errorf("remember what was read: %w", err)
			}
		}
	}
	return nil
}

// onceAnHour leaves out what a list that names a connector twice says the second time: a statement writes a row once.
func onceAnHour(all []moment) (once []moment) {
	type row struct {
		key  string
		hour int64
	}
	seen := map[row]bool{}
	for _, one := range all {
		if at := (row{one.key, hourOf(one.at)}); !seen[at] {
			seen[at] = true
			once = append(once, one)
		}
	}
	return once
}

// count remembers how many connectors of each health the list has. A list that lacks some of them counts for nothing.
func (w *watcher) count(ctx context.Context, l Listing) {
	if w == nil || l.Said > len(l.Connectors)+len(l.Unreadable) || w.leftAlone() || !w.countsAgain(l.At) {
		return
	}
	w.watch(ctx, 1, func(ctx context.Context) error {
		return w.Database.Write(ctx, func(tx *sql.Tx) error {
			if err := keepCounts(ctx, tx, l.At, w.counts(l)); err != nil {
				return err
			}
			return forgetBefore(ctx, tx, l.At.Add(-rememberedFor))
		})
	})
}

// countsAgain says whether it is time to; then it is not for a while.
func (w *watcher) countsAgain(at time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if hourOf(w.counted) == hourOf(at) && at.Sub(w.counted) < countAgain {
		return false
	}
	w.counted = at
	return true
}

func (w *watcher) counts(l Listing) map[connector.Health]int {
	counts := map[connector.Health]int{}
	for _, one := range l.Connectors {
		counts[w.Retirement.Health(one, l.At)]++
	}
	return counts
}

// healthColumns are the columns of the counts, in the order of the healths.
const healthColumns = "broken, late, pending, unknown, healthy, retired"

func keepCounts(ctx context.Context, tx *sql.Tx, at time.Time, counts map[connector.Health]int) error {
	row := []any{hourOf(at), at.UnixMicro(), at.UnixMicro()}
	for _, health := range connector.Healths() {
		row = append(row, counts[health])
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO remembered_counts (hour, first_at, last_at, `+healthColumns+`)
		VALUES (`+database.Placeholders(1, len(row))+`) ON CONFLICT (hour) DO UPDATE SET last_at = excluded.last_at, broken = excluded.broken,
		late = excluded.late, pending = excluded.pending, unknown = excluded.unknown, healthy = excluded.healthy, retired = excluded.retired
		WHERE excluded.last_at > remembered_counts.last_at`, row...)
	if err != nil {
		return fmt.Errorf("remember how the connectors are: %w", err)
	}
	return nil
}

// forgetAtOnce is how many hours one read forgets at most, so that nobody waits for it after a long pause.
const forgetAtOnce = 24

func forgetBefore(ctx context.Context, tx *sql.Tx, at time.Time) error {
	for _, table := range []string{"remembered", "remembered_counts"} {
		_, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE hour < $1 AND hour < (SELECT min(hour) FROM "+table+") + $2", hourOf(at), forgetAtOnce)
		if err != nil {
			return fmt.Errorf("forget what was remembered for long enough: %w", err)
		}
	}
	return nil
}

// Shown is a whole list as it was at a time.
type Shown struct {
	At         time.Time
	Connectors []connector.Connector
}

// Recall remembers lists that a tenant showed before anybody of this database read it, as if they had been read then. It is for
// the demo, whose tenant tells what it would have shown. Where something is remembered already it does nothing; done says whether
// it did.
func (i *Inventory) Recall(ctx context.Context, lists []Shown) (done bool, err error) {
	if i.watcher == nil {
		return false, nil
	}
	err = i.Database.Write(ctx, func(tx *sql.Tx) error {
		var remembers bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM remembered_counts)").Scan(&remembers); err != nil || remembers {
			return err
		}
		last := map[string]Sighting{}
		for _, list := range lists {
			if err := i.recallOne(ctx, tx, last, list); err != nil {
				return err
			}
		}
		done = len(lists) > 0
		return nil
	})
	return done, err
}

// recallOne remembers one list; last is how each connector was in those before it.
func (i *Inventory) recallOne(ctx context.Context, tx *sql.Tx, last map[string]Sighting, list Shown) error {
	at := list.At.UTC().Truncate(time.Microsecond)
	var news []moment
	for _, one := range list.Connectors {
		now := Sighting{Connector: one, At: at}
		was, there := last[one.Key()]
		_, after := steps(was, now)
		if !there {
			after = []moment{momentOf(one, at)}
		}
		last[one.Key()], news = now, append(news, after...)
	}
	if err := remember(ctx, tx, nil, news); err != nil {
		return err
	}
	return keepCounts(ctx, tx, at, i.watcher.counts(Listing{Connectors: list.Connectors, At: at}))
}
