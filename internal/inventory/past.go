package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// pastRead is how much of what is remembered a page goes through.
const pastRead = 45 * 24 * time.Hour

// Past is what is remembered of the connectors with these ids, by the ids' keys, as it was at that time and before.
func (i *Inventory) Past(ctx context.Context, now time.Time, ids ...string) (map[string]connector.Past, error) {
	if i.watcher == nil || len(ids) == 0 {
		return nil, nil
	}
	from := hourOf(now.Add(-pastRead))
	past, err := database.Unchanged(ctx, i.Database, database.Key("past "+strings.Join(ids, "\x00"), from), func() (map[string]connector.Past, error) {
		return i.watcher.past(ctx, from, ids)
	})
	if err != nil {
		return nil, noDatabase(err)
	}
	return past, nil
}

func (w *watcher) past(ctx context.Context, from int64, ids []string) (map[string]connector.Past, error) {
	listReads, err := w.listReads(ctx, from)
	if err != nil {
		return nil, err
	}
	all := map[string]connector.Past{}
	for chunk := range slices.Chunk(ids, atOnce) {
		rows, err := w.rows(ctx, from, chunk)
		if err != nil {
			return nil, err
		}
		for key, own := range rows {
			all[key] = pastOf(own, listReads)
		}
	}
	return all, nil
}

// remembered is what is remembered of a connector in an hour.
type remembered struct {
	// first is what was read new in it first, moment what was last; syncs is how many last syncs were read new from one to the other.
	first moment
	moment
	syncs int
}

// rows are those of the connectors from that hour on, by their keys, the oldest first.
func (w *watcher) rows(ctx context.Context, from int64, ids []string) (map[string][]remembered, error) {
	args := []any{from}
	for _, id := range ids {
		args = append(args, connector.Key(id))
	}
	rows, err := w.Database.QueryContext(w.Database.Brief(ctx), `SELECT connector, first_at, first_sync, syncs, read_at, last_sync, status, version FROM remembered
		WHERE hour >= $1 AND connector IN (`+database.Placeholders(2, len(ids))+") ORDER BY connector, hour", args...)
	if err != nil {
		return nil, fmt.Errorf("read what is remembered: %w", err)
	}
	defer rows.Close()
	found := map[string][]remembered{}
	for rows.Next() {
		var one remembered
		var first, last int64
		if err := rows.Scan(&one.key, &first, &one.first.sync, &one.syncs, &last, &one.sync, &one.status, &one.version); err != nil {
			return nil, fmt.Errorf("read what is remembered: %w", err)
		}
		one.first.at, one.at = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		found[one.key] = append(found[one.key], one)
	}
	return found, rows.Err()
}

