// Package drafts keeps what somebody typed into a form while they are away to sign in or to get a permission.
package drafts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/seal"
)

const (
	// Life is how long a draft is kept.
	Life       = 30 * time.Minute
	mostOfOne  = 20       // drafts of one person; the oldest give way
	largest    = 64 << 10 // bytes of one draft; a larger one is not kept
	sweepEvery = 5 * time.Minute
)

// Draft is what was typed into the edit form of a connector, without anything that only that form was good for.
type Draft struct {
	Connector string
	// Shown is what the form had shown, Opened when that was read.
	Shown  connector.Connector
	Opened time.Time
	// Wanted is what was typed, by property.
	Wanted map[string]string
	Reason string
	// Reverts is the change that the form takes back, empty for a plain edit.
	Reverts string
	// KeptAt is when it was kept.
	KeptAt time.Time
}

// Drafts keeps one draft a person and connector. It is safe for concurrent use, and any number of instances may share a
// database.
type Drafts struct {
	db    *database.DB
	seals *seal.Keys
	now   func() time.Time
	log   *slog.Logger
}

// New is the room, ready for use. Run sweeps it.
func New(db *database.DB, seals *seal.Keys, now func() time.Time, log *slog.Logger) *Drafts {
	return &Drafts{db, seals, now, log}
}

// Keep puts a draft in place of the one that the person had for the connector.
func (d *Drafts) Keep(ctx context.Context, person access.Actor, draft Draft) error {
	draft.KeptAt = d.now().UTC()
	plain, err := json.Marshal(draft)
	if err != nil {
		return fmt.Errorf("keep a draft: %w", err)
	}
	if len(plain) > largest {
		return fmt.Errorf("keep a draft: it is larger than %d bytes", largest)
	}
	key := key(person)
	sealed := d.seals.Seal(seal.Draft, owner(key, draft.Connector), plain)
	err = d.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE person = $1 AND lower(connector) = lower($2)`, key, draft.Connector); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO drafts (person, connector, sealed, kept_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person, connector) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at`,
			key, draft.Connector, sealed, draft.KeptAt.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE person = $1 AND connector NOT IN
			(SELECT connector FROM drafts WHERE person = $1 ORDER BY kept_at DESC LIMIT $2)`, key, mostOfOne)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a draft: %w", err)
	}
	return nil
}

// Find is the person's draft for the connector; false says that there is none, or that it is too old.
func (d *Drafts) Find(ctx context.Context, person access.Actor, connectorID string) (Draft, bool, error) {
	key := key(person)
	var sealed, spelt string // an id is a GUID: the draft may have been kept under another spelling
	err := d.db.QueryRowContext(ctx, `SELECT sealed, connector FROM drafts WHERE person = $1 AND lower(connector) = lower($2)
		AND kept_at > $3 ORDER BY kept_at DESC LIMIT 1`, key, connectorID, d.now().Add(-Life).UnixMicro()).Scan(&sealed, &spelt)
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, false, nil
	}
	if err != nil {
		return Draft{}, false, fmt.Errorf("find a draft: %w", err)
	}
	var draft Draft
	plain, _, err := d.seals.Open(seal.Draft, owner(key, spelt), sealed)
	if err == nil {
		err = json.Unmarshal(plain, &draft)
	}
	if err != nil { // its key was taken out of the list, or somebody altered the row
		d.log.WarnContext(ctx, "a draft cannot be opened and counts as dropped")
		return Draft{}, false, nil
	}
	return draft, true, nil
}

// Drop forgets the person's draft for the connector; that there was none is no error.
func (d *Drafts) Drop(ctx context.Context, person access.Actor, connectorID string) error {
	// Most saves have no draft to drop, and a read is cheaper than a write.
	if _, there, err := d.Find(ctx, person, connectorID); err != nil || !there {
		return err
	}
	return d.delete(ctx, `DELETE FROM drafts WHERE person = $1 AND lower(connector) = lower($2)`, key(person), connectorID)
}

// Run removes drafts that are too old until ctx ends.
func (d *Drafts) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for _, old := range []string{`DELETE FROM drafts WHERE kept_at <= $1`, `DELETE FROM texts WHERE kept_at <= $1`} {
			if err := d.delete(ctx, old, d.now().Add(-Life).UnixMicro()); err != nil && ctx.Err() == nil {
				d.log.WarnContext(ctx, "old drafts could not be swept", "error", err.Error())
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (d *Drafts) delete(ctx context.Context, query string, args ...any) error {
	err := d.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop drafts: %w", err)
	}
	return nil
}

// key is the database's key of a person, as in the table of sessions.
func key(person access.Actor) string { return person.Key() }

func owner(key, connectorID string) string { return key + "\n" + connectorID }
