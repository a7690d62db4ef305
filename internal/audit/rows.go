package audit

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// checkAtOnce is how many lines a check reads at once.
const checkAtOnce = 1000

// checked is a line with all of its columns that say what the line says.
type checked struct {
	row
	latest int64
}

// beside are the columns by which pages and filters find a line.
type beside struct {
	at                      int64
	id, action, oid, person string
	connector, outcome      sql.NullString
}

// besides names them, as their scan reads them.
const besides = "recorded_at, id, action, oid, person, connector, outcome"

func (b *beside) into() []any {
	return []any{lenient{&b.at}, &b.id, &b.action, &b.oid, &b.person, &b.connector, &b.outcome}
}

// besideMark is before each column that stands beside a line. No line has it: in a text it is escaped.
const besideMark = "\x1f"

// joinedBesides are the columns that besides names, with a sign before those that may be null.
const joinedBesides = " || '" + besideMark + "' || recorded_at || '" + besideMark + "' || id || '" + besideMark + "' || action || '" +
	besideMark + "' || oid || '" + besideMark + "' || person || '" + besideMark + "' || coalesce('=' || connector, '') || '" +
	besideMark + "' || coalesce('=' || outcome, '')"

// partedBeside are these columns; no is what one says that has the mark in it.
func partedBeside(text string) (*beside, bool) {
	values := strings.Split(text, besideMark)
	if len(values) != strings.Count(joinedBesides, besideMark) {
		return nil, false
	}
	at, err := strconv.ParseInt(values[0], 10, 64)
	found := &beside{at: at, id: values[1], action: values[2], oid: values[3], person: values[4]}
	found.connector.String, found.connector.Valid = strings.CutPrefix(values[5], "=")
	found.outcome.String, found.outcome.Valid = strings.CutPrefix(values[6], "=")
	return found, err == nil
}

// says whether the columns say what the line says.
func (b *beside) says(said Entry) bool {
	return b.at == said.Time.UnixMicro() && alike(said.ID, b.id) && alike(string(said.Action), b.action) &&
		alike(said.Actor.OID, b.oid) && alike(said.Actor.Name, b.person) &&
		alikeOrNull(said.Connector, b.connector) && alikeOrNull(string(said.Outcome), b.outcome)
}

// leaf is the hash of the line's text.
func (c checked) leaf() tlog.Hash { return tlog.RecordHash([]byte(c.line)) }

// holds says whether the columns say what the line says.
func (c checked) holds() bool {
	said, err := c.entry()
	return err == nil && c.seq == said.Seq && c.hash == c.leaf().String() && c.settles() && c.beside.says(said)
}

// settles says whether the column can be true of the line: where its fields' stored values were not known, none of them has one. Of a
// line whose stored values are all null it may say either, since Graph's null is written so, too. The text is looked through rather
// than read: within a value its quotation marks are escaped.
func (r row) settles() bool {
	switch r.settled {
	case 0:
		return !strings.Contains(r.line, `"stored":"`)
	case 1:
		return strings.Contains(r.line, `"stored":`)
	}
	return false
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

// alikeOrNull takes null for what the line does not have.
func alikeOrNull(said string, column sql.NullString) bool {
	return column.Valid == (said != "") && alike(said, column.String)
}

// rowsBetween are the lines after from, up to and with to.
func rowsBetween(ctx context.Context, q querier, from, to int64) ([]checked, error) {
	const query = "SELECT seq, line, hash, settled, latest, " + besides + " FROM audit_entries WHERE seq > $1 AND seq <= $2 ORDER BY seq"
	rows, err := q.QueryContext(ctx, query, from, to)
	if err != nil {
		return nil, fmt.Errorf("read lines to check: %w", err)
	}
	defer rows.Close()
	var found []checked
	for rows.Next() {
		c := checked{row: row{beside: new(beside)}}
		if err := rows.Scan(append([]any{lenient{&c.seq}, &c.line, &c.hash, lenient{&c.settled}, lenient{&c.latest}}, c.beside.into()...)...); err != nil {
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
			case !row.holds(), row.latest != max(latest, row.beside.at) && latest != 0:
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
