package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// isCalled holds for a row n of audit_names that tells what its connector was called alone. A server's name is that of a
// connector that had no alias.
const isCalled = `n.part IN ('short', 'server') AND (n.part = 'short' OR EXISTS (SELECT 1 FROM audit_names bare
	WHERE bare.digest = '' AND bare.part = 'short' AND bare.connector = n.connector))`

// Bearers are the ids, as ids are compared, of the connectors that by the audit log are or were called so: by that alias, or by
// an alias with an organization that they had, compared whole as Fold reads it. An id that lines of the audit log are about is
// one too.
func (l *Log) Bearers(ctx context.Context, text string) ([]string, error) {
	const about = `SELECT lower(connector) FROM audit_entries WHERE connector IS NOT NULL AND lower(connector) = lower($1) LIMIT 1`
	ids, err := l.texts(ctx, about, clean(text))
	if err != nil {
		return nil, err
	}
	for _, name := range connector.Sought(text) {
		alone, err := l.texts(ctx, "SELECT n.connector FROM audit_names n WHERE n.digest = $1 AND "+isCalled, nameDigest(name))
		if err != nil {
			return nil, err
		}
		whole, err := l.bearersOfWhole(ctx, strings.Split(name, " "))
		if err != nil {
			return nil, err
		}
		ids = slices.Concat(ids, alone, whole)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

const (
	// mostWords is how many words two values have at most that a form can send; what is longer is looked for as an alias alone.
	mostWords = connector.LongestValue
	// splitsAtOnce bounds the ways to split a name of one statement.
	splitsAtOnce = 100
)

// bearersOfWhole are the connectors whose alias is the beginning of the words and whose organization is the rest. Of either
// nothing may count, so neither needs to have a word.
func (l *Log) bearersOfWhole(ctx context.Context, words []string) (ids []string, err error) {
	if len(words) > mostWords {
		return nil, nil
	}
	var pairs []any
	for at := range len(words) + 1 {
		pairs = append(pairs, nameDigest(strings.Join(words[:at], " ")), nameDigest(strings.Join(words[at:], " ")))
	}
	for chunk := range slices.Chunk(pairs, 2*splitsAtOnce) {
		groups := make([]string, len(chunk)/2)
		for i := range groups {
			groups[i] = "(" + database.Placeholders(2*i+1, 2) + ")"
		}
		// materialized: an alias leads to few connectors, and an organization to all of a tenant
		found, err := l.texts(ctx, "WITH called AS MATERIALIZED (SELECT n.connector, split.column2 AS rest FROM (VALUES "+
			strings.Join(groups, ", ")+") AS split CROSS JOIN audit_names n WHERE n.digest = split.column1 AND "+isCalled+`)
			SELECT called.connector FROM called CROSS JOIN audit_names o
			WHERE o.digest = called.rest AND o.part = 'organization' AND o.connector = called.connector`, chunk...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

// Aliases are some of what the audit log knows connectors to be or have been called, limit at most.
func (l *Log) Aliases(ctx context.Context, limit int) ([]string, error) {
	return l.texts(ctx, "SELECT DISTINCT value FROM audit_names WHERE part = 'short' AND digest <> '' LIMIT $1", limit)
}

func (l *Log) texts(ctx context.Context, query string, args ...any) (texts []string, err error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look for the names of connectors: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("look for the names of connectors: %w", err)
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
