package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/problem"
)

// Names are what the connectors with these ids were called when anybody saw them last, by the ids' keys, those that Graph no
// longer knows included. What nobody ever saw is not among them.
func (i *Inventory) Names(ctx context.Context, ids ...string) (map[string]connector.Name, error) {
	if i.watcher == nil {
		return nil, nil
	}
	found, _, err := i.watcher.sightings(i.Database.Brief(ctx), i.Database, ids)
	if err != nil {
		return nil, noDatabase(err)
	}
	names := make(map[string]connector.Name, len(found))
	for key, seen := range found {
		names[key] = seen.Connector.Name()
	}
	return names, nil
}

// namedAtOnce bounds the sightings whose names one transaction keeps.
const namedAtOnce = 500

// FillNames has the audit log keep the names of what was seen for the first time since it was last called, on any instance: a
// read of thousands does not wait for that. It goes on where it was interrupted, and costs next to nothing where there are
// none.
func (i *Inventory) FillNames(ctx context.Context) error {
	for i.watcher != nil {
		unnamed, err := i.watcher.unnamed(ctx)
		if err == nil && len(unnamed) > 0 {
			err = i.watcher.name(ctx, unnamed)
		}
		if err != nil {
			return fmt.Errorf("fill in the names of what was seen: %w", err)
		}
		if len(unnamed) == 0 {
			return nil
		}
	}
	return nil
}

// unnamed are some of the connectors whose names the audit log does not know yet.
func (w *watcher) unnamed(ctx context.Context) (all []connector.Connector, err error) {
	rows, err := readStored(ctx, w.Database, "WHERE named = 0 LIMIT $1", namedAtOnce)
	for _, row := range rows {
		seen, ok := w.proven(row)
		if !ok { // put there past the program: it names nothing, and keeps nobody from starting
			seen.Connector = connector.New(map[string]connector.Value{connector.ID: connector.Of(row.connector)}).Spelt(row.connector)
		}
		all = append(all, seen.Connector)
	}
	return all, err
}

func (w *watcher) name(ctx context.Context, all []connector.Connector) error {
	ids := make([]any, len(all))
	for i, one := range all {
		ids[i] = one.ID()
	}
	return w.Database.Write(ctx, func(tx *sql.Tx) error {
		if err := w.AuditLog.KeepNames(ctx, tx, all...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE sightings SET named = 1 WHERE connector IN ("+database.Placeholders(1, len(ids))+")", ids...)
		return err
	})
}

// noDatabase is the problem of a read that needs the database.
func noDatabase(err error) error {
	return problem.New(problem.Unavailable, "The database does not answer.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").After(10 * time.Second).Because(err)
}
