package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"switchboard/internal/connector"
)

// What was seen last decides which changes made elsewhere become signed lines, and what these say was there before. So each sighting is
// marked with the session keys, and what lists and single reads show is kept as marks, too: a list of thousands is held against those
// alone. A sighting whose mark does not hold counts as none.

// seenRow is a sighting as the database has it.
type seenRow struct {
	connector, digest, object, by string
	at                            int64
	// shows are the marks of what reads of each kind show that say nothing new; empty where any read may.
	shows    [kinds]string
	evidence string
	revision int64
	mark     string
	// garbled says that a number is none, which SQLite keeps as well.
	garbled bool
}

const storedColumns = "connector, digest, object, seen_at, seen_by, listed, single, evidence, revision, mark"

// readStored are the sightings for which the condition holds.
func readStored(ctx context.Context, q querier, condition string, args ...any) (all []seenRow, err error) {
	rows, err := q.QueryContext(ctx, "SELECT "+storedColumns+" FROM sightings "+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read the sightings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r seenRow
		var at, revision string
		if err := rows.Scan(&r.connector, &r.digest, &r.object, &at, &r.by, &r.shows[listed], &r.shows[single], &r.evidence, &revision, &r.mark); err != nil {
			return nil, fmt.Errorf("read the sightings: %w", err)
		}
		var faults [2]error
		r.at, faults[0] = strconv.ParseInt(at, 10, 64)
		r.revision, faults[1] = strconv.ParseInt(revision, 10, 64)
		r.garbled = errors.Join(faults[:]...) != nil
		all = append(all, r)
	}
	return all, rows.Err()
}

// rowOf is a sighting as it is stored, but for its evidence.
func rowOf(s Sighting) (seenRow, error) {
	object, err := json.Marshal(s.Connector)
	if err != nil {
		return seenRow{}, err
	}
	by, err := json.Marshal(trimmed(s.By))
	return seenRow{connector: s.Connector.ID(), digest: digest(s.Connector), object: string(object), at: s.At.UnixMicro(), by: string(by)}, err
}

// markOf is the mark that proves the row.
func (w *watcher) markOf(r seenRow) string { return w.Seals.Mark(r.marked()...) }

// marked is all that the row's mark is of: each column but for the mark itself, and named, which decides nothing of what is compared.
func (r seenRow) marked() []string {
	return []string{"sighting", r.connector, r.digest, r.object, strconv.FormatInt(r.at, 10), r.by, r.shows[listed], r.shows[single],
		r.evidence, strconv.FormatInt(r.revision, 10)}
}

// proven reads the row; ok is false where nothing proves that this program wrote it.
func (w *watcher) proven(r seenRow) (seen sighting, ok bool) {
	if _, marked := w.Seals.Marked(r.mark, r.marked()...); !marked || r.garbled {
		return sighting{}, false
	}
	return r.read()
}

// read is the row's sighting, whoever wrote it; ok is false where it holds none.
func (r seenRow) read() (seen sighting, ok bool) {
	err := errors.Join(json.Unmarshal([]byte(r.object), &seen.Connector), json.Unmarshal([]byte(r.by), &seen.By))
	seen.Connector, seen.At, seen.revision = seen.Connector.Spelt(r.connector), time.UnixMicro(r.at).UTC(), r.revision
	var unread error
	seen.evidence, unread = seen.shown(r.shows[listed], r.shows[single], r.evidence)
	return seen, err == nil && unread == nil
}

// shows is the mark of what reads of the kind show.
func (w *watcher) shows(k kind, c connector.Connector) string {
	if k == single {
		return w.showing(k, digest(c))
	}
	return c.Once(connector.Digest, func() string { return w.showing(k, digest(c)) })
}

func (w *watcher) showing(k kind, digest string) string { return w.Seals.Mark(kindName[k], digest) }

// kindName are the columns of the kinds, and what their marks are made with.
var kindName = [kinds]string{"listed", "single"}

// showed says whether that is the mark of what the connector shows now.
func (w *watcher) showed(k kind, c connector.Connector, mark string) bool {
	if mark == "" || mark == w.shows(k, c) {
		return mark != ""
	}
	current, ok := w.Seals.Marked(mark, kindName[k], digest(c)) // by an instance whose first key is another
	return ok && !current
}

