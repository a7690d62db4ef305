package changes

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

var (
	// errMoved: a change of ours came between the read and the intent.
	errMoved = errors.New("another change of the connector was recorded meanwhile")
	// errKeySpent: the form's one-time id has been spent.
	errKeySpent = errors.New("the form was sent before")
	// errFinished: the outcome was recorded by another look or another replica first.
	errFinished = errors.New("the outcome was recorded already")
	// errOvertaken: somebody else recorded something of the change between a look at it and the audit log's lock.
	errOvertaken = errors.New("the change was recorded otherwise meanwhile")
	// errUnrecorded: the database cannot be written.
	errUnrecorded = errors.New("nothing can be recorded")
	// errUnknown: no change has that id.
	errUnknown = errors.New("no such change")
)

// open is the condition of Open.
const open = `outcome IN ('pending', 'in_doubt')`

const columns = `id, seq, once, connector, action, detail, reason, reverts, actor, fields, outcome, graph_status, graph_request_id,
	failure, returned, instance, intended_at, looks, last_look, looked_at, settled_at, took, resolver, closing, sync_before, sync_after,
	sync_ended, others, observed, look_began, look_failed, run`

// insert spends the form's one-time id. Only one of several that send the same form gets through.
const insert = `INSERT INTO changes (once, id, seq, connector, action, detail, reason, reverts, actor, fields, outcome, instance,
	intended_at, sync_before, others, observed, run) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	ON CONFLICT (once) DO NOTHING`

// written are the parts of a change that are stored as JSON. They are made before others have to wait for the transaction.
type written struct{ actor, fields, others string }

func (c Change) written() (w written, err error) {
	if w.actor, err = text(c.Actor); err != nil {
		return w, err
	}
	if w.fields, err = text(c.Fields); err != nil {
		return w, err
	}
	w.others, err = text(c.Others)
	return w, err
}

func insertChange(ctx context.Context, tx *sql.Tx, c Change, w written) error {
	done, err := tx.ExecContext(ctx, insert, c.idempotencyKey, c.ID, c.Seq, c.Connector, string(c.Action), c.SyncType, c.Reason, c.Reverts,
		w.actor, w.fields, string(c.Outcome), c.instance, c.IntendedAt.UnixMicro(), c.syncBefore, w.others, c.Observed, c.Run)
	if err != nil {
		return fmt.Errorf("insert a change: %w", err)
	}
	if inserted, err := done.RowsAffected(); err != nil || inserted == 0 {
		return errors.Join(err, errKeySpent)
	}
	return nil
}

// conclusion is written only over a change that nobody has concluded.
const conclusion = `UPDATE changes SET outcome = $2, fields = $3, graph_status = $4, graph_request_id = $5, failure = $6,
	returned = $7, settled_at = $8, took = $9, resolver = $10, closing = $11, sync_after = $12, sync_ended = $13,
	others = $14 WHERE id = $1 AND outcome = $15`

// openAs says whether the change is pending or in doubt; errFinished where it is neither, or in doubt and to be put there.
func openAs(ctx context.Context, q queryer, c Change) (audit.Outcome, error) {
	var was audit.Outcome
	err := q.QueryRowContext(ctx, `SELECT outcome FROM changes WHERE id = $1`, c.ID).Scan(&was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", errUnknown
	case err != nil:
		return "", fmt.Errorf("conclude a change: %w", err)
	case was == c.Outcome, was != audit.Pending && was != audit.InDoubt:
		return "", errFinished
	}
	return was, nil
}

// concludeChange writes a conclusion over the outcome that the change was open as.
func concludeChange(ctx context.Context, tx *sql.Tx, concluded []any) error {
	done, err := tx.ExecContext(ctx, conclusion, concluded...)
	if err != nil {
		return fmt.Errorf("conclude a change: %w", err)
	}
	if concluded, err := done.RowsAffected(); err != nil || concluded == 0 {
		return errors.Join(err, errOvertaken)
	}
	return nil
}

