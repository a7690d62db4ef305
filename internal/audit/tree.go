package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"switchboard/internal/database"
)

// querier is a transaction or a pool to read with.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// tree reads hashes of the tree, and remembers them.
type tree struct {
	ctx  context.Context
	db   querier
	have fetched
	// lacking says that a hash was asked for that is not there.
	lacking bool
}

// load reads at once what the calculations need, which are run to find out.
func (t *tree) load(calculations ...func(tlog.HashReader) error) error {
	var wanted []int64
	note := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		wanted = append(wanted, places...)
		return make([]tlog.Hash, len(places)), nil
	})
	for _, calculate := range calculations {
		if err := calculate(note); err != nil {
			return err
		}
	}
	found, err := fetch(t.ctx, t.db, wanted)
	if err == nil {
		t.have = found
	}
	return err
}

// ReadHashes makes it a tlog.HashReader.
func (t *tree) ReadHashes(places []int64) ([]tlog.Hash, error) {
	lacks := slices.DeleteFunc(slices.Clone(places), func(place int64) bool { _, known := t.have[place]; return known })
	if len(lacks) > 0 {
		found, err := fetch(t.ctx, t.db, lacks)
		if err != nil {
			return nil, err
		}
		maps.Copy(t.have, found)
	}
	hashes, err := t.have.ReadHashes(places)
	t.lacking = err != nil
	return hashes, err
}

// extend adds the n-th leaf (from 0) to the stored hashes of the tree, with the inner nodes that it completes.
func (t *tree) extend(tx *sql.Tx, n int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, t)
	if err != nil {
		return err
	}
	place := tlog.StoredHashIndex(0, n)
	var rows strings.Builder
	args := make([]any, 0, 2*len(hashes))
	for i, hash := range hashes {
		if i > 0 {
			rows.WriteString(", ")
		}
		fmt.Fprintf(&rows, "($%d, $%d)", 2*i+1, 2*i+2)
		args = append(args, place+int64(i), hash.String())
		t.have[place+int64(i)] = hash
	}
	_, err = tx.ExecContext(t.ctx, "INSERT INTO audit_hashes (place, hash) VALUES "+rows.String(), args...)
	return err
}

// extendBroken adds the leaf to a tree that is not what was signed, as far as that is possible: nothing is signed over it.
func extendBroken(ctx context.Context, tx *sql.Tx, n int64, leaf tlog.Hash) error {
	place := tlog.StoredHashIndex(0, n)
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, stored(ctx, tx))
	if err != nil {
		hashes = []tlog.Hash{leaf}
	}
	for i, hash := range hashes {
		const add = `INSERT INTO audit_hashes (place, hash) SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT)
			WHERE NOT EXISTS (SELECT 1 FROM audit_hashes WHERE place = CAST($1 AS BIGINT))`
		if _, err := tx.ExecContext(ctx, add, place+int64(i), hash.String()); err != nil {
			return err
		}
	}
	return nil
}

// stored reads hashes of the tree from the database.
func stored(ctx context.Context, db querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		found, err := fetch(ctx, db, places)
		if err != nil {
			return nil, err
		}
		return found.ReadHashes(places)
	})
}

// fetched are hashes of the tree by their place.
type fetched map[int64]tlog.Hash

// ReadHashes makes it a tlog.HashReader.
func (f fetched) ReadHashes(places []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(places))
	for i, place := range places {
		hash, ok := f[place]
		if !ok {
			return nil, fmt.Errorf("the record's tree lacks its hash %d", place)
		}
		hashes[i] = hash
	}
	return hashes, nil
}

// fetchAtOnce bounds the placeholders of a statement, each of which SQLite looks for among all of them.
const fetchAtOnce = 250

func fetch(ctx context.Context, db querier, places []int64) (fetched, error) {
	found := make(fetched, len(places))
	distinct := slices.Clone(places)
	slices.Sort(distinct)
	for chunk := range slices.Chunk(slices.Compact(distinct), fetchAtOnce) {
		if err := found.fetch(ctx, db, chunk); err != nil {
			return nil, fmt.Errorf("read the record's tree: %w", err)
		}
	}
	return found, nil
}

// fetch has the database join what it finds into one text: for a driver each value of each row costs as much as a long text does. A
// hash is written without a blank; where somebody has put one in, the rows are read one by one.
func (f fetched) fetch(ctx context.Context, db querier, places []int64) error {
	of := " FROM audit_hashes WHERE place IN (" + database.Placeholders(1, len(places)) + ")"
	rows, err := db.QueryContext(ctx, "SELECT count(*), coalesce(string_agg(place || ' ' || hash, ' '), '')"+of, anys(places)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var count int
	var text string
	for rows.Next() {
		if err := rows.Scan(&count, &text); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if count == 0 {
		return nil
	}
	if parts := strings.Split(text, " "); len(parts) == 2*count {
		for pair := range slices.Chunk(parts, 2) {
			if place, err := strconv.ParseInt(pair[0], 10, 64); err == nil {
				f.take(place, pair[1])
			}
		}
		return nil
	}
	return f.scan(db.QueryContext(ctx, "SELECT place, hash"+of, anys(places)...))
}

// take takes a hash; a text that is none is no hash.
func (f fetched) take(place int64, text string) {
	if hash, err := tlog.ParseHash(text); err == nil {
		f[place] = hash
	}
}

// between reads the hashes from one place up to another, without that one.
func (f fetched) between(ctx context.Context, db querier, first, end int64) error {
	err := f.scan(db.QueryContext(ctx, "SELECT place, hash FROM audit_hashes WHERE place >= $1 AND place < $2", first, end))
	if err != nil {
		return fmt.Errorf("read the record's tree: %w", err)
	}
	return nil
}

func (f fetched) scan(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var place int64
		var text string
		if err := rows.Scan(&place, &text); err != nil {
			return err
		}
		f.take(place, text)
	}
	return rows.Err()
}

// numbersOf is what a query of one column of numbers finds.
func numbersOf(ctx context.Context, db querier, query string, args ...any) ([]int64, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read numbers of the record: %w", err)
	}
	defer rows.Close()
	var numbers []int64
	for rows.Next() {
		var number int64
		if err := rows.Scan(lenient{&number}); err != nil {
			return nil, fmt.Errorf("read numbers of the record: %w", err)
		}
		numbers = append(numbers, number)
	}
	return numbers, rows.Err()
}
