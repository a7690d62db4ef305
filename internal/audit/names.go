package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"

	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// namePart is a part of a connector's name; see the table audit_names.
type namePart string

const (
	short        namePart = "short"
	server       namePart = "server"
	organization namePart = "organization"
)

// nameRow is what a part of a connector's name was known to be; an empty value of a short name says that there was no alias.
type nameRow struct {
	digest    string
	part      namePart
	connector string
	value     string
	seq       int64 // of the line that tells it; 0 where it was read
}

func newNameRow(part namePart, id, value string) nameRow {
	row := nameRow{part: part, connector: connector.Key(clean(id)), value: clean(value)}
	if value != "" {
		row.digest = nameDigest(connector.Called(value))
	}
	return row
}

// nameDigest is short however long the name is.
func nameDigest(called string) string {
	hash := sha256.Sum256([]byte(called))
	return base64.RawStdEncoding.EncodeToString(hash[:16])
}

// KeepNames keeps what the connectors are called, so that Bearers finds them by it for good. It is for what was read; of its
// lines the audit log keeps the names by itself.
func (l *Log) KeepNames(ctx context.Context, tx *sql.Tx, all ...connector.Connector) error {
	var rows []nameRow
	for _, one := range all {
		name := one.Name().Whole()
		rows = append(rows, newNameRow(short, one.ID(), name.Short))
		if one.Value(connector.ExchangeAlias).IsEmpty() {
			rows = append(rows, newNameRow(short, one.ID(), ""))
		}
		if name.Organization != "" {
			rows = append(rows, newNameRow(organization, one.ID(), name.Organization))
		}
	}
	return addNames(ctx, tx, rows)
}

// namesIn are the parts of names that the fields of a line tell: what was there before, and what was stored where that is
// known.
func namesIn(e Entry) (rows []nameRow) {
	parts := map[string]namePart{connector.ExchangeAlias: short, connector.ServerName: server, connector.ExchangeOrganization: organization}
	for _, field := range e.Fields {
		part, there := parts[field.Name]
		if !there || e.Connector == "" {
			continue
		}
		values := []connector.Value{field.Before}
		if field.Stored != nil {
			values = append(values, *field.Stored)
		} else if e.Outcome == Applied || e.Outcome == AppliedObserved {
			values = append(values, field.Requested)
		}
		for _, value := range values {
			if part == short || !value.IsEmpty() {
				row := newNameRow(part, e.Connector, value.Text())
				row.seq = e.Seq
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// namesAtOnce bounds the rows of one statement.
const namesAtOnce = 100

// addNames adds those that are not known yet, in one order everywhere, so that two that add the same do not wait for each
// other in a circle.
func addNames(ctx context.Context, tx *sql.Tx, rows []nameRow) error {
	slices.SortFunc(rows, func(a, b nameRow) int {
		return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.part, b.part), cmp.Compare(a.connector, b.connector))
	})
	for chunk := range slices.Chunk(rows, namesAtOnce) {
		values := make([][]any, len(chunk))
		for i, row := range chunk {
			values[i] = []any{row.digest, string(row.part), row.connector, row.value}
		}
		groups, args := database.Rows(values)
		const add = "INSERT INTO audit_names (digest, part, connector, value) VALUES "
		if _, err := tx.ExecContext(ctx, add+groups+" ON CONFLICT DO NOTHING", args...); err != nil {
			return fmt.Errorf("keep the names of connectors: %w", err)
		}
	}
	return addWordsOfNames(ctx, tx, rows)
}

// fillAtOnce bounds the lines whose names one transaction fills in.
const fillAtOnce = 5000

// FillNames fills in the names that lines tell which an older program appended. It looks at those since it was last called,
// and goes on where it was interrupted. It fills in none of an audit log that is not what was signed: how many lines there are is then
// anybody's word.
func (l *Log) FillNames(ctx context.Context) error {
	for !l.broken() {
		from, size, err := l.filledIn(ctx, "audit_names_filled")
		if err != nil {
			return fmt.Errorf("fill in the names of connectors: %w", err)
		}
		if from >= size {
			l.mu.Lock()
			l.namesFilled = true
			l.mu.Unlock()
			return nil
		}
		to := min(from+fillAtOnce, size)
		err = l.db.Write(ctx, func(tx *sql.Tx) error {
			rows, err := namesBetween(ctx, tx, from, to)
			if err != nil {
				return err
			}
			if err := addNames(ctx, tx, rows); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE audit_names_filled SET seq = $1 WHERE seq = $2", to, from)
			return err
		})
		if err != nil {
			return fmt.Errorf("fill in the names of connectors: %w", err)
		}
	}
	return nil
}

// filledIn is up to which line the table says that something is filled in, and how many lines there are. It says at least that of none.
func (l *Log) filledIn(ctx context.Context, table string) (upTo, size int64, err error) {
	if size, err = l.Size(ctx); err != nil { // first: lines that are added meanwhile are filled in
		return 0, 0, err
	}
	if err := l.db.QueryRowContext(ctx, "SELECT seq FROM "+table).Scan(&upTo); err != nil {
		return 0, 0, err
	}
	if upTo < 0 {
		if _, err := l.db.ExecContext(ctx, "UPDATE "+table+" SET seq = 0 WHERE seq < 0"); err != nil {
			return 0, 0, err
		}
	}
	return max(0, upTo), size, nil
}

// namesBetween are the parts of names in the lines after one and up to another. Few lines change a name, and the database
// finds them without their being decoded.
func namesBetween(ctx context.Context, q querier, after, to int64) (found []nameRow, err error) {
	const lines = `SELECT line, settled FROM audit_entries WHERE seq > $1 AND seq <= $2 AND connector IS NOT NULL
		AND (line LIKE '%"exchangeAlias"%' OR line LIKE '%"serverName"%' OR line LIKE '%"exchangeOrganization"%') ORDER BY seq`
	rows, err := q.QueryContext(ctx, lines, after, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var settled int
		if err := rows.Scan(&text, &settled); err != nil {
			return nil, err
		}
		entry, err := read(text, settled == 1)
		if err != nil {
			return nil, err
		}
		found = append(found, namesIn(entry)...)
	}
	return found, rows.Err()
}
