package changes

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
)

var (
	// errMoved: a change of ours came between the read and the intent.
	errMoved = errors.New("another change of the connector was recorded meanwhile")
	// errSpent: the form's one-time id has been used.
	errSpent = errors.New("the form was sent before")
	// errSettled: somebody else recorded the outcome first.
	errSettled = errors.New("the outcome was recorded already")
	// errUnknown: no change has that id.
	errUnknown = errors.New("no such change")
)

// draft is a change before its intent is committed.
type draft struct {
	once, connector  string
	action           audit.Action
	syncType, reason string
	fields           []connector.Field
	actor            access.Actor
}

const columns = `id, seq, connector, action, detail, reason, actor, fields, outcome, graph_status, graph_request_id, failure,
	returned, instance, intended_at, looked_at, settled_at, took`

// insert spends the draft's one-time id. Only one of several that send the same form gets through.
const insert = `INSERT INTO changes (once, id, seq, connector, action, detail, reason, actor, fields, outcome, instance, intended_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (once) DO NOTHING`

func insertChange(ctx context.Context, tx *sql.Tx, once string, c Change) error {
	actor, fields, err := encode(c)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, insert, once, c.ID, c.Seq, c.Connector, string(c.Action), c.SyncType, c.Reason,
		actor, fields, string(c.Outcome), c.instance, c.IntendedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert a change: %w", err)
	}
	if inserted, err := done.RowsAffected(); err != nil || inserted == 0 {
		return errors.Join(err, errSpent)
	}
	return nil
}

// conclusion is written only over a change that nobody has concluded.
const conclusion = `UPDATE changes SET outcome = $2, fields = $3, graph_status = $4, graph_request_id = $5, failure = $6,
	returned = $7, settled_at = $8, took = $9 WHERE id = $1 AND outcome IN ('pending', 'in_doubt')`

func concludeChange(ctx context.Context, tx *sql.Tx, c Change) error {
	_, fields, err := encode(c)
	if err != nil {
		return err
	}
	words, err := json.Marshal(c.failure)
	if err != nil {
		return err
	}
	returned := ""
	if c.HasReturned {
		object, err := json.Marshal(c.Returned)
		if err != nil {
			return err
		}
		returned = string(object)
	}
	done, err := tx.ExecContext(ctx, conclusion, c.ID, string(c.Outcome), fields, c.GraphStatus, c.GraphRequestID,
		string(words), returned, c.SettledAt.UnixMicro(), c.Took.Microseconds())
	if err != nil {
		return fmt.Errorf("conclude a change: %w", err)
	}
	if concluded, err := done.RowsAffected(); err != nil || concluded == 0 {
		return errors.Join(err, errSettled)
	}
	return nil
}

func encode(c Change) (actor, fields string, err error) {
	person, err := json.Marshal(c.Actor)
	if err != nil {
		return "", "", err
	}
	asked, err := json.Marshal(c.Fields)
	return string(person), string(asked), err
}

// queryer is what both a database and a transaction offer.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
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
		c                                       Change
		actor, fields, failed, returned         string
		intended, looked, settled, microseconds int64
	)
	err := rows.Scan(&c.ID, &c.Seq, &c.Connector, &c.Action, &c.SyncType, &c.Reason, &actor, &fields, &c.Outcome,
		&c.GraphStatus, &c.GraphRequestID, &failed, &returned, &c.instance, &intended, &looked, &settled, &microseconds)
	if err != nil {
		return Change{}, fmt.Errorf("read a change: %w", err)
	}
	c.IntendedAt, c.SettledAt, c.LookedAt = moment(intended), moment(settled), moment(looked)
	c.Took = time.Duration(microseconds) * time.Microsecond
	c.HasReturned = returned != ""
	for text, into := range map[string]any{actor: &c.Actor, fields: &c.Fields, failed: &c.failure, returned: &c.Returned} {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return Change{}, fmt.Errorf("read the change %s: %w", c.ID, err)
		}
	}
	return c, nil
}

// moment reads Unix microseconds; 0 is the zero time.
func moment(microseconds int64) time.Time {
	if microseconds == 0 {
		return time.Time{}
	}
	return time.UnixMicro(microseconds).UTC()
}

// one is the only change that the condition holds for, or errUnknown.
func one(ctx context.Context, q queryer, condition string, args ...any) (Change, error) {
	found, err := find(ctx, q, condition, args...)
	if err != nil {
		return Change{}, err
	}
	if len(found) == 0 {
		return Change{}, errUnknown
	}
	return found[0], nil
}
