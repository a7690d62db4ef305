package changes

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// The table of changes serves the next request, and no hash covers it. So a page shows of a change what the audit log's lines
// say, and a row that says something else counts as a break of the audit log.

// logged are the changes that the condition holds for, as the audit log's lines tell them.
func (s *Service) logged(ctx context.Context, condition string, args ...any) ([]Change, error) {
	return database.Unchanged(ctx, s.Database, database.Key("changes "+condition, args...), func() (loggedChanges, error) {
		return s.readLogged(ctx, condition, args...)
	})
}

// loggedChanges tell how much they hold: a value may be long.
type loggedChanges []Change

func (all loggedChanges) Size() (bytes int) {
	for _, change := range all {
		bytes += 1000 + len(change.Reason) + connector.Bytes(change.Fields)
		for _, property := range connector.Properties() {
			bytes += len(change.Returned.Value(property.Name).Text())
		}
	}
	return bytes
}

// readLogged reads them. Mostly there are none, which takes no transaction to find out.
func (s *Service) readLogged(ctx context.Context, condition string, args ...any) (found []Change, err error) {
	if nothing, err := none(ctx, s.Database, condition, args...); err != nil || nothing {
		return nil, err
	}
	err = s.Database.Read(ctx, func(tx *sql.Tx) error {
		if found, err = find(ctx, tx, condition, args...); err != nil {
			return err
		}
		lines, err := s.linesOf(ctx, tx, found)
		if err != nil {
			return err
		}
		for i, change := range found {
			told, same := change.asLogged(lines[change.ID])
			if !same && !s.archived(change, lines) {
				s.AuditLog.Differs(change.Seq)
			}
			found[i] = told
		}
		found = slices.DeleteFunc(found, func(c Change) bool { return len(lines[c.ID]) == 0 })
		return nil
	})
	return found, err
}

// oneLogged is the only change that the condition holds for, as the audit log's lines tell it, or errUnknown.
func (s *Service) oneLogged(ctx context.Context, condition string, args ...any) (Change, error) {
	return only(s.logged(ctx, condition, args...))
}

// readOne is oneLogged as the database has it now.
func (s *Service) readOne(ctx context.Context, condition string, args ...any) (Change, error) {
	return only(s.readLogged(ctx, condition, args...))
}

func only(found []Change, err error) (Change, error) {
	if err != nil {
		return Change{}, err
	}
	if len(found) == 0 {
		return Change{}, errUnknown
	}
	return found[0], nil
}

// archived says whether the lines of the change were moved to an archive.
func (s *Service) archived(change Change, lines map[string][]audit.Entry) bool {
	return len(lines[change.ID]) == 0 && change.Seq <= s.AuditLog.Archived()
}

// linesAtOnce bounds the placeholders of a statement.
const linesAtOnce = 250

// linesOf are the audit log's lines of changes by their ids, the oldest first.
func (s *Service) linesOf(ctx context.Context, tx *sql.Tx, changes []Change) (map[string][]audit.Entry, error) {
	lines := map[string][]audit.Entry{}
	for chunk := range slices.Chunk(changes, linesAtOnce) {
		ids := make([]string, len(chunk))
		for i, change := range chunk {
			ids[i] = change.ID
		}
		found, err := s.AuditLog.SharingIn(ctx, tx, ids...)
		if err != nil {
			return nil, err
		}
		for _, line := range found {
			lines[line.ID] = append(lines[line.ID], line)
		}
	}
	return lines, nil
}

// asLogged is the change as its lines tell it, the oldest first, and whether the row says the same.
func (c Change) asLogged(lines []audit.Entry) (told Change, same bool) {
	if len(lines) == 0 {
		return c, false
	}
	intent, last, graph := lines[0], lines[len(lines)-1], (*audit.Graph)(nil)
	for _, line := range lines {
		if line.Graph != nil {
			graph = line.Graph
		}
	}
	told = c
	told.Seq, told.Connector, told.Action, told.Reason, told.Outcome = intent.Seq, intent.Connector, intent.Action, intent.Reason, last.Outcome
	told.Observed, told.Run = intent.Observed, intent.Run
	if !sameActor(c.Actor, intent.Actor) {
		told.Actor = intent.Actor
	}
	if !slices.EqualFunc(c.Fields, last.Fields, sameField) {
		told.Fields = last.Fields
	}
	if apart := c.IntendedAt.Sub(intent.Time).Abs(); apart > maxApart {
		told.IntendedAt = intent.Time
	}
	if told.Outcome == audit.InDoubt { // from when on it counts as sent, which decides when it may be called not applied
		told.OutcomeAt = last.Time
		if c.LookedAt.Before(intent.Time.Add(-maxApart)) {
			told.LookedAt = time.Time{}
		}
	}
	told.SyncType = or(intent.SyncType, c.SyncType) // lines from before the audit log kept it do not tell
	if graph == nil {                               // then the lines tell of no answer, and neither does the page
		c.GraphStatus, c.GraphRequestID = 0, ""
		told.GraphStatus, told.GraphRequestID = 0, ""
	} else {
		told.GraphStatus, told.GraphRequestID = graph.Status, graph.RequestID
		told.failure.Quote = or(graph.Message, c.failure.Quote)
	}
	told.resolvedBy(intent, last)
	return told, told.says(c)
}

