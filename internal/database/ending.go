package database

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// endings are what transactions that write do last, and what follows their commit, by the transaction.
type endings struct {
	mu    sync.Mutex
	of    map[*sql.Tx][]func(context.Context) error
	after map[*sql.Tx][]func()
}

// AtEnd has f run once everybody who shares the transaction has done what they do in it, just before its commit: what stands for all
// of them is then written once. Where f fails nothing is committed. The transaction is one of Write or WriteInTurn.
func (db *DB) AtEnd(tx *sql.Tx, f func(context.Context) error) error {
	db.endings.mu.Lock()
	defer db.endings.mu.Unlock()
	all, there := db.endings.of[tx]
	if !there {
		return errors.New("the transaction is none of Write's, so nothing can be done at its end")
	}
	db.endings.of[tx] = append(all, f)
	return nil
}

// AfterCommit has f run once the transaction is committed, before its Write returns, and never if it is not. So may be logged what
// has happened in a transaction of somebody else. f waits for nothing: others wait for it. The transaction is one of Write or WriteInTurn.
func (db *DB) AfterCommit(tx *sql.Tx, f func()) error {
	db.endings.mu.Lock()
	defer db.endings.mu.Unlock()
	if _, there := db.endings.of[tx]; !there {
		return errors.New("the transaction is none of Write's, so nothing can follow it")
	}
	db.endings.after[tx] = append(db.endings.after[tx], f)
	return nil
}

// done does what is left for after the transaction, if it was committed.
func (e *endings) done(tx *sql.Tx, committed bool) {
	e.mu.Lock()
	after := e.after[tx]
	delete(e.after, tx)
	e.mu.Unlock()
	if !committed {
		return
	}
	for _, f := range after {
		f()
	}
}

// ending is f with what it leaves for the end of the transaction.
func (e *endings) ending(ctx context.Context, f func(*sql.Tx) error) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		e.begin(tx)
		defer e.take(tx)
		if err := f(tx); err != nil {
			return err
		}
		for _, last := range e.take(tx) {
			if err := last(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

func (e *endings) begin(tx *sql.Tx) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of == nil {
		e.of, e.after = map[*sql.Tx][]func(context.Context) error{}, map[*sql.Tx][]func(){}
	}
	e.of[tx] = nil
}

func (e *endings) take(tx *sql.Tx) []func(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.of[tx]
	delete(e.of, tx)
	return all
}
