package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// checkAtOnce is how many lines a check reads at once.
const checkAtOnce = 1000

// checked is a line with the columns by which pages and filters find it.
type checked struct {
	seq, at, latest, settled int64
	id, action, oid, person  string
	connector, outcome       sql.NullString
	line, hash               string
}

// leaf is the hash of the line's text.
func (c checked) leaf() tlog.Hash { return tlog.RecordHash([]byte(c.line)) }

// holds says whether the columns say what the line says.
func (c checked) holds() bool {
	var said line
	if json.Unmarshal([]byte(c.line), &said) != nil {
		return false
	}
	at, err := time.Parse(timeLayout, said.Time)
	stored := int64(0)
	for _, field := range said.Fields {
		if field.Stored != nil {
			stored = 1
		}
	}
	return err == nil && c.seq == said.Seq && c.at == at.UnixMicro() && c.hash == c.leaf().String() &&
		alike(said.ID, c.id) && alike(string(said.Action), c.action) && alike(said.Actor.OID, c.oid) && alike(said.Actor.Name, c.person) &&
		alikeOrNull(said.Connector, c.connector) && alikeOrNull((*string)(said.Outcome), c.outcome) &&
		c.settled >= stored && c.settled <= int64(min(1, len(said.Fields)))
}

// alike compares a text of a line with its column. Where the text was no UTF-8 the two mark that differently.
func alike(said, column string) bool {
	return said == column || oneMark(clean(said)) == oneMark(column)
}

func oneMark(text string) string {
	for strings.Contains(text, "\uFFFD\uFFFD") {
		text = strings.ReplaceAll(text, "\uFFFD\uFFFD", "\uFFFD")
	}
	return text
}

func alikeOrNull(said *string, column sql.NullString) bool {
	if said == nil {
		return !column.Valid
	}
	return column.Valid && alike(*said, column.String)
}

// rowsBetween are the lines after from, up to and with to.
func rowsBetween(ctx context.Context, q querier, from, to int64) ([]checked, error) {
	const query = `SELECT seq, recorded_at, latest, settled, id, action, oid, person, connector, outcome, line, hash
		FROM audit_entries WHERE seq > $1 AND seq <= $2 ORDER BY seq`
	rows, err := q.QueryContext(ctx, query, from, to)
	if err != nil {
		return nil, fmt.Errorf("read lines to check: %w", err)
	}
	defer rows.Close()
	var found []checked
	for rows.Next() {
		var c checked
		if err := rows.Scan(&c.seq, &c.at, &c.latest, &c.settled, &c.id, &c.action, &c.oid, &c.person, &c.connector, &c.outcome, &c.line, &c.hash); err != nil {
			return nil, fmt.Errorf("read lines to check: %w", err)
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

// slice checks the lines after from, up to and with to: that each is there once, that it says what its columns, its leaf and
// the inner nodes above it say. Hashes outside of the slice are taken as they are; those of all slices together are the tree.
func (l *Log) slice(ctx context.Context, q querier, from, to int64) (finding, error) {
	latest, err := latestOf(ctx, q, from)
	if err != nil {
		return finding{}, err
	}
	for ; from < to; from += checkAtOnce {
		end := min(from+checkAtOnce, to)
		rows, err := rowsBetween(ctx, q, from, end)
		if err != nil {
			return finding{}, err
		}
		for i, row := range rows {
			switch want := from + 1 + int64(i); {
			case row.seq > want:
				return finding{first: want, why: missing(want)}, nil
			case row.seq < want:
				return finding{first: row.seq, why: fmt.Sprintf("Line %d is there twice.", row.seq)}, nil
			case !row.holds(), row.latest != max(latest, row.at) && latest != 0:
				return finding{first: want, why: altered(want)}, nil
			}
			latest = row.latest
		}
		if got := from + int64(len(rows)); got < end {
			return finding{first: got + 1, why: missing(got + 1)}, nil
		}
		if f, err := leaves(ctx, q, rows); err != nil || !f.none() {
			return f, err
		}
	}
	return finding{}, nil
}

func missing(seq int64) string { return fmt.Sprintf("Line %d is missing.", seq) }

func altered(seq int64) string {
	return fmt.Sprintf("Line %d is not what was recorded.", seq)
}

// latestOf is the latest time up to a line; 0 where the line is not there.
func latestOf(ctx context.Context, q querier, seq int64) (int64, error) {
	numbers, err := numbersOf(ctx, q, "SELECT latest FROM audit_entries WHERE seq = $1", seq)
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	return numbers[0], nil
}

// leaves compares lines, which follow each other, with the hashes of the tree that they make.
func leaves(ctx context.Context, q querier, rows []checked) (finding, error) {
	if len(rows) == 0 {
		return finding{}, nil
	}
	first, last := tlog.StoredHashIndex(0, rows[0].seq-1), tlog.StoredHashIndex(0, rows[len(rows)-1].seq)
	known := &tree{ctx: ctx, db: q, have: fetched{}}
	if err := known.have.between(ctx, q, first, last); err != nil {
		return finding{}, err
	}
	for _, row := range rows {
		place := tlog.StoredHashIndex(0, row.seq-1)
		hashes, err := tlog.StoredHashesForRecordHash(row.seq-1, row.leaf(), known)
		if err != nil && !known.lacking {
			return finding{}, err
		}
		if err != nil {
			return finding{first: row.seq, why: fmt.Sprintf("The tree lacks a hash of line %d.", row.seq)}, nil
		}
		for i, hash := range hashes {
			if known.have[place+int64(i)] != hash {
				return finding{first: row.seq, why: altered(row.seq)}, nil
			}
		}
	}
	return finding{}, nil
}
