package audit

import (
	"context"
	"fmt"
)

// Page is a part of the record, the newest line first.
type Page struct {
	Entries []Entry
	// Before is what to pass on for the next, older page; 0 where nothing older matches.
	Before int64
}

// Query are the newest lines that match and are older than the line before; 0 starts at the newest. It costs the same
// however long the record is.
func (l *Log) Query(ctx context.Context, f Filter, before int64, limit int) (Page, error) {
	where, err := l.condition(ctx, f)
	if err != nil || where.none {
		return Page{}, err
	}
	if before > 0 {
		where.add("seq < $%d", before)
	}
	where.args = append(where.args, limit+1)
	entries, err := l.list(ctx, fmt.Sprintf("%s ORDER BY seq DESC LIMIT $%d", where.where(), len(where.args)), where.args...)
	if err != nil || len(entries) <= limit {
		return Page{Entries: entries}, err
	}
	return Page{Entries: entries[:limit], Before: entries[limit-1].Seq}, nil
}

// Person is somebody whom the record knows.
type Person struct {
	OID string
	// Name is the name of their latest line.
	Name string
}

// People are all whom the record knows, ordered by their oid.
func (l *Log) People(ctx context.Context) ([]Person, error) {
	// Hops from one oid to the next along the index, however many lines each has.
	const everybody = `WITH RECURSIVE each_person(oid) AS (
		SELECT min(oid) FROM audit_entries
		UNION ALL
		SELECT (SELECT min(e.oid) FROM audit_entries e WHERE e.oid > p.oid) FROM each_person p WHERE p.oid IS NOT NULL)
		SELECT p.oid, (SELECT e.person FROM audit_entries e WHERE e.oid = p.oid ORDER BY e.seq DESC LIMIT 1)
		FROM each_person p WHERE p.oid IS NOT NULL`
	rows, err := l.db.QueryContext(ctx, everybody)
	if err != nil {
		return nil, fmt.Errorf("list the people of the record: %w", err)
	}
	defer rows.Close()
	var people []Person
	for rows.Next() {
		var person Person
		if err := rows.Scan(&person.OID, &person.Name); err != nil {
			return nil, fmt.Errorf("list the people of the record: %w", err)
		}
		people = append(people, person)
	}
	return people, rows.Err()
}
