package audit

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"switchboard/internal/access"
)

// denialsKept is for how long the table of recorded denials is kept; only its current minute is ever asked for.
const denialsKept = time.Hour

// Denied records that an actor was refused on a route ("GET /connectors/:id/edit"): one line a person, route and minute
// across all processes, however often it happens. connectorID is the connector asked for, empty for none; the minute's
// line names the first. The table of denials only saves looking for that line: nobody is left out because of a row in it.
func (l *Log) Denied(ctx context.Context, actor access.Actor, route, connectorID string, from Origin) error {
	minute := l.now().Unix() / 60
	var known int
	const seen = "SELECT count(*) FROM audit_denials WHERE tid = $1 AND oid = $2 AND route = $3 AND minute = $4"
	key := []any{clean(actor.TID), clean(actor.OID), clean(route), minute}
	if err := l.db.QueryRowContext(ctx, seen, key...).Scan(&known); err != nil {
		return err
	}
	denied := func(q querier) (bool, error) { return l.denied(ctx, q, actor, route, time.Unix(60*minute, 0)) }
	if known > 0 {
		if recorded, err := denied(l.db); err != nil || recorded {
			return err
		}
	}
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		const first = "INSERT INTO audit_denials (tid, oid, route, minute) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
		result, err := tx.ExecContext(ctx, first, key...)
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if added == 0 {
			if recorded, err := denied(tx); err != nil || recorded {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM audit_denials WHERE minute < $1", minute-int64(denialsKept/time.Minute)); err != nil {
			return err
		}
		_, err = l.Append(ctx, tx, Entry{Action: Denied, Actor: actor, Connector: connectorID, Reason: route, Origin: from})
		return err
	})
}

// latestDenials is how many of a person's latest refusals are looked through: a minute has hardly more.
const latestDenials = 60

// denied says whether a line tells that the actor was refused on the route since that time.
func (l *Log) denied(ctx context.Context, q querier, actor access.Actor, route string, since time.Time) (bool, error) {
	lines, err := l.listIn(ctx, q, "WHERE oid = $1 AND action = $2 ORDER BY seq DESC LIMIT $3", clean(actor.OID), string(Denied), latestDenials)
	return slices.ContainsFunc(lines, func(line Entry) bool {
		return line.Actor.TID == clean(actor.TID) && line.Reason == clean(route) && !line.Time.Before(since)
	}), err
}
