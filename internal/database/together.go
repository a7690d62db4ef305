package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// together lets writes share a transaction that wait at the same time: on SQLite for its one writer, on PostgreSQL for a lock that all
// of them take. Whoever gets the turn runs all that wait, one after the other, and commits once. Each is on disk when its Write returns
// nil, as it would be alone. If one of them fails, nothing of any is kept, and each is done again alone.
type together struct {
	db   *DB
	turn chan struct{} // holds one while somebody writes

	mu      sync.Mutex
	waiting []*write
}

// write is one that waits.
type write struct {
	f    func(*sql.Tx) error
	done chan error // takes one; errAlone asks to do it alone
}

const (
	// mostTogether bounds how many wait for one commit.
	mostTogether = 32
	// togetherWithin bounds what they share: one that takes longer is given up, and each has its own deadline alone.
	togetherWithin = 5 * time.Second
)

var errAlone = errors.New("another write of the transaction failed")

// newDB is the database with writes that share.
func newDB(db *DB) *DB {
	db.together = &together{db: db, turn: make(chan struct{}, 1)}
	return db
}

// write does f in a transaction with others, or alone.
func (t *together) write(ctx context.Context, f func(*sql.Tx) error) (err error) {
	end, ended := Broken, t.db.observe(ctx, "write")
	defer func() { ended(end) }()
	own := &write{f: f, done: make(chan error, 1)}
	alone := func() error { return t.db.alone(ctx, func(as End) { end = as }, f) }
	t.join(own)
	select {
	case err = <-own.done:
	case t.turn <- struct{}{}:
		err = t.lead(own, alone)
	case <-ctx.Done():
		if t.leave(own) {
			return fmt.Errorf("begin a transaction: %w", ctx.Err())
		}
		err = <-own.done // somebody is doing it
	}
	switch {
	case err == nil:
		end = Committed
	case errors.Is(err, errAlone):
		return alone()
	}
	return err
}

func (t *together) join(own *write) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, own)
}

// leave says whether the write was still waiting.
func (t *together) leave(own *write) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.Index(t.waiting, own)
	if at < 0 {
		return false
	}
	t.waiting = slices.Delete(t.waiting, at, at+1)
	return true
}

// lead does own, where nobody has done it yet, with what waits beside it, and gives the turn back.
func (t *together) lead(own *write, alone func() error) error {
	defer func() { <-t.turn }()
	if !t.leave(own) {
		return <-own.done
	}
	runtime.Gosched() // where no processor is idle others are about to come, and go along
	others := t.take(mostTogether - 1)
	if len(others) == 0 {
		return alone()
	}
	err := errAlone
	defer func() { // also where a test ends its goroutine within f
		for _, other := range others {
			other.done <- err
		}
	}()
	err = t.all(append([]*write{own}, others...))
	return err
}

// take takes those that wait, the first first.
func (t *together) take(most int) []*write {
	t.mu.Lock()
	defer t.mu.Unlock()
	most = min(most, len(t.waiting))
	taken := slices.Clone(t.waiting[:most])
	t.waiting = slices.Delete(t.waiting, 0, most)
	return taken
}

// all does all of them in one transaction, which no single caller's deadline ends: the statements of each keep to its own.
func (t *together) all(writes []*write) error {
	each := func(tx *sql.Tx) error {
		for _, one := range writes {
			if err := one.try(tx); err != nil {
				return errAlone
			}
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), togetherWithin)
	defer cancel()
	return t.db.alone(ctx, func(End) {}, each)
}

// try is f; what panics here fails, and panics again where it is done alone.
func (w *write) try(tx *sql.Tx) (err error) {
	defer func() {
		if said := recover(); said != nil {
			err = fmt.Errorf("panic: %v", said)
		}
	}()
	return w.f(tx)
}
