package inventory

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/live"
)

// Sighting is what was seen last of a connector. It explains pages; no write is decided by it.
type Sighting struct {
	Connector connector.Connector
	// At is when these values were first read.
	At time.Time
	// By is whose read it was.
	By access.Actor
}

// sighting is a row: what was seen last, and what the two kinds of read have shown.
type sighting struct {
	Sighting
	evidence evidence
	revision int64
}

// LastSeen is what anybody saw last of the connector, for instance of one that Graph no longer knows; ok is false where
// nobody ever saw it.
func (i *Inventory) LastSeen(ctx context.Context, id string) (seen Sighting, ok bool, err error) {
	if i.watcher == nil {
		return Sighting{}, false, nil
	}
	found, _, err := i.watcher.sightings(i.Database.Brief(ctx), i.Database, []string{id})
	if err != nil {
		return Sighting{}, false, noDatabase(err)
	}
	row, ok := found[connector.Key(id)]
	return row.Sighting, ok, nil
}

// digest tells whether two readings of a connector hold the same to the byte, null apart from an empty text.
func digest(c connector.Connector) string {
	hash := sha256.New()
	for _, property := range connector.Properties() {
		value := c.Value(property.Name)
		if property.Kind == connector.Identifier {
			value = connector.Of(c.Key())
		}
		fmt.Fprintf(hash, "%t %d %s\n", value.IsNull(), len(value.Text()), value.Text())
	}
	return base64.RawStdEncoding.EncodeToString(hash.Sum(nil)[:16])
}

// atOnce bounds the rows of one statement.
const atOnce = 100

// known is what tells, without its values, whether a read of a connector says anything new.
type known struct {
	// spelt is the id as Graph sent it first, shows the mark of what reads of the kind show that say nothing new.
	spelt, shows string
}

// knownOf is what is known of the connectors, by the keys of their ids; where a list was read, of all there are. They may lack what
// another process has kept in the last 20 ms. Where a difference is found, the sightings are read again before anything is kept; where
// none is, a value that was replaced in those 20 ms counts as held for 20 ms too long.
func (w *watcher) knownOf(ctx context.Context, k kind, all []connector.Connector) (map[string]known, error) {
	query, args := "SELECT connector, listed FROM sightings", []any(nil)
	if k == single {
		query = "SELECT connector, single FROM sightings"
	}
	if len(all) == 1 {
		query, args = query+" WHERE lower(connector) = lower($1)", []any{all[0].ID()}
	}
	return database.Lately(ctx, w.Database, database.Key(query, args...), func() (map[string]known, error) { return w.readKnown(ctx, query, args) })
}

func (w *watcher) readKnown(ctx context.Context, query string, args []any) (map[string]known, error) {
	rows, err := w.Database.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the sightings: %w", err)
	}
	defer rows.Close()
	found := map[string]known{}
	for rows.Next() {
		var one known
		if err := rows.Scan(&one.spelt, &one.shows); err != nil {
			return nil, fmt.Errorf("read the sightings: %w", err)
		}
		found[connector.Key(one.spelt)] = one
	}
	return found, rows.Err()
}

// querier is a transaction or a pool to read with.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// sightings are those of the connectors, by the keys of their ids; unproven are the keys of those of which nothing proves that this
// program wrote them.
func (w *watcher) sightings(ctx context.Context, q querier, ids []string) (all map[string]sighting, unproven map[string]bool, err error) {
	all, unproven = map[string]sighting{}, map[string]bool{}
	for chunk := range slices.Chunk(ids, atOnce) {
		args := make([]any, len(chunk))
		for i, id := range chunk {
			args[i] = connector.Key(id)
		}
		rows, err := readStored(ctx, q, "WHERE lower(connector) IN ("+database.Placeholders(1, len(args))+")", args...)
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			if seen, ok := w.proven(row); ok {
				all[seen.Connector.Key()] = seen
			} else {
				unproven[connector.Key(row.connector)] = true
			}
		}
	}
	return all, unproven, nil
}

// shown is the row's evidence. Where there is none yet, one read tells all: of the kind that has a mark, or, in a row from
// before there were kinds, of one that nobody knows.
func (s sighting) shown(list, one, text string) (e evidence, err error) {
	if text != "" {
		return e, json.Unmarshal([]byte(text), &e)
	}
	for k, mark := range [kinds]string{list, one} {
		if mark != "" || list+one == "" {
			e.Views[k] = &view{Object: s.Connector, Held: s.At, Assumed: mark == ""}
		}
	}
	return e, nil
}

// firstAtOnce bounds the connectors whose first sight is one transaction: of thousands a part is kept where time runs out.
const firstAtOnce = 1000

