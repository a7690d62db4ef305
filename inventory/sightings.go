package inventory

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/access"
	"switchboard/connector"
	"switchboard/problem"
)

// Sighting is what was seen last of a connector. It explains, and is never what a write is decided by.
type Sighting struct {
	Connector connector.Connector
	// At is when these values were first read.
	At time.Time
	// By is whose read it was.
	By access.Actor

	digest string
	held   time.Time // when these values were last known to hold
}

// LastSeen is what anybody saw last of the connector, for instance of one that Graph no longer knows; ok is false where
// nobody ever saw it.
func (i *Inventory) LastSeen(ctx context.Context, id string) (seen Sighting, ok bool, err error) {
	if i.watcher == nil {
		return Sighting{}, false, nil
	}
	found, err := i.watcher.find(ctx, []any{id})
	if err != nil {
		return Sighting{}, false, problem.New(problem.Unavailable, "The database does not answer.").After(10 * time.Second).Because(err)
	}
	seen, ok = found[id]
	return seen, ok, nil
}

// digest tells whether two readings hold the same to the byte, null apart from an empty text.
func digest(c connector.Connector) string {
	hash := sha256.New()
	for _, property := range connector.Properties() {
		value := c.Value(property.Name)
		fmt.Fprintf(hash, "%t %d %s\n", value.IsNull(), len(value.Text()), value.Text())
	}
	return base64.RawStdEncoding.EncodeToString(hash.Sum(nil)[:16])
}

// atOnce bounds the rows of one statement.
const atOnce = 100

// digests are what is known of the connectors, without their values: of all there are where a list was read.
func (w *watcher) digests(ctx context.Context, all []connector.Connector) (map[string]Sighting, error) {
	query, args := "SELECT connector, digest, seen_at FROM sightings", []any(nil)
	if len(all) == 1 {
		query, args = query+" WHERE connector = $1", []any{all[0].ID()}
	}
	rows, err := w.Database.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the sightings: %w", err)
	}
	defer rows.Close()
	known := make(map[string]Sighting, len(all))
	for rows.Next() {
		var id string
		var seen Sighting
		var at int64
		if err := rows.Scan(&id, &seen.digest, &at); err != nil {
			return nil, fmt.Errorf("read the sightings: %w", err)
		}
		seen.At = time.UnixMicro(at).UTC()
		known[id] = seen
	}
	return known, rows.Err()
}

// sightings are those of the same connectors, with their values.
func (w *watcher) sightings(ctx context.Context, of []Sighting) (map[string]Sighting, error) {
	all := map[string]Sighting{}
	for chunk := range slices.Chunk(of, atOnce) {
		ids := make([]any, len(chunk))
		for i, one := range chunk {
			ids[i] = one.Connector.ID()
		}
		found, err := w.find(ctx, ids)
		if err != nil {
			return nil, err
		}
		for id, seen := range found {
			all[id] = seen
		}
	}
	return all, nil
}

func (w *watcher) find(ctx context.Context, ids []any) (map[string]Sighting, error) {
	rows, err := w.Database.QueryContext(ctx, "SELECT connector, digest, object, seen_at, seen_by FROM sightings WHERE connector IN ("+
		places(1, len(ids))+")", ids...)
	if err != nil {
		return nil, fmt.Errorf("read the sightings: %w", err)
	}
	defer rows.Close()
	found := map[string]Sighting{}
	for rows.Next() {
		var id, object, by string
		var at int64
		var seen Sighting
		if err := rows.Scan(&id, &seen.digest, &object, &at, &by); err != nil {
			return nil, fmt.Errorf("read the sightings: %w", err)
		}
		if err := errors.Join(json.Unmarshal([]byte(object), &seen.Connector), json.Unmarshal([]byte(by), &seen.By)); err != nil {
			return nil, fmt.Errorf("read the sighting of %s: %w", id, err)
		}
		seen.At = time.UnixMicro(at).UTC()
		found[id] = seen
	}
	return found, rows.Err()
}

// places are n placeholders from $first on.
func places(first, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(names, ", ")
}

// row is the sighting's columns in the table's order.
func (s Sighting) row() ([]any, error) {
	object, err := json.Marshal(s.Connector)
	if err != nil {
		return nil, err
	}
	by, err := json.Marshal(trimmed(s.By))
	if err != nil {
		return nil, err
	}
	return []any{s.Connector.ID(), s.digest, string(object), s.At.UnixMicro(), string(by)}, nil
}

// keepFirst keeps connectors that nobody has seen before; another instance may be seeing them too.
func (w *watcher) keepFirst(ctx context.Context, fresh []Sighting) error {
	if len(fresh) == 0 {
		return nil
	}
	return w.Database.Write(ctx, func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(fresh, atOnce) {
			var groups []string
			var args []any
			for _, seen := range chunk {
				row, err := seen.row()
				if err != nil {
					return err
				}
				groups = append(groups, "("+places(len(args)+1, len(row))+")")
				args = append(args, row...)
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO sightings (connector, digest, object, seen_at, seen_by) VALUES "+
				strings.Join(groups, ", ")+" ON CONFLICT (connector) DO NOTHING", args...)
			if err != nil {
				return fmt.Errorf("keep first sightings: %w", err)
			}
		}
		return nil
	})
}

// keep puts what is seen now in the place of what was seen, and records outside changes in the same transaction. Of
// several that notice the same at once, on whichever instance, one gets to: the others find the sighting changed.
func (w *watcher) keep(ctx context.Context, reader Reader, found []finding) error {
	if len(found) == 0 {
		return nil
	}
	err := w.Database.Write(ctx, func(tx *sql.Tx) error {
		var first []finding
		for _, one := range found {
			replaced, err := replace(ctx, tx, one)
			if err != nil {
				return err
			}
			if replaced && len(one.outside) > 0 {
				first = append(first, one)
			}
		}
		for _, one := range first { // last, since whoever appends makes all others wait
			if _, err := w.Record.Append(ctx, tx, w.entry(reader, one)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		w.unconfirm(found)
	}
	return err
}

func replace(ctx context.Context, tx *sql.Tx, f finding) (bool, error) {
	row, err := f.now.row()
	if err != nil {
		return false, err
	}
	done, err := tx.ExecContext(ctx, `UPDATE sightings SET digest = $2, object = $3, seen_at = $4, seen_by = $5
		WHERE connector = $1 AND digest = $6 AND seen_at = $7`, append(row, f.was.digest, f.was.At.UnixMicro())...)
	if err != nil {
		return false, fmt.Errorf("keep a sighting: %w", err)
	}
	replaced, err := done.RowsAffected()
	return replaced > 0, err
}
