package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Owner is the tenant that a database belongs to.
type Owner struct {
	// Issuer and Client are those of the identity provider; a demo's issuer is a name that stays the same.
	Issuer, Client string
	// TID is the tid of its people where that is known before anybody signs in; empty where it is not.
	TID string
	// Others are tids that it cannot have, such as the demo's.
	Others []string
	// Demo says that it is the demo's, which never takes another's database.
	Demo bool
}

// ErrOwner is the refusal of a database that belongs to another audit log or tenant. Its text says the way on.
var ErrOwner = errors.New("the database belongs to another")

// ErrNewer is the refusal of an audit log that a newer program wrote.
var ErrNewer = errors.New("the record was written by a newer version of Switchboard: start that one")

// recordFormat is how this program writes the audit log. It is raised where an older program must not write to it any more.
const recordFormat = 1

// ownerRow is whom the database names.
type ownerRow struct {
	there                  bool
	format                 int64
	origin, issuer, client string
}

func readOwner(ctx context.Context, q querier) (row ownerRow, err error) {
	rows, err := q.QueryContext(ctx, "SELECT format, origin, issuer, client FROM audit_owner")
	if err != nil {
		return row, fmt.Errorf("read whose record it is: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		row.there = true
		if err := rows.Scan(&row.format, &row.origin, &row.issuer, &row.client); err != nil {
			return row, fmt.Errorf("read whose record it is: %w", err)
		}
	}
	if row.format > recordFormat {
		return row, ErrNewer
	}
	return row, rows.Err()
}

func writeOwner(ctx context.Context, tx *sql.Tx, origin string, o Owner) error {
	const put = `INSERT INTO audit_owner (one, format, origin, issuer, client) VALUES (1, $1, $2, $3, $4)
		ON CONFLICT (one) DO UPDATE SET format = excluded.format, origin = excluded.origin, issuer = excluded.issuer, client = excluded.client`
	if _, err := tx.ExecContext(ctx, put, recordFormat, origin, o.Issuer, o.Client); err != nil {
		return fmt.Errorf("write whose record it is: %w", err)
	}
	return nil
}

// claim checks that the database is this owner's, and makes one that names nobody theirs.
func (l *Log) claim(ctx context.Context, o Owner) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		row, err := readOwner(ctx, tx)
		if err != nil {
			return err
		}
		if row.there && (row.origin != l.signer.Name() || row.issuer != o.Issuer || row.client != o.Client) {
			return l.refuse(o, fmt.Sprintf("the record %s of the client %s at %s", row.origin, row.client, row.issuer))
		}
		if !row.there || o.Demo {
			tid, err := strangeTID(ctx, tx, o)
			if err != nil {
				return err
			}
			if tid != "" {
				return l.refuse(o, "a record whose sign-ins name the tenant "+tid)
			}
		}
		if row.there {
			return nil
		}
		return writeOwner(ctx, tx, l.signer.Name(), o)
	})
}

func (l *Log) refuse(o Owner, holds string) error {
	if o.Demo {
		return fmt.Errorf("%w: database.url: it holds %s; the demo keeps to a database of its own: leave database.url out, or set demo: false", ErrOwner, holds)
	}
	return fmt.Errorf("%w: database.url: it holds %s, and the configuration is of the record %s of the client %s at %s; name another database, "+
		"or, where this change is meant, stop every instance and run `switchboard audit accept -reason TEXT`", ErrOwner, holds, l.signer.Name(), o.Client, o.Issuer)
}

// mostSignIns bounds how many sign-ins, the first and the latest, are asked whose the audit log is.
const mostSignIns = 1000

// strangeTID is a tid of the audit log's sign-ins that is not the owner's; empty where there is none. Where a provider sends no
// tid, its issuer stands there.
func strangeTID(ctx context.Context, tx *sql.Tx, o Owner) (string, error) {
	for _, order := range []string{"ASC", "DESC"} {
		tids, err := tidsOf(ctx, tx, "SELECT line FROM audit_entries WHERE action = $1 ORDER BY seq "+order+" LIMIT $2", SignIn, mostSignIns)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(tids, func(tid string) bool { return !o.may(tid) }); i >= 0 {
			return tids[i], nil
		}
	}
	return "", nil
}

// may says whether people of the owner can have that tid.
func (o Owner) may(tid string) bool {
	switch {
	case strings.EqualFold(tid, o.TID), tid == o.Issuer && !o.Demo:
		return true
	case o.TID != "", slices.Contains(o.Others, tid):
		return false
	}
	return !strings.Contains(tid, "://") // another issuer
}

func tidsOf(ctx context.Context, tx *sql.Tx, query string, args ...any) (tids []string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read whose record it is: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var said line
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("read whose record it is: %w", err)
		}
		if json.Unmarshal([]byte(text), &said) == nil && !slices.Contains(tids, said.Actor.TID) {
			tids = append(tids, said.Actor.TID)
		}
	}
	return tids, rows.Err()
}