// keepFirst keeps connectors that nobody has seen before; another instance may be seeing them too.
func (w *watcher) keepFirst(ctx context.Context, k kind, fresh []Sighting) error {
	for part := range slices.Chunk(fresh, firstAtOnce) {
		err := w.Database.Write(ctx, func(tx *sql.Tx) error {
			for chunk := range slices.Chunk(part, atOnce) {
				if err := w.first(ctx, tx, k, chunk); err != nil {
					return fmt.Errorf("keep first sightings: %w", err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) first(ctx context.Context, tx *sql.Tx, k kind, fresh []Sighting) error {
	var rows [][]any
	var read []moment
	for _, seen := range fresh {
		row, err := rowOf(seen)
		if err != nil {
			return err
		}
		row.shows[k] = w.shows(k, seen.Connector)
		rows = append(rows, []any{row.connector, row.digest, row.object, row.at, row.by, row.shows[k], w.markOf(row)})
		read = append(read, momentOf(seen.Connector, seen.At))
	}
	groups, args := database.Rows(rows)
	_, err := tx.ExecContext(ctx, "INSERT INTO sightings (connector, digest, object, seen_at, seen_by, "+kindName[k]+", mark) VALUES "+groups+
		" ON CONFLICT DO NOTHING", args...)
	if err != nil {
		return err
	}
	return remember(ctx, tx, nil, read)
}

// keep puts what is known now in the place of what was known, and records outside changes in the same transaction. Of
// several instances that notice the same at once one succeeds; the sightings of the others are returned, to be compared anew.
func (w *watcher) keep(ctx context.Context, p Person, found []finding) (overtaken []Sighting, err error) {
	if len(found) == 0 {
		return nil, nil
	}
	rows, err := w.replacements(found)
	if err != nil {
		return nil, err
	}
	err = w.Database.Write(ctx, func(tx *sql.Tx) (err error) {
		overtaken, err = w.keepIn(ctx, tx, p, found, rows)
		return err
	})
	return overtaken, err
}

// keepIn is keep in a transaction, with what replacements made of the findings.
func (w *watcher) keepIn(ctx context.Context, tx *sql.Tx, p Person, found []finding, rows [][]any) (overtaken []Sighting, err error) {
	var told []finding
	var called []connector.Connector
	var before, after []moment
	for i, one := range found {
		switch replaced, err := replace(ctx, tx, rows[i]); {
		case err != nil:
			return nil, err
		case !replaced:
			overtaken = append(overtaken, one.now)
			continue
		case len(one.outside) > 0:
			told = append(told, one)
		}
		if !namedAlike(one.was.Connector, one.now.Connector) { // else its name is kept from before
			called = append(called, one.was.Connector, one.now.Connector)
		}
		was, is := steps(one.was, one.now)
		before, after = append(before, was...), append(after, is...)
	}
	if err := remember(ctx, tx, before, after); err != nil {
		return nil, err
	}
	if err := w.tell(ctx, tx, p, told); err != nil { // last, since an append makes all others wait
		return nil, err
	}
	return overtaken, w.AuditLog.KeepNames(ctx, tx, called...)
}

// tell records what was changed outside Switchboard, and has open pages ask for it.
func (w *watcher) tell(ctx context.Context, tx *sql.Tx, p Person, told []finding) error {
	for _, one := range told {
		if _, err := w.AuditLog.Append(ctx, tx, w.entry(p, one)); err != nil {
			return err
		}
		if err := w.Pages.Tell(ctx, tx, live.Event{Kind: live.Desk, Connector: one.now.Connector.ID()}); err != nil {
			return err
		}
	}
	return nil
}

// namedAlike says whether both are called the same for the same reason.
func namedAlike(one, other connector.Connector) bool {
	return !slices.ContainsFunc([]string{connector.ExchangeAlias, connector.ServerName, connector.ExchangeOrganization}, func(part string) bool {
		return one.Value(part) != other.Value(part)
	})
}

func replace(ctx context.Context, tx *sql.Tx, row []any) (bool, error) {
	done, err := tx.ExecContext(ctx, `UPDATE sightings SET digest = $2, object = $3, seen_at = $4, seen_by = $5, listed = $6,
		single = $7, evidence = $8, revision = $9, mark = $10 WHERE lower(connector) = lower($1) AND revision = $11`, row...)
	if err != nil {
		return false, fmt.Errorf("keep a sighting: %w", err)
	}
	replaced, err := done.RowsAffected()
	return replaced > 0, err
}

// replacements are what replace writes for the findings. They are made before others have to wait for the transaction.
func (w *watcher) replacements(found []finding) ([][]any, error) {
	rows := make([][]any, len(found))
	for i, f := range found {
		row, err := rowOf(f.now)
		if err != nil {
			return nil, err
		}
		evidence, err := json.Marshal(f.evidence)
		if err != nil {
			return nil, err
		}
		for k := range kinds {
			if f.settled(k) {
				row.shows[k] = w.shows(k, f.Views[k].Object)
			}
		}
		row.evidence, row.revision = string(evidence), f.revision+1
		rows[i] = []any{row.connector, row.digest, row.object, row.at, row.by, row.shows[listed], row.shows[single], row.evidence,
			row.revision, w.markOf(row), f.revision}
	}
	return rows, nil
}
