package database

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

const (
	// mostAlike is how many reads of one text PostgreSQL is asked at once: where one waits for a lock, all of its text do, and most
	// connections are left for those that wait for nothing.
	mostAlike = postgresConnections / 3
	// turnWithin is how long a read waits for its turn among those, readWithin how long one that had to wait may take in all.
	turnWithin, readWithin = 1500 * time.Millisecond, 2500 * time.Millisecond
	// afterSlow is how long each further read of a page may take one of whose reads was given up: the page is shown without them.
	afterSlow = 250 * time.Millisecond
	// slowFor is how long that holds: a stream of events is a page, too, and lasts.
	slowFor = 5 * time.Second
)

var errCrowded = errors.New("too many reads of the same kind wait for the database")

// turns are of the reads on their way, by their text.
type turns struct {
	mu    sync.Mutex
	texts map[string]*alike
}

type alike struct {
	slots chan struct{}
	users int
}

// enter waits for a turn. Each success needs one leave.
func (t *turns) enter(ctx context.Context, text string, within time.Duration) (leave func(), err error) {
	one := t.of(text)
	leave = func() {
		<-one.slots
		t.left(text, one)
	}
	select {
	case one.slots <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case one.slots <- struct{}{}:
		return leave, nil
	case <-timer.C:
		err = errCrowded
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.left(text, one)
	return nil, err
}

func (t *turns) of(text string) *alike {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.texts[text]
	if one == nil {
		one = &alike{slots: make(chan struct{}, mostAlike)}
		if t.texts == nil {
			t.texts = map[string]*alike{}
		}
		t.texts[text] = one
	}
	one.users++
	return one
}

func (t *turns) left(text string, one *alike) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(t.texts, text)
	}
}

// QueryContext is of a read outside of a transaction. On PostgreSQL it takes its turn.
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	if db.Local() {
		return db.DB.QueryContext(ctx, query, args...)
	}
	err = db.inTurn(ctx, query, func(ctx context.Context) (err error) {
		rows, err = db.DB.QueryContext(ctx, query, args...)
		return err
	})
	return rows, err
}

// QueryRowWatched is QueryRowContext of a query that goes through many rows for its one.
func (db *DB) QueryRowWatched(ctx context.Context, query string, args ...any) (row *sql.Row) {
	if db.Local() {
		return db.DB.QueryRowContext(ctx, query, args...)
	}
	_ = db.inTurn(ctx, query, func(ctx context.Context) error { // the row has its error
		row = db.DB.QueryRowContext(ctx, query, args...)
		return row.Err()
	})
	if row == nil { // its turn did not come: a row that says that its time is over
		over, cancel := context.WithTimeout(ctx, 0)
		defer cancel()
		row = db.DB.QueryRowContext(over, query, args...)
	}
	return row
}

// inTurn asks once it is the read's turn. A page of which one read was given up waits little for the others.
func (db *DB) inTurn(ctx context.Context, query string, ask func(context.Context) error) error {
	one, _ := ctx.Value(pageKey{}).(*page)
	begun, turn, within := time.Now(), turnWithin, readWithin
	slow := one.slow()
	if slow {
		turn, within = afterSlow, afterSlow
	}
	leave, err := db.turns.enter(ctx, query, turn)
	if err == nil {
		if waited := time.Since(begun); slow || waited > afterSlow {
			limited, cancel := context.WithTimeout(ctx, within-waited)
			time.AfterFunc(within-waited, cancel) // and not at the end: who asked goes on to read the rows
			ctx = limited
		}
		err = ask(ctx)
		leave()
	}
	if one != nil && (errors.Is(err, errCrowded) || errors.Is(err, context.DeadlineExceeded) || endedEarly(err)) {
		one.slowUntil.Store(time.Now().Add(slowFor).UnixNano())
	}
	return err
}

// slow says whether a read of the page was given up lately.
func (p *page) slow() bool { return p != nil && time.Now().UnixNano() < p.slowUntil.Load() }
