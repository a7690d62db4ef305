package audit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Of a line that is about to leave this is checked then:
//   - its text and its hash against the tree, and the column settled, which decides what is said of its stored values, against its text;
//   - all columns by which pages and filters find it against its text, on every page, and in an export that a filter narrows. An export
//     of all lines goes by its numbers alone.
//
// A line that is not found, since a column of it says something else, and the words by which a search finds it, are seen by the
// checks of slice and of words.

// shown holds the texts of lines that are about to leave against the tree.
func (l *Log) shown(ctx context.Context, q querier, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	for _, row := range rows {
		if !row.settles() {
			l.found(finding{first: max(1, row.seq), why: altered(row.seq)})
		}
	}
	hold, err := subtreesHold(ctx, q, rows)
	if hold || err != nil {
		return err
	}
	return l.shownEach(ctx, q, rows)
}

// shownEach holds each line against its leaf.
func (l *Log) shownEach(ctx context.Context, q querier, rows []row) error {
	places := make([]int64, len(rows))
	for i, row := range rows {
		places[i] = tlog.StoredHashIndex(0, max(0, row.seq-1))
	}
	leaves, err := fetch(ctx, q, places)
	if err != nil {
		return err
	}
	var hasher textHasher
	for i, row := range rows {
		if leaf, carried := hasher.leaf(row); leaves[places[i]] != leaf || !carried {
			l.found(finding{first: max(1, row.seq), why: altered(row.seq)})
		}
	}
	return nil
}

// foundBy holds lines of an export against the columns that found them, if any did. What cannot be read is not in the tree either.
func (l *Log) foundBy(rows []row) {
	for _, row := range rows {
		if row.beside == nil {
			return
		}
		if entry, err := row.entry(); err == nil {
			l.foundAs(row, entry)
		}
	}
}

// foundAs holds one line against its columns.
func (l *Log) foundAs(row row, said Entry) {
	if !row.beside.says(said) {
		l.found(finding{first: max(1, row.seq), why: altered(row.seq)})
	}
}

// fewTogether is up to how many lines are not worth the search for subtrees.
const fewTogether = 4

// subtreesHold says whether lines that follow each other, upwards or downwards, are what the tree was made of: they make the hashes of
// the subtrees that they fill, which are a few for many lines. It says no of other lines, and where it cannot say which one differs.
func subtreesHold(ctx context.Context, q querier, rows []row) (bool, error) {
	first, last := rows[0].seq, rows[len(rows)-1].seq
	downwards := first > last
	if downwards {
		first, last = last, first
	}
	if len(rows) <= fewTogether || first < 1 || last-first != int64(len(rows))-1 {
		return false, nil
	}
	if downwards {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	var places []int64
	var roots []tlog.Hash
	var hasher textHasher
	for at := first - 1; at < last; {
		level := min(bits.TrailingZeros64(uint64(at)), bits.Len64(uint64(last-at))-1)
		var subtree compact
		for _, row := range rows[:1<<level] {
			at++
			leaf, carried := hasher.leaf(row)
			if !carried || row.seq != at {
				return false, nil
			}
			subtree.push(leaf)
		}
		rows = rows[1<<level:]
		places = append(places, tlog.StoredHashIndex(level, (at-1)>>level))
		roots = append(roots, subtree.root())
	}
	stored, err := fetch(ctx, q, places)
	for i, place := range places {
		if stored[place] != roots[i] {
			return false, err
		}
	}
	return true, err
}

// textHasher computes the leaves of lines one after another.
type textHasher struct {
	text   []byte
	base64 [hashLength]byte
}

// leaf is the hash of the line's text; carried says that it stands beside the line.
func (h *textHasher) leaf(row row) (leaf tlog.Hash, carried bool) {
	h.text = append(append(h.text[:0], leafPrefix...), row.line...)
	leaf = sha256.Sum256(h.text)
	base64.StdEncoding.Encode(h.base64[:], leaf[:])
	return leaf, string(h.base64[:]) == row.hash
}
