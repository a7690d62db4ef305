package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrUnindexed says that the words of some lines are not known yet, so that a text cannot be looked for.
var ErrUnindexed = errors.New("the words of some lines are not known yet")

// foundLines are the lines that one beginning finds: by a word of theirs that it begins, or of a name that their connector has or had.
// SQLite looks an expression up in its index only where what it is compared with has no type of its own, which a column has.
const foundLines = `SELECT w.seq FROM audit_words w WHERE w.word >= $%d AND w.word < $%d UNION ALL
	SELECT e.seq FROM audit_entries e WHERE e.connector IS NOT NULL AND lower(e.connector) IN (
		SELECT lower(n.connector) FROM audit_name_words n WHERE n.word >= $%d AND n.word < $%d)`

// isFound says the same of one line.
const isFound = `(EXISTS (SELECT 1 FROM audit_words w WHERE w.seq = audit_entries.seq AND w.word >= $%d AND w.word < $%d)
	OR lower(connector) IN (SELECT n.connector FROM audit_name_words n WHERE n.word >= $%d AND n.word < $%d))`

// rarely is of how many lines a word may be for its index to lead to them. Of one that is in more lines than that, a plain scan
// soon finds a page.
const rarely = 10_000

// byText asks for lines in which each word of the text begins a word.
func (l *Log) byText(ctx context.Context, c *condition, text string) error {
	if text == "" {
		return nil
	}
	if err := l.Searchable(ctx); err != nil {
		return err
	}
	words := soughtWords(text)
	c.none = c.none || len(words) == 0
	for _, word := range words {
		found, args := word.lines()
		few, err := l.rare(ctx, found, args)
		if err != nil {
			return err
		}
		if few && !c.driven {
			c.add("seq IN ("+found+")", args...)
			c.driven = true
			continue
		}
		c.add("("+joined(isFound, " OR ", len(word.beginnings()))+")", args...)
	}
	return nil
}

// lines asks for the lines that the word finds.
func (s sought) lines() (query string, args []any) {
	beginnings := s.beginnings()
	for _, beginning := range beginnings { // no byte of a text is 0xFF
		first, end := []byte(beginning), append([]byte(beginning), 0xFF)
		args = append(args, first, end, first, end)
	}
	return joined(foundLines, " UNION ALL ", len(beginnings)), args
}

// joined is the same term so many times.
func joined(term, between string, times int) string {
	return strings.TrimSuffix(strings.Repeat(term+between, times), between)
}

// rare says whether few lines are found.
func (l *Log) rare(ctx context.Context, found string, args []any) (bool, error) {
	var count int64
	var all condition
	all.add(found+" LIMIT $%d", append(slices.Clone(args), rarely+1)...)
	if err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+all.terms[0]+") AS listed", all.args...).Scan(&count); err != nil {
		return false, fmt.Errorf("look for a word in the record: %w", err)
	}
	return count <= rarely, nil
}

// byKind asks for what people did to come in and to look, or for everything else.
func (c *condition) byKind(kind Kind) {
	actions := peopleActions
	if kind == Changes {
		actions = changesActions()
	}
	names := make([]string, len(actions))
	for i, action := range actions {
		names[i] = string(action)
	}
	switch {
	case kind == "":
	case c.apart == nil && !c.driven:
		c.apart, c.apartTerm, c.driven = names, "action = $%d", true
	default:
		c.among("action", names)
	}
}
