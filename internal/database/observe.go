package database

import "context"

// End is how a transaction ended.
type End string

// The ends.
const (
	Committed  End = "committed"
	RolledBack End = "rolled_back"
	// Broken is one that could not be begun, or whose commit failed.
	Broken End = "broken"
)

// Observer is told of each transaction, "read" or "write", before it begins, and by the function that it returns of its end.
type Observer func(ctx context.Context, kind string) (ended func(End))

// Observe has the observer told of all transactions from now on; it is called before the database is used by several at once.
func (db *DB) Observe(observer Observer) { db.observer = observer }

// observe tells that a transaction begins.
func (db *DB) observe(ctx context.Context, kind string) (ended func(End)) {
	if db.observer == nil {
		return func(End) {}
	}
	return db.observer(ctx, kind)
}
