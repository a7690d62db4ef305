package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is PostgreSQL's name for what Notify sends.
const channel = "switchboard"

// Notify has everybody who listens to this database hear the text once the transaction is committed, and never if it is not. The
// same text twice in one transaction may be heard once.
func (db *DB) Notify(ctx context.Context, tx *sql.Tx, text string) error {
	if db.Local() {
		db.told.add(tx, text)
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, text); err != nil {
		return fmt.Errorf("notify those who listen: %w", err)
	}
	return nil
}

// Listen calls heard with each text that is notified from then on that it calls begun, by this process or, on PostgreSQL, by any
// other, in one order. It returns when ctx ends, or with an error once it may have missed something.
func (db *DB) Listen(ctx context.Context, begun func(), heard func(text string)) error {
	if !db.Local() {
		return db.listen(ctx, begun, heard)
	}
	end := db.told.listen(heard)
	defer end()
	begun()
	<-ctx.Done()
	return ctx.Err()
}

// aliveEvery is how often a connection that brings nothing is asked whether it still stands.
const aliveEvery = 15 * time.Second

// listen holds a connection of its own: one of the pool would be given to others.
func (db *DB) listen(ctx context.Context, begun func(), heard func(string)) error {
	conn, err := pgx.ConnectConfig(ctx, db.server.Copy())
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing) // it is given up either way
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	begun()
	for {
		if err := next(ctx, conn, heard); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
}

// next waits for one notification; where none comes it asks whether the server is still there.
func next(ctx context.Context, conn *pgx.Conn, heard func(string)) error {
	waiting, cancel := context.WithTimeout(ctx, aliveEvery)
	defer cancel()
	notice, err := conn.WaitForNotification(waiting)
	switch {
	case err == nil:
		heard(notice.Payload)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded) && !conn.IsClosed():
		asking, cancel := context.WithTimeout(ctx, postgresDialWithin)
		defer cancel()
		return conn.Ping(asking)
	}
	return err
}

// told are texts within this process, where only it can reach the database.
type told struct {
	mu        sync.Mutex
	waiting   map[*sql.Tx][]string
	listeners map[*func(string)]struct{}
}

func newTold() *told {
	return &told{waiting: map[*sql.Tx][]string{}, listeners: map[*func(string)]struct{}{}}
}

func (t *told) add(tx *sql.Tx, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[tx] = append(t.waiting[tx], text)
}

// done tells what a transaction that has ended notified, if it was committed.
func (t *told) done(tx *sql.Tx, committed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	texts := t.waiting[tx]
	delete(t.waiting, tx)
	if !committed {
		return
	}
	for _, text := range texts {
		for heard := range t.listeners {
			(*heard)(text)
		}
	}
}

func (t *told) listen(heard func(string)) (end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listeners[&heard] = struct{}{}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.listeners, &heard)
	}
}
