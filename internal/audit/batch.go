package audit

import (
	"context"
	"fmt"
	"strings"
)

// exportBatch is how many lines are read at once at most, exportBytes about how many bytes; between batches an export holds
// nothing in the database.
const (
	exportBatch = 1000
	firstBatch  = 100
	exportBytes = 256 << 10
)

// row is what an export needs of a line, with what stands beside it where that is what found it, else nil.
type row struct {
	seq     int64
	line    string
	hash    string
	settled int64 // 1 where the stored values of its fields were known, else 0
	beside  *beside
}

// exported is the line with its hash, and a line break.
func (r row) exported() []byte {
	return r.appendTo(make([]byte, 0, len(r.line)+len(r.hash)+len(hashMark)+len(hashEnd)+1))
}

// appendTo adds what exported is.
func (r row) appendTo(text []byte) []byte {
	text = append(text, r.line[:max(0, len(r.line)-1)]...)
	text = append(text, hashMark...)
	text = append(text, r.hash...)
	text = append(text, hashEnd...)
	return append(text, '\n')
}

// A line ends with its hash between these.
const (
	hashMark = `,"hash":"`
	hashEnd  = `"}`
)

// each visits the matching lines among the first size, the oldest first, in constant memory, however long they are.
func (l *Log) each(ctx context.Context, f Filter, size int64, visit func(row) error) error {
	return l.batches(ctx, f, size, func(rows []row) error {
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// batches visits them some at once.
func (l *Log) batches(ctx context.Context, f Filter, size int64, visit func([]row) error) error {
	where, err := l.condition(ctx, f)
	if err != nil || where.none {
		return err
	}
	for after, limit := int64(0), firstBatch; ; {
		found, err := l.batch(ctx, where, after, size, limit)
		if err != nil {
			return fmt.Errorf("read the record: %w", err)
		}
		if err := l.shown(ctx, l.db, found.rows); err != nil {
			return err
		}
		l.foundBy(found.rows)
		if err := visit(found.rows); err != nil {
			return err
		}
		if found.last {
			return nil
		}
		after = found.rows[len(found.rows)-1].seq
		limit = min(max(exportBytes*len(found.rows)/max(found.bytes(), 1), 1), exportBatch)
	}
}

// ofRow are the columns of every row, ofFound those of one that is held against what found it.
const (
	ofRow   = "seq, line, hash, settled"
	ofFound = ofRow + ", " + besides
)

// batch are lines that follow each other among those that match.
type batch struct {
	rows []row
	// last says that no line follows.
	last bool
}

// bytes is how long the lines are together.
func (b batch) bytes() int {
	length := 0
	for _, row := range b.rows {
		length += len(row.line)
	}
	return length
}

// batch reads the next lines, at most limit of them, and fewer where they are long.
func (l *Log) batch(ctx context.Context, where condition, after, size int64, limit int) (batch, error) {
	if l.db.Local() && len(where.terms) == 0 && where.apart == nil && after < size {
		if found, err := l.inPlace(ctx, after, size, limit); err != nil || len(found.rows) > 0 {
			return found, err
		}
	}
	columns := ofRow
	if len(where.terms) > 0 || where.apart != nil {
		columns = ofFound
	}
	where = where.clone()
	where.add("seq > $%d", after)
	where.add("seq <= $%d", size)
	if where.apart != nil {
		where.upwards = true
		seqs, err := l.nearest(ctx, where, limit)
		if err != nil || len(seqs) == 0 {
			return batch{last: true}, err
		}
		where = condition{}
		where.add("seq IN ("+strings.TrimSuffix(strings.Repeat("$%d, ", len(seqs)), ", ")+")", seqs...)
	}
	where.args = append(where.args, limit)
	query := fmt.Sprintf("SELECT %s FROM audit_entries%s ORDER BY seq LIMIT $%d", columns, where.where(), len(where.args))
	if found, err := l.joined(ctx, columns, query, where.args, limit); err != nil || found.last || len(found.rows) > 0 {
		return found, err
	}
	return l.oneByOne(ctx, columns, query, where.args, limit)
}

// inPlace reads the next of all lines in the order in which SQLite stores them, which is that of their numbers, without the index
// of these that is a table of its own to it. Whoever writes there past the program may have stored them otherwise: then none are
// found.
func (l *Log) inPlace(ctx context.Context, after, size int64, limit int) (batch, error) {
	const query = "SELECT " + ofRow + ` FROM audit_entries
		WHERE rowid > coalesce((SELECT rowid FROM audit_entries WHERE seq = $1), 0) ORDER BY rowid LIMIT $2`
	found, err := l.joined(ctx, ofRow, query, []any{after, min(int64(limit), size-after)}, limit)
	if err != nil {
		return batch{}, err
	}
	for i, row := range found.rows {
		if row.seq != after+int64(i)+1 {
			return batch{}, nil
		}
	}
	found.last = len(found.rows) > 0 && found.rows[len(found.rows)-1].seq == size
	return found, nil
}

// shortLine is up to how many bytes a line is read joined to others.
const shortLine = 4 << 10

// joined has the database join the lines that the query finds into one text: for a driver each value of each row costs as much as
// a long text does. A line is written without a line break, but who knows what the database's writers put there: where the text
// cannot be parted, or begins with a row that is long or does not look as it was written, there are no rows.
func (l *Log) joined(ctx context.Context, columns, query string, args []any, limit int) (batch, error) {
	const join = `SELECT count(*), coalesce(string_agg(CASE WHEN octet_length(line) <= %d
		AND substr(line, 1, 1) = '{' AND octet_length(hash) = %d AND settled IN (0, 1) THEN seq || line || hash || settled%s ELSE '' END, '
'), '') FROM (%s) AS found`
	further := ""
	if columns == ofFound {
		further = joinedBesides
	}
	var count int
	var text string
	// With a filter it may go through all lines.
	if err := l.db.QueryRowWatched(ctx, fmt.Sprintf(join, shortLine, hashLength, further, query), args...).Scan(&count, &text); err != nil {
		return batch{}, err
	}
	if count == 0 {
		return batch{last: true}, nil
	}
	if strings.Count(text, "\n") != count-1 {
		return batch{}, nil
	}
	rows := make([]row, 0, count)
	for one := range strings.SplitSeq(text, "\n") {
		if one == "" { // one that is read by itself next
			return batch{rows: rows}, nil
		}
		one, further, _ := strings.Cut(one, besideMark)
		row, ok := parted(one)
		if ok && columns == ofFound {
			row.beside, ok = partedBeside(further)
		}
		if !ok || len(rows) > 0 && row.seq <= rows[len(rows)-1].seq {
			return batch{}, nil
		}
		rows = append(rows, row)
	}
	return batch{rows, count < limit}, nil
}

// hashLength is how long a hash is in base64.
const hashLength = 44

// parted is a row whose values stand after each other.
func parted(text string) (row, bool) {
	begins := strings.IndexByte(text, '{')
	if begins < 0 || len(text) < begins+hashLength+2 {
		return row{}, false
	}
	var seq int64
	for _, digit := range []byte(text[:begins]) {
		if digit < '0' || digit > '9' || seq > 1<<53 {
			return row{}, false
		}
		seq = 10*seq + int64(digit-'0')
	}
	settled := len(text) - 1
	ends := settled - hashLength
	if text[ends-1] != '}' || text[settled] != '0' && text[settled] != '1' {
		return row{}, false
	}
	return row{seq, text[begins:ends], text[ends:settled], int64(text[settled] - '0'), nil}, true
}

// oneByOne reads the lines that the query finds, and stops where they are long.
func (l *Log) oneByOne(ctx context.Context, columns, query string, args []any, limit int) (batch, error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return batch{}, err
	}
	defer rows.Close()
	var found batch
	bytes := 0
	for bytes < exportBytes && rows.Next() {
		var row row
		into := []any{lenient{&row.seq}, &row.line, &row.hash, lenient{&row.settled}}
		if columns == ofFound {
			row.beside = new(beside)
			into = append(into, row.beside.into()...)
		}
		if err := rows.Scan(into...); err != nil {
			return batch{}, err
		}
		found.rows = append(found.rows, row)
		bytes += len(row.line)
	}
	found.last = len(found.rows) < limit && bytes < exportBytes
	return found, rows.Err()
}
