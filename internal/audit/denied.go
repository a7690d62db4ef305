package audit

import (
	"context"
	"database/sql"
	"time"

	"switchboard/internal/access"
)

// denialsKept is for how long the table of recorded denials is kept; only its current minute is ever asked for.
const denialsKept = time.Hour

// Denied records that an actor was refused on a route ("GET /connectors/:id/edit"): one line a person, route and minute
// across all processes, however often it happens. connectorID is the connector asked for, empty for none; the minute's
// line names the first. The table of denials only tells which line that is: nobody is left out because of a row in it.
func (l *Log) Denied(ctx context.Context, actor access.Actor, route, connectorID string, from Origin) error {
	minute := l.now().Unix() / 60
	key := []any{clean(actor.TID), clean(actor.OID), clean(route), minute}
	recorded := func(q querier, query string) (bool, error) {
		known, err := numbersOf(ctx, q, query, key...)
		if err != nil || len(known) == 0 {
			return false, err
		}
		return l.denied(ctx, q, known[0], actor, route, time.Unix(60*minute, 0))
	}
	if known, err := recorded(l.db, deniedLine); known || err != nil {
		return err
	}
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		// The row is this transaction's until it ends, whoever wrote it: others wait for it, and then find the line.
		const first = `INSERT INTO audit_denials (tid, oid, route, minute) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tid, oid, route, minute) DO UPDATE SET seq = audit_denials.seq RETURNING seq`
		if known, err := recorded(tx, first); known || err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM audit_denials WHERE minute < $1", minute-int64(denialsKept/time.Minute)); err != nil {
			return err
		}
		line, err := l.Append(ctx, tx, Entry{Action: Denied, Actor: actor, Connector: connectorID, Reason: route, Origin: from})
		if err != nil {
			return err
		}
		const told = "UPDATE audit_denials SET seq = $5 WHERE tid = $1 AND oid = $2 AND route = $3 AND minute = $4"
		_, err = tx.ExecContext(ctx, told, append(key, line.Seq)...)
		return err
	})
}

// deniedLine is the number of the line that is said to tell of a refusal.
const deniedLine = "SELECT seq FROM audit_denials WHERE tid = $1 AND oid = $2 AND route = $3 AND minute = $4"

// oneLine is the condition for the line of a number.
const oneLine = "WHERE seq = $1"

// denied says whether the line of that number tells that the actor was refused on the route since that time.
func (l *Log) denied(ctx context.Context, q querier, seq int64, actor access.Actor, route string, since time.Time) (bool, error) {
	lines, err := l.listIn(ctx, q, oneLine, seq)
	if err != nil || len(lines) == 0 {
		return false, err
	}
	line := lines[0]
	return line.Action == Denied && line.Actor.OID == clean(actor.OID) && line.Actor.TID == clean(actor.TID) &&
		line.Reason == clean(route) && !line.Time.Before(since), nil
}
