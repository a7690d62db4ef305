package audit

import (
	"fmt"
	"slices"
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/database"
)

// names checks that the connectors of the lines after from, up to and with to, are found by the names that these tell, as far
// as they are filled in: the database's word for that counts until this process has seen to it. There may be more names: what was read adds some.
func (x *examination) names(from, to int64) (finding, error) {
	filled, err := numbersOf(x.ctx, x.q, "SELECT seq FROM audit_names_filled")
	if err != nil || len(filled) == 0 {
		return finding{}, err
	}
	x.mu.Lock()
	if x.namesFilled {
		filled[0] = to
	}
	x.mu.Unlock()
	told, err := namesBetween(x.ctx, x.q, from, min(to, filled[0]))
	if err != nil {
		return finding{}, err
	}
	for chunk := range slices.Chunk(told, namesAtOnce) {
		line, err := x.notFound(chunk)
		if err != nil || line > 0 {
			return finding{first: line, why: fmt.Sprintf("A filter by name does not find line %d by the name that it tells.", line)}, err
		}
	}
	return finding{}, nil
}

// notFound is the first line that is not found by one of the names; 0 for none.
func (x *examination) notFound(told []nameRow) (int64, error) {
	kept, err := x.keptNames(told)
	if err != nil {
		return 0, err
	}
	lacks, err := x.lacksWord(told)
	if err != nil {
		return 0, err
	}
	for _, row := range told {
		value, there := kept[row.key()]
		if !there || !row.readsAs(value) || slices.ContainsFunc(wordsOf(row.value), func(word string) bool { return lacks(row.connector, word) }) {
			return row.seq, nil
		}
	}
	return 0, nil
}

// key is the row without what may differ where two lines tell one name.
func (r nameRow) key() nameRow {
	return nameRow{digest: r.digest, part: r.part, connector: r.connector}
}

// readsAs says whether the value that is kept is the name, as names are compared. What the database could not hold was replaced.
func (r nameRow) readsAs(kept string) bool {
	return kept == r.value || nameDigest(connector.Called(kept)) == r.digest || strings.ContainsRune(kept, '\uFFFD')
}

// keptNames are the values of the names that are kept.
func (x *examination) keptNames(told []nameRow) (map[nameRow]string, error) {
	keys := make([][]any, len(told))
	for i, row := range told {
		keys[i] = []any{row.digest, string(row.part), row.connector}
	}
	groups, args := database.Rows(keys)
	rows, err := x.q.QueryContext(x.ctx, "SELECT digest, part, connector, value FROM audit_names WHERE (digest, part, connector) IN (VALUES "+groups+")", args...)
	if err != nil {
		return nil, fmt.Errorf("read the names of connectors: %w", err)
	}
	defer rows.Close()
	kept := map[nameRow]string{}
	for rows.Next() {
		var row nameRow
		if err := rows.Scan(&row.digest, &row.part, &row.connector, &row.value); err != nil {
			return nil, fmt.Errorf("read the names of connectors: %w", err)
		}
		kept[row.key()] = row.value
	}
	return kept, rows.Err()
}

// lacksWord says which words of the names their connectors are not found by; of none where the words of names are not filled in.
func (x *examination) lacksWord(told []nameRow) (func(connector, word string) bool, error) {
	filled, err := numbersOf(x.ctx, x.q, "SELECT names FROM audit_words_filled")
	if err != nil || !slices.Contains(filled, 1) {
		return func(string, string) bool { return false }, err
	}
	var connectors, words []any
	for _, row := range told {
		connectors = append(connectors, row.connector)
		for _, word := range wordsOf(row.value) {
			words = append(words, []byte(word))
		}
	}
	kept := map[[2]string]bool{}
	for chunk := range slices.Chunk(words, wordsAtOnce) {
		if err := x.keptNameWords(kept, connectors, chunk); err != nil {
			return nil, err
		}
	}
	return func(connector, word string) bool { return !kept[[2]string{connector, word}] }, nil
}

// keptNameWords adds by which of the words each of the connectors is found.
func (x *examination) keptNameWords(kept map[[2]string]bool, connectors, words []any) error {
	query := fmt.Sprintf("SELECT connector, word FROM audit_name_words WHERE word IN (%s) AND connector IN (%s)",
		database.Placeholders(1, len(words)), database.Placeholders(len(words)+1, len(connectors)))
	rows, err := x.q.QueryContext(x.ctx, query, slices.Concat(words, connectors)...)
	if err != nil {
		return fmt.Errorf("read the words of names: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var connector string
		var word []byte
		if err := rows.Scan(&connector, &word); err != nil {
			return fmt.Errorf("read the words of names: %w", err)
		}
		kept[[2]string{connector, string(word)}] = true
	}
	return rows.Err()
}
