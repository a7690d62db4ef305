package audit

import (
	"context"
	"fmt"
)

// mostRenamed bounds the names that Renamed returns.
const mostRenamed = 100_000

// Renamed are the names of the connectors that by the audit log are or were called in more than one way, by the keys of their
// ids: what each was called alone, without its organization, today's name among them.
func (l *Log) Renamed(ctx context.Context) (map[string][]string, error) {
	const names = `SELECT n.connector, n.value FROM audit_names n WHERE n.digest <> '' AND n.connector IN (
			SELECT connector FROM audit_names WHERE digest <> '' AND part IN ('short', 'server') GROUP BY connector HAVING count(*) > 1
		) AND ` + isCalled + ` ORDER BY n.connector, n.digest LIMIT $1`
	rows, err := l.db.QueryContext(ctx, names, mostRenamed)
	if err != nil {
		return nil, fmt.Errorf("look for connectors with several names: %w", err)
	}
	defer rows.Close()
	renamed := map[string][]string{}
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("look for connectors with several names: %w", err)
		}
		renamed[id] = append(renamed[id], name)
	}
	return renamed, rows.Err()
}