// keepAnew has reads be the first sight of connectors of which nothing proves what was seen before.
func (w *watcher) keepAnew(ctx context.Context, k kind, seen []Sighting) error {
	if len(seen) == 0 {
		return nil
	}
	w.Log.WarnContext(ctx, unprovenSightings+"; a change made elsewhere meanwhile is not noticed", "connectors", len(seen), "first", seen[0].Connector.ID())
	slices.SortFunc(seen, func(a, b Sighting) int { return cmp.Compare(a.Connector.Key(), b.Connector.Key()) })
	return w.Database.Write(ctx, func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(seen, atOnce) {
			ids := make([]string, len(chunk))
			for i, one := range chunk {
				ids[i] = one.Connector.ID()
			}
			_, still, err := w.sightings(ctx, tx, ids) // another instance may have been faster
			if err != nil {
				return err
			}
			for key := range still {
				if _, err := tx.ExecContext(ctx, "DELETE FROM sightings WHERE lower(connector) = $1", key); err != nil {
					return fmt.Errorf("drop a sighting that nothing proves: %w", err)
				}
			}
			if err := w.first(ctx, tx, k, chunk); err != nil {
				return fmt.Errorf("keep first sightings: %w", err)
			}
		}
		return nil
	})
}

// unprovenSightings is what the log says of them.
const unprovenSightings = "what was seen last of connectors is not what Switchboard wrote, or its session key was taken out, so it counts as never seen"

// Prove goes through what was seen before, at a start: it marks sightings from before there were marks, once, and anew those that were
// marked with an older key, so that they outlast it. It tells how many prove nothing.
func (i *Inventory) Prove(ctx context.Context) error {
	if i.watcher == nil {
		return nil
	}
	taken, unproven, last := !i.AuditLog.SightingsMarked(), 0, ""
	for {
		rows, err := readStored(ctx, i.Database, "WHERE connector > $1 ORDER BY connector LIMIT $2", last, namedAtOnce)
		if err != nil {
			return err
		}
		lost, err := i.watcher.markAnew(ctx, rows, taken)
		if err != nil {
			return err
		}
		unproven += lost
		if len(rows) < namedAtOnce || rows[len(rows)-1].connector == last {
			break
		}
		last = rows[len(rows)-1].connector
	}
	if unproven > 0 {
		i.Log.WarnContext(ctx, unprovenSightings, "connectors", unproven)
	}
	if !taken {
		return nil
	}
	return i.AuditLog.MarkedSightings()
}

// markAnew marks those of the rows with the first key that were marked with another, and with taken those that have no mark; unproven are
// how many are neither, nor marked with the first key.
func (w *watcher) markAnew(ctx context.Context, rows []seenRow, taken bool) (unproven int, err error) {
	var old []seenRow
	for _, row := range rows {
		current, ok := w.Seals.Marked(row.mark, row.marked()...)
		switch unmarked := row.mark == "" && taken; {
		case row.garbled || !ok && !unmarked:
			unproven++
		case !current:
			old = append(old, row)
		}
	}
	if len(old) == 0 {
		return unproven, nil
	}
	return unproven, w.Database.Write(ctx, func(tx *sql.Tx) error {
		for _, row := range old {
			if err := w.markOne(ctx, tx, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// markOne marks a row, unless somebody has changed it meanwhile.
func (w *watcher) markOne(ctx context.Context, tx *sql.Tx, row seenRow) error {
	before := row.mark
	seen, ok := row.read()
	if !ok {
		return nil // it proves nothing
	}
	for k := range kinds {
		settled := row.shows[k] != "" && seen.evidence.settled(k)
		if row.shows[k] = ""; settled {
			row.shows[k] = w.shows(k, seen.evidence.Views[k].Object)
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE sightings SET listed = $1, single = $2, mark = $3 WHERE connector = $4 AND revision = $5 AND mark = $6",
		row.shows[listed], row.shows[single], w.markOf(row), row.connector, row.revision, before)
	if err != nil {
		return fmt.Errorf("mark a sighting: %w", err)
	}
	return nil
}
