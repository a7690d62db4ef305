package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"switchboard/internal/database"
)

// wordRow is a word of a line or of a connector's name; see the tables audit_words and audit_name_words.
type wordRow struct {
	of   any
	word string
}

const (
	addLineWords = "INSERT INTO audit_words (seq, word) VALUES "
	addNameWords = "INSERT INTO audit_name_words (connector, word) VALUES "
)

// addRows adds those that are not there yet. They come in one order everywhere, so that two that add the same do not wait for
// each other in a circle.
func addRows(ctx context.Context, tx *sql.Tx, add string, rows []wordRow) error {
	for chunk := range slices.Chunk(rows, namesAtOnce) {
		values := make([][]any, len(chunk))
		for i, row := range chunk {
			values[i] = []any{row.of, []byte(row.word)}
		}
		groups, args := database.Rows(values)
		if _, err := tx.ExecContext(ctx, add+groups+" ON CONFLICT DO NOTHING", args...); err != nil {
			return fmt.Errorf("keep the words of the record: %w", err)
		}
	}
	return nil
}

func rowsOf(of any, words []string) []wordRow {
	rows := make([]wordRow, len(words))
	for i, word := range words {
		rows[i] = wordRow{of, word}
	}
	return rows
}

// filledWords keeps that the lines after one up to another have their words, where those before have.
func filledWords(ctx context.Context, tx *sql.Tx, from, to int64) error {
	_, err := tx.ExecContext(ctx, "UPDATE audit_words_filled SET seq = $1 WHERE seq = $2", to, from)
	return err
}

// addWordsOfNames adds the words of what connectors are called.
func addWordsOfNames(ctx context.Context, tx *sql.Tx, names []nameRow) error {
	var rows []wordRow
	for _, name := range names {
		rows = append(rows, rowsOf(name.connector, wordsOf(name.value))...)
	}
	slices.SortFunc(rows, func(a, b wordRow) int {
		if order := strings.Compare(a.word, b.word); order != 0 {
			return order
		}
		return strings.Compare(a.of.(string), b.of.(string))
	})
	return addRows(ctx, tx, addNameWords, rows)
}

// refill has the words of all lines filled in anew, and the names that they tell.
func refill(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{"DELETE FROM audit_words", "UPDATE audit_words_filled SET seq = 0", "UPDATE audit_names_filled SET seq = 0"} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("have the words and names of the record filled in anew: %w", err)
		}
	}
	return nil
}

// wordsAtOnce bounds the lines whose words one transaction fills in.
const wordsAtOnce = 500

// FillWords fills in the words of lines that an older program appended, of so many at most, and of the names that one kept. It
// goes on where it was interrupted. A text is looked for once all lines have their words.
func (l *Log) FillWords(ctx context.Context, most int64) error {
	if err := l.fillNameWords(ctx); err != nil {
		return fmt.Errorf("fill in the words of names: %w", err)
	}
	for filled := int64(0); filled < most && !l.broken(); {
		from, size, err := l.indexed(ctx)
		if err != nil || from >= size {
			return err
		}
		to := min(from+wordsAtOnce, size, from+most-filled)
		err = l.db.Write(ctx, func(tx *sql.Tx) error { return fillWords(ctx, tx, from, to) })
		if err != nil {
			return fmt.Errorf("fill in the words of the record: %w", err)
		}
		filled += to - from
	}
	return nil
}

// Index fills in the words of all lines, and of those that an older program appends meanwhile, until ctx ends. Then it returns nil.
func (l *Log) Index(ctx context.Context) error {
	again := time.NewTicker(checkEvery)
	defer again.Stop()
	for failing := false; ; {
		err := l.FillWords(ctx, math.MaxInt64)
		if err != nil && !failing && ctx.Err() == nil { // once, and not at every tick
			l.log.ErrorContext(ctx, "the words of the record could not be filled in", "error", err.Error())
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}

// Searchable is nil where a text can be looked for in all lines, and ErrUnindexed where not yet.
func (l *Log) Searchable(ctx context.Context) error {
	upTo, size, err := l.indexed(ctx)
	if err == nil && upTo < size {
		err = ErrUnindexed
	}
	return err
}

// indexed is up to which line the words are there, and how many lines there are.
func (l *Log) indexed(ctx context.Context) (upTo, size int64, err error) {
	if upTo, size, err = l.filledIn(ctx, "audit_words_filled"); err != nil {
		return 0, 0, fmt.Errorf("read how far the words of the record are known: %w", err)
	}
	return upTo, size, nil
}

func fillWords(ctx context.Context, tx *sql.Tx, from, to int64) error {
	lines, err := rowsBetween(ctx, tx, from, to)
	if err != nil {
		return err
	}
	var rows []wordRow
	for _, line := range lines {
		words, err := wordsOfText([]byte(line.line))
		if err != nil {
			return err
		}
		rows = append(rows, rowsOf(line.seq, words)...)
	}
	if err := addRows(ctx, tx, addLineWords, rows); err != nil {
		return err
	}
	return filledWords(ctx, tx, from, to)
}

// fillNameWords fills in the words of the names that are kept, once.
func (l *Log) fillNameWords(ctx context.Context) error {
	var known int64
	if err := l.db.QueryRowContext(ctx, "SELECT names FROM audit_words_filled").Scan(&known); err != nil || known == 1 {
		return err
	}
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT connector, value FROM audit_names WHERE digest <> ''")
		if err != nil {
			return err
		}
		defer rows.Close()
		var names []nameRow
		for rows.Next() {
			var name nameRow
			if err := rows.Scan(&name.connector, &name.value); err != nil {
				return err
			}
			names = append(names, name)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		if err := addWordsOfNames(ctx, tx, names); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE audit_words_filled SET names = 1")
		return err
	})
}