// maxApart is how far the row's time of an intent may be from its line's, which was written just before it.
const maxApart = time.Minute

// resolvedBy is what the last line tells of how it became known.
func (c *Change) resolvedBy(intent, last audit.Entry) {
	if last.SyncedAt != nil {
		c.SyncedAt = *last.SyncedAt
	}
	if last.Action != audit.Resolved {
		c.Resolver, c.Closing = access.Actor{}, ""
		return
	}
	if !sameActor(c.Resolver, last.Actor) {
		c.Resolver = last.Actor
	}
	c.Closing = ""
	if last.Reason != intent.Reason {
		c.Closing = last.Reason
	}
}

// says whether both tell the same.
func (c Change) says(other Change) bool {
	resolver := other.Resolver.OID == "" || sameActor(c.Resolver, other.Resolver) // rows from before it was kept have none
	closing := alike(c.Closing, other.Closing) || c.Closing == "" && alike(c.Reason, other.Closing)
	return !other.unreadable && c.Seq == other.Seq && c.Connector == other.Connector && c.Action == other.Action && alike(c.Reason, other.Reason) &&
		c.Outcome == other.Outcome && sameActor(c.Actor, other.Actor) && slices.EqualFunc(c.Fields, other.Fields, sameField) &&
		c.IntendedAt.Equal(other.IntendedAt) && c.SyncType == other.SyncType && c.Observed == other.Observed && c.Run == other.Run && c.GraphStatus == other.GraphStatus &&
		c.GraphRequestID == other.GraphRequestID && alike(c.failure.Quote, other.failure.Quote) && resolver && closing &&
		c.SyncedAt.Text() == other.SyncedAt.Text()
}

func sameActor(a, b access.Actor) bool {
	return a.Is(b) && alike(a.Name, b.Name) && slices.EqualFunc(a.Claims, b.Claims, alike)
}

// sameField compares a field of a line with one of a row, where a stored null is as good as none.
func sameField(a, b connector.FieldChange) bool {
	return a.Name == b.Name && sameValue(a.Before, b.Before) && sameValue(a.Requested, b.Requested) && sameValue(storedIn(a), storedIn(b))
}

func storedIn(f connector.FieldChange) connector.Value {
	if f.Stored == nil {
		return connector.Null()
	}
	return *f.Stored
}

func sameValue(a, b connector.Value) bool {
	return a.IsNull() == b.IsNull() && alike(a.Text(), b.Text())
}

// alike compares texts of which the audit log has marked what is no UTF-8.
func alike(a, b string) bool {
	return a == b || strings.ToValidUTF8(a, "\uFFFD") == strings.ToValidUTF8(b, "\uFFFD")
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// differing is the first line after from, up to and with to, whose change the table tells otherwise or lacks; 0 for none. A row
// that no line can be of counts as the last line's.
func (s *Service) differing(ctx context.Context, tx *sql.Tx, from, to, size int64) (first int64, err error) {
	rows, err := find(ctx, tx, `WHERE seq > $1 AND seq <= $2 ORDER BY seq`, from, to)
	if err != nil {
		return 0, err
	}
	lines, err := s.linesOf(ctx, tx, rows)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if _, same := row.asLogged(lines[row.ID]); !same {
			first = row.Seq
			break
		}
	}
	const lacking = `SELECT coalesce(min(seq), 0) FROM audit_entries e WHERE seq > $1 AND seq <= $2 AND outcome = 'pending'
		AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = e.id)`
	const beyond = `SELECT count(*) FROM changes WHERE seq > $1 OR seq < 1`
	var without, strange int64
	if err := tx.QueryRowContext(ctx, lacking, from, to).Scan(&without); err != nil {
		return 0, fmt.Errorf("look for changes without a row: %w", err)
	}
	if err := tx.QueryRowContext(ctx, beyond, size).Scan(&strange); err != nil {
		return 0, fmt.Errorf("look for changes without lines: %w", err)
	}
	if without > 0 && (first == 0 || without < first) {
		first = without
	}
	if strange > 0 && first == 0 {
		first = max(1, size)
	}
	return first, nil
}