// listReads are when whole lists were read from that hour on, the oldest first: of each hour the first and the latest.
func (w *watcher) listReads(ctx context.Context, from int64) (all []time.Time, err error) {
	rows, err := w.Database.QueryContext(w.Database.Brief(ctx), "SELECT first_at, last_at FROM remembered_counts WHERE hour >= $1 ORDER BY hour", from)
	if err != nil {
		return nil, fmt.Errorf("read when lists were read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var first, last int64
		if err := rows.Scan(&first, &last); err != nil {
			return nil, fmt.Errorf("read when lists were read: %w", err)
		}
		all = append(all, time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC())
	}
	return all, rows.Err()
}

// pastOf is what rows of one connector tell, the oldest first.
func pastOf(rows []remembered, listReads []time.Time) (p connector.Past) {
	var gaps []gap
	for i, now := range rows {
		if i == 0 {
			p.Since = now.first.at
		} else {
			was := rows[i-1]
			held := heldUntil(was.moment, now.first, listReads)
			if was.status != now.status {
				p.Status = connector.Step{Was: was.status, Is: now.status, From: held, To: now.at}
			}
			// A list may leave out what a read of one connector gives: that is no step.
			if was.version != now.version && was.version != "" && now.version != "" {
				p.Version = connector.Step{Was: was.version, Is: now.version, From: held, To: now.at}
			}
			gaps = append(gaps, gapsOf(was.moment, now.first, 1, held)...)
		}
		gaps = append(gaps, gapsOf(now.first, now.moment, now.syncs-1, now.first.at)...)
	}
	p.Rhythm, p.Exact = rhythm(gaps)
	return p
}

// heldUntil is when somebody last read the connector to be as it was, before it was read to be as it is now.
func heldUntil(was, now moment, listReads []time.Time) time.Time {
	i, _ := slices.BinarySearchFunc(listReads, now.at, time.Time.Compare)
	if i > 0 {
		return later(was.at, listReads[i-1])
	}
	return was.at
}

// gap is the time between two syncs that were read one after the other.
type gap struct {
	length time.Duration
	// filled says that the earlier of the two was still the last for longer than half of the gap: a steady rhythm has no sync in
	// between.
	filled bool
}

// gapsOf are that many gaps from one sync to another, of which the earlier was read last at held; of more than count, as many as do.
func gapsOf(was, now moment, many int, held time.Time) []gap {
	first, ok := syncIn(was)
	second, also := syncIn(now)
	if !ok || !also || many < 1 || !second.After(first) || second.After(now.at.Add(clocksDiffer)) {
		return nil
	}
	length := second.Sub(first) / time.Duration(many)
	if length == 0 { // nothing syncs so often: the number was put there past the program
		return nil
	}
	return slices.Repeat([]gap{{length, many == 1 && held.Sub(first) > length/2}}, min(many, latestGaps))
}

func syncIn(m moment) (time.Time, bool) {
	said, at := connector.New(map[string]connector.Value{connector.LastSyncDateTime: connector.Of(m.sync)}).SyncSaid()
	return at, said == connector.SyncDated
}

const (
	// fewestGaps tell a rhythm, and latestGaps are those that do.
	fewestGaps, latestGaps = 3, 40
	// proofs are how many gaps have to be of the length itself, and how many filled ones show that no sync was missed.
	proofs = 2
)

// rhythm is a length of which nearly all of the latest gaps are multiples, and some are just that long: while nobody reads, syncs are
// missed. It is 0 where the gaps have no such length in common.
func rhythm(gaps []gap) (length time.Duration, exact bool) {
	gaps = gaps[max(0, len(gaps)-latestGaps):]
	if len(gaps) < fewestGaps {
		return 0, false
	}
	sorted := slices.Clone(gaps)
	slices.SortFunc(sorted, func(a, b gap) int { return cmp.Compare(a.length, b.length) })
	length = sorted[len(sorted)/4].length
	like, once, filled := 0, 0, 0
	for _, one := range gaps {
		times := one.length.Round(length) / length
		if times == 0 || (one.length-times*length).Abs() > max(length/6, 2*time.Minute) {
			continue
		}
		like++
		if times == 1 {
			once++
		}
		if times == 1 && one.filled {
			filled++
		}
	}
	if once < proofs || like*4 < len(gaps)*3 {
		return 0, false
	}
	return length, filled >= proofs
}

// Day is how the connectors were on a day, when somebody last read the whole list on it.
type Day struct {
	At     time.Time
	Counts map[connector.Health]int
}

// Days are the days from that time on, in UTC, on which somebody read the whole list, the oldest first.
func (i *Inventory) Days(ctx context.Context, from time.Time) ([]Day, error) {
	if i.watcher == nil {
		return nil, nil
	}
	days, err := database.Unchanged(ctx, i.Database, database.Key("days", hourOf(from)), func() ([]Day, error) { return i.watcher.days(ctx, hourOf(from)) })
	if err != nil {
		return nil, noDatabase(err)
	}
	return days, nil
}

func (w *watcher) days(ctx context.Context, from int64) (days []Day, err error) {
	rows, err := w.Database.QueryContext(ctx, "SELECT last_at, "+healthColumns+" FROM remembered_counts WHERE hour >= $1 ORDER BY hour", from)
	if err != nil {
		return nil, fmt.Errorf("read how connectors were: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var counts [6]int
		if err := rows.Scan(&at, &counts[0], &counts[1], &counts[2], &counts[3], &counts[4], &counts[5]); err != nil {
			return nil, fmt.Errorf("read how connectors were: %w", err)
		}
		day := Day{At: time.UnixMicro(at).UTC(), Counts: map[connector.Health]int{}}
		for place, health := range connector.Healths() {
			day.Counts[health] = counts[place]
		}
		if last := len(days) - 1; last >= 0 && days[last].At.Format(time.DateOnly) == day.At.Format(time.DateOnly) {
			days[last] = day
			continue
		}
		days = append(days, day)
	}
	return days, rows.Err()
}
