package audit

import (
	"context"
	"fmt"
	"slices"

	"switchboard/internal/access"
	"switchboard/internal/database"
)

// Page is a part of the audit log, the newest line first.
type Page struct {
	Entries []Entry
	// Before is what to pass on for the next, older page; 0 where nothing older matches.
	Before int64
}

// Query are the newest lines that match and are older than the line before; 0 starts at the newest. It costs the same
// however long the audit log is, but for filters of several columns that hardly ever go together.
func (l *Log) Query(ctx context.Context, f Filter, before int64, limit int) (Page, error) {
	where, err := l.condition(ctx, f)
	if err != nil || where.none {
		return Page{}, err
	}
	if before > 0 {
		where.add("seq < $%d", before)
	}
	found, err := l.nearest(ctx, where, limit+1)
	if err != nil || len(found) == 0 {
		return Page{}, err
	}
	entries, err := l.list(ctx, "WHERE seq IN ("+database.Placeholders(1, len(found))+") ORDER BY seq DESC", found...)
	if err != nil || len(entries) <= limit {
		return Page{Entries: entries}, err
	}
	return Page{Entries: entries[:limit], Before: entries[limit-1].Seq}, nil
}

// Newer are the lines that match and come next after the line after, the newest first; more says that others follow.
func (l *Log) Newer(ctx context.Context, f Filter, after int64, limit int) (page Page, more bool, err error) {
	where, err := l.condition(ctx, f)
	if err != nil || where.none {
		return Page{}, false, err
	}
	where.add("seq > $%d", after)
	where.upwards = true
	found, err := l.nearest(ctx, where, limit+1)
	if err != nil || len(found) == 0 {
		return Page{}, false, err
	}
	more = len(found) > limit
	found = found[:min(limit, len(found))]
	entries, err := l.list(ctx, "WHERE seq IN ("+database.Placeholders(1, len(found))+") ORDER BY seq DESC", found...)
	if err != nil || len(entries) == 0 {
		return Page{}, false, err
	}
	return Page{Entries: entries, Before: entries[len(entries)-1].Seq}, more, nil
}

// nearest are the numbers of the lines that match and are nearest to where the search begins, limit at most.
func (l *Log) nearest(ctx context.Context, where condition, limit int) ([]any, error) {
	if where.apart == nil {
		seqs, err := l.seqs(ctx, where, limit)
		return anys(seqs), err
	}
	var all []int64
	for _, value := range where.apart {
		one := where.clone()
		one.add(where.apartTerm, value)
		seqs, err := l.seqs(ctx, one, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, seqs...)
	}
	slices.Sort(all)
	if !where.upwards {
		slices.Reverse(all)
	}
	return anys(all[:min(limit, len(all))]), nil
}

func (l *Log) seqs(ctx context.Context, where condition, limit int) ([]int64, error) {
	where.args = append(where.args, limit)
	order := "DESC"
	if where.upwards {
		order = "ASC"
	}
	query := fmt.Sprintf("SELECT seq FROM audit_entries%s ORDER BY seq %s LIMIT $%d", where.where(), order, len(where.args))
	return numbersOf(ctx, l.db, query, where.args...)
}

// anys are the numbers as arguments of a statement.
func anys(numbers []int64) []any {
	args := make([]any, len(numbers))
	for i, number := range numbers {
		args[i] = number
	}
	return args
}

// People are all whom the audit log knows, by their oid and the name of their latest line, ordered by their oid.
func (l *Log) People(ctx context.Context) ([]access.Actor, error) {
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
	var people []access.Actor
	for rows.Next() {
		var person access.Actor
		if err := rows.Scan(&person.OID, &person.Name); err != nil {
			return nil, fmt.Errorf("list the people of the record: %w", err)
		}
		people = append(people, person)
	}
	return people, rows.Err()
}
