package audit

import (
	"context"
	"database/sql"
	"fmt"
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

// stored reads hashes of the tree.
func stored(ctx context.Context, db querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		if len(places) == 0 {
			return nil, nil
		}
		found, err := fetch(ctx, db, places)
		if err != nil {
			return nil, err
		}
		hashes := make([]tlog.Hash, len(places))
		for i, place := range places {
			hash, ok := found[place]
			if !ok {
				return nil, fmt.Errorf("the record's tree lacks its hash %d", place)
			}
			hashes[i] = hash
		}
		return hashes, nil
	})
}

func fetch(ctx context.Context, db querier, places []int64) (map[int64]tlog.Hash, error) {
	args := make([]any, len(places))
	for i, place := range places {
		args[i] = place
	}
	rows, err := db.QueryContext(ctx, "SELECT place, hash FROM audit_hashes WHERE place IN ("+placeholders(1, len(places))+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[int64]tlog.Hash, len(places))
	for rows.Next() {
		var place int64
		var text string
		if err := rows.Scan(&place, &text); err != nil {
			return nil, err
		}
		if found[place], err = tlog.ParseHash(text); err != nil {
			return nil, fmt.Errorf("hash %d of the record's tree: %w", place, err)
		}
	}
	return found, rows.Err()
}

// placeholders are n of them from $first on.
func placeholders(first, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(names, ", ")
}
