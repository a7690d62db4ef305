package audit

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// querier is a transaction or a pool to read with.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// extend adds the n-th leaf (from 0) to the stored hashes of the tree, with the inner nodes that it completes.
func extend(ctx context.Context, tx *sql.Tx, n int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, stored(ctx, tx))
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
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO audit_hashes (place, hash) VALUES "+rows.String(), args...)
	return err
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

func (f fetched) fetch(ctx context.Context, db querier, places []int64) error {
	rows, err := db.QueryContext(ctx, "SELECT place, hash FROM audit_hashes WHERE place IN ("+placeholders(1, len(places))+")", anys(places)...)
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
		if f[place], err = tlog.ParseHash(text); err != nil {
			return fmt.Errorf("hash %d: %w", place, err)
		}
	}
	return rows.Err()
}

// placeholders are n of them from $first on.
func placeholders(first, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(names, ", ")
}
