package drafts

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/seal"
)

// Text is what was typed into one of the small forms of a connector's page: a note, for instance.
type Text struct {
	Connector string
	// Form says which of the page's forms it is.
	Form string
	// Fields are what was typed, by the form's names.
	Fields map[string]string
	// KeptAt is when it was kept.
	KeptAt time.Time
}

// KeepText puts a text in place of the one that the person had typed into that form.
func (d *Drafts) KeepText(ctx context.Context, person access.Actor, text Text) error {
	text.KeptAt = d.now().UTC()
	plain, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("keep a text: %w", err)
	}
	if len(plain) > largest {
		return fmt.Errorf("keep a text: it is larger than %d bytes", largest)
	}
	key, id := key(person), connector.Key(text.Connector)
	sealed := d.seals.Seal(seal.Draft, ownerOfText(key, id, text.Form), plain)
	err = d.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO texts (person, connector, form, sealed, kept_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person, connector, form) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at`,
			key, id, text.Form, sealed, text.KeptAt.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE person = $1 AND kept_at < (SELECT min(kept_at) FROM
			(SELECT kept_at FROM texts WHERE person = $1 ORDER BY kept_at DESC LIMIT $2) AS newest)`, key, mostOfOne)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a text: %w", err)
	}
	return nil
}

// Texts are what the person had typed into forms of the connector's page, by the form, as far as it is not too old.
func (d *Drafts) Texts(ctx context.Context, person access.Actor, connectorID string) (map[string]Text, error) {
	key, id := key(person), connector.Key(connectorID)
	kept, err := database.Unchanged(ctx, d.db, "texts of "+key+" at "+id, func() ([]sealedText, error) { return d.sealedTexts(ctx, key, id) })
	if err != nil {
		return nil, fmt.Errorf("find texts: %w", err)
	}
	oldest, found := d.now().Add(-Life).UnixMicro(), map[string]Text{}
	for _, one := range kept {
		if one.keptAt <= oldest {
			continue
		}
		var text Text
		plain, _, err := d.seals.Open(seal.Draft, ownerOfText(key, id, one.form), one.sealed)
		if err == nil {
			err = json.Unmarshal(plain, &text)
		}
		if err != nil { // its key was taken out of the list, or somebody altered the row
			d.log.WarnContext(ctx, "a text cannot be opened and counts as dropped")
			continue
		}
		found[one.form] = text
	}
	return found, nil
}

// sealedText is a row.
type sealedText struct {
	form, sealed string
	keptAt       int64
}

func (d *Drafts) sealedTexts(ctx context.Context, key, id string) (all []sealedText, err error) {
	rows, err := d.db.QueryContext(ctx, `SELECT form, sealed, kept_at FROM texts WHERE person = $1 AND connector = $2`, key, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one sealedText
		if err := rows.Scan(&one.form, &one.sealed, &one.keptAt); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// DropText forgets what the person had typed into that form; that there was nothing is no error.
func (d *Drafts) DropText(ctx context.Context, person access.Actor, connectorID, form string) error {
	known, err := d.Texts(ctx, person, connectorID)
	if _, there := known[form]; err != nil || !there { // most forms were never interrupted, and a read is cheaper than a write
		return err
	}
	return d.delete(ctx, `DELETE FROM texts WHERE person = $1 AND connector = $2 AND form = $3`, key(person), connector.Key(connectorID), form)
}

// ownerOfText binds a text to its row. It is never that of a draft, which has one line break.
func ownerOfText(key, id, form string) string { return key + "\n" + id + "\n" + form }
