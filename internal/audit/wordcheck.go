package audit

import (
	"fmt"
	"slices"
)

// words checks that the lines after from, up to and with to, are found by just the words that they have, as far as these are
// filled in. It tells nothing where a line or the tree is known to differ: words follow from lines.
func (x *examination) words(from, to int64) (finding, error) {
	filled, err := numbersOf(x.ctx, x.q, "SELECT seq FROM audit_words_filled")
	if err != nil || len(filled) == 0 {
		return finding{}, err
	}
	for to = min(to, filled[0]); from < to; from += checkAtOnce {
		end := min(from+checkAtOnce, to)
		lines, err := rowsBetween(x.ctx, x.q, from, end)
		if err != nil {
			return finding{}, err
		}
		kept, err := x.keptWords(from, end)
		if err != nil {
			return finding{}, err
		}
		for _, line := range lines {
			want, err := wordsOfText([]byte(line.line))
			if err != nil || !slices.Equal(want, kept[line.seq]) {
				return finding{first: line.seq, why: fmt.Sprintf("A search does not find line %d by the words that it has.", line.seq)}, nil
			}
		}
	}
	return finding{}, nil
}

// keptWords are the words by which the lines after from, up to and with to, are found, in order.
func (x *examination) keptWords(from, to int64) (map[int64][]string, error) {
	rows, err := x.q.QueryContext(x.ctx, "SELECT seq, word FROM audit_words WHERE seq > $1 AND seq <= $2 ORDER BY seq, word", from, to)
	if err != nil {
		return nil, fmt.Errorf("read the words of the record: %w", err)
	}
	defer rows.Close()
	kept := map[int64][]string{}
	for rows.Next() {
		var seq int64
		var word []byte
		if err := rows.Scan(&seq, &word); err != nil {
			return nil, fmt.Errorf("read the words of the record: %w", err)
		}
		kept[seq] = append(kept[seq], string(word))
	}
	return kept, rows.Err()
}