// conclusion are its arguments.
func (c Change) conclusion(was audit.Outcome) ([]any, error) {
	w, err := c.written()
	if err != nil {
		return nil, err
	}
	failed, err := text(c.failure)
	if err != nil {
		return nil, err
	}
	returned, resolver := "", ""
	if c.HasReturned {
		if returned, err = text(c.Returned); err != nil {
			return nil, err
		}
	}
	if c.Resolver.OID != "" {
		if resolver, err = text(c.Resolver); err != nil {
			return nil, err
		}
	}
	return []any{c.ID, string(c.Outcome), w.fields, c.GraphStatus, c.GraphRequestID, failed, returned,
		c.OutcomeAt.UnixMicro(), c.Took.Microseconds(), resolver, c.Closing, c.SyncedAt.Text(), microseconds(c.SyncEnded), w.others, string(was)}, nil
}

// text is the value as JSON.
func text(value any) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("store a change: %w", err)
	}
	return string(data), nil
}

// queryer is what both a database and a transaction offer.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find returns the changes that the condition holds for; it is followed by the arguments it names.
func find(ctx context.Context, q queryer, condition string, args ...any) ([]Change, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM changes "+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("find changes: %w", err)
	}
	defer rows.Close()
	var found []Change
	for rows.Next() {
		change, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, change)
	}
	return found, rows.Err()
}

func scan(rows *sql.Rows) (Change, error) {
	var (
		c                                                         Change
		actor, fields, failed, returned, resolver, synced, others string
		status, looks, failedLook                                 int64
		intended, look, looked, settled, took, ended, began       int64
	)
	number := func(into *int64) lenient { return lenient{into, &c.unreadable} }
	err := rows.Scan(&c.ID, number(&c.Seq), &c.idempotencyKey, &c.Connector, &c.Action, &c.SyncType, &c.Reason, &c.Reverts, &actor, &fields,
		&c.Outcome, number(&status), &c.GraphRequestID, &failed, &returned, &c.instance, number(&intended), number(&looks), number(&look), number(&looked),
		number(&settled), number(&took), &resolver, &c.Closing, &c.syncBefore, &synced, number(&ended), &others, number(&c.Observed), number(&began), number(&failedLook), &c.Run)
	if err != nil {
		return Change{}, fmt.Errorf("read a change: %w", err)
	}
	c.GraphStatus, c.Looks = int(status), int(looks)
	c.lookBegan, c.lookFailed = moment(began), failedLook == 1
	c.IntendedAt, c.LastLook, c.LookedAt, c.OutcomeAt = moment(intended), moment(look), moment(looked), moment(settled)
	c.Took, c.SyncEnded = time.Duration(took)*time.Microsecond, moment(ended)
	if synced != "" {
		c.SyncedAt = connector.Of(synced)
	}
	c.HasReturned = returned != ""
	for _, column := range []struct {
		text string
		into any
	}{{actor, &c.Actor}, {fields, &c.Fields}, {failed, &c.failure}, {returned, &c.Returned}, {resolver, &c.Resolver}, {others, &c.Others}} {
		if column.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(column.text), column.into); err != nil {
			c.unreadable = true
		}
	}
	return c, nil
}

// lenient reads a number of the database, and says where there is none: SQLite keeps a text in a column of numbers. Whoever puts one there is
// to have changed one change, and not to have kept all others from being read and checked.
type lenient struct {
	into *int64
	none *bool
}

// Scan makes it a sql.Scanner.
func (n lenient) Scan(value any) error {
	number, is := value.(int64)
	*n.into, *n.none = number, *n.none || !is
	return nil
}

// moment reads Unix microseconds; 0 is the zero time.
func moment(microseconds int64) time.Time {
	if microseconds == 0 {
		return time.Time{}
	}
	return time.UnixMicro(microseconds).UTC()
}

// microseconds is the time as moment reads it.
func microseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// none says that the condition holds for no change, which costs less to find out than to read one.
func none(ctx context.Context, q queryer, condition string, args ...any) (bool, error) {
	var one int
	err := q.QueryRowContext(ctx, "SELECT 1 FROM changes "+condition, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("find changes: %w", err)
	}
	return false, nil
}

// byID is the change as it is now, as the audit log's lines tell it, or errUnknown.
func (s *Service) byID(ctx context.Context, id string) (Change, error) {
	return s.readOne(ctx, `WHERE id = $1`, id)
}
