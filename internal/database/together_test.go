package database_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// queue is a database whose writer is taken, and writes that wait for it.
type queue struct {
	*database.DB
	t       *testing.T
	release chan struct{}
	begun   atomic.Int32
	ended   []chan error
}

func newQueue(t *testing.T, db *database.DB) *queue {
	q := &queue{DB: db, t: t, release: make(chan struct{})}
	balances(t, q.DB)
	q.Observe(func(context.Context, string) func(database.End) {
		q.begun.Add(1)
		return func(database.End) {}
	})
	taken := make(chan struct{})
	q.wait(t.Context(), func(*sql.Tx) error {
		close(taken)
		<-q.release
		return nil
	})
	<-taken
	return q
}

// wait has one more wait.
func (q *queue) wait(ctx context.Context, f func(*sql.Tx) error) (ended chan error) {
	q.t.Helper()
	before := q.begun.Load()
	ended = make(chan error, 1)
	q.ended = append(q.ended, ended)
	go func() {
		defer func() {
			if said := recover(); said != nil {
				ended <- errPanicked
			}
		}()
		ended <- q.WriteInTurn(ctx, f)
	}()
	for q.begun.Load() == before {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond) // from being told of to waiting
	return ended
}

var errPanicked, errRefused = errors.New("panicked"), errors.New("refused")

// TestWritesThatWaitShareACommit: each is done once, and is there when its Write returns.
func TestWritesThatWaitShareACommit(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		q := newQueue(t, db)
		var mu sync.Mutex
		transactions := map[*sql.Tx]int{}
		for range 10 {
			q.wait(t.Context(), func(tx *sql.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				transactions[tx]++
				return add(tx, "a")
			})
		}
		close(q.release)
		for _, ended := range q.ended {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if got := balance(t, q.DB); got != 10 || len(transactions) != 1 {
			t.Errorf("balance = %d in %d transactions, want 10 in one", got, len(transactions))
		}
	})
}

// TestOneThatFailsIsAlone: nothing of it is kept and everything of the others, once, whatever it did to the transaction that
// they shared.
func TestOneThatFailsIsAlone(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*sql.Tx) error{
		"an error":       func(tx *sql.Tx) error { return errors.Join(add(tx, "a"), errRefused) },
		"a panic":        func(tx *sql.Tx) error { panic(errors.Join(add(tx, "a"), errRefused)) },
		"its own ending": func(tx *sql.Tx) error { return errors.Join(add(tx, "a"), tx.Rollback(), errRefused) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) { failAmongOthers(t, newQueue(t, db), fail) })
		})
	}
}

func failAmongOthers(t *testing.T, q *queue, fail func(*sql.Tx) error) {
	for range 3 {
		q.wait(t.Context(), func(tx *sql.Tx) error { return add(tx, "a") })
	}
	failed := q.wait(t.Context(), fail)
	for range 3 {
		q.wait(t.Context(), func(tx *sql.Tx) error { return add(tx, "b") })
	}
	close(q.release)
	for _, ended := range q.ended {
		err := <-ended
		if ended == failed && !errors.Is(err, errRefused) && !errors.Is(err, errPanicked) || ended != failed && err != nil {
			t.Errorf("WriteInTurn = %v", err)
		}
	}
	if got := balance(t, q.DB); got != 6 {
		t.Errorf("balance = %d, want 6", got)
	}
}

// TestOneWhoseTimeIsUpWaitsNoLonger, neither where it only waits nor where another does it; the others go on.
func TestOneWhoseTimeIsUpWaitsNoLonger(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		q := newQueue(t, db)
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		late := q.wait(short, func(tx *sql.Tx) error { return add(tx, "a") })
		if err := <-late; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("WriteInTurn = %v", err)
		}
		other := q.wait(t.Context(), func(tx *sql.Tx) error { return add(tx, "a") })
		ending, end := context.WithCancel(t.Context())
		within := q.wait(ending, func(tx *sql.Tx) error {
			end()
			_, err := tx.ExecContext(ending, "UPDATE balances SET n = n + 1")
			return err
		})
		close(q.release)
		if err := <-other; err != nil {
			t.Error(err)
		}
		if err := <-within; !errors.Is(err, context.Canceled) {
			t.Errorf("WriteInTurn = %v", err)
		}
		if got := balance(t, q.DB); got != 1 {
			t.Errorf("balance = %d, want 1", got)
		}
	})
}

// TestOnlyWhatWasCommittedIsTold, of those that share a transaction too.
func TestOnlyWhatWasCommittedIsTold(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		q := newQueue(t, db)
		heard, begun := make(chan string, 10), make(chan struct{})
		go func() { _ = q.Listen(t.Context(), func() { close(begun) }, func(text string) { heard <- text }) }()
		<-begun
		for _, one := range []struct {
			text string
			err  error
		}{{"one", nil}, {"other", errRefused}, {"third", nil}} {
			q.wait(t.Context(), func(tx *sql.Tx) error { return errors.Join(q.Notify(t.Context(), tx, one.text), one.err) })
		}
		close(q.release)
		for _, ended := range q.ended {
			if err := <-ended; err != nil && !errors.Is(err, errRefused) {
				t.Error(err)
			}
		}
		told := map[string]bool{<-heard: true, <-heard: true}
		if !told["one"] || !told["third"] || len(heard) > 0 {
			t.Errorf("heard %v and %d more", told, len(heard))
		}
	})
}
