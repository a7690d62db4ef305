// Package bulk changes many connectors one after another: a queue over changes. It knows no Graph and is no second way to it.
//
// How a run lives. Review holds what is wanted against what a list shows, row by row, and sends nothing. KeepReview keeps that for its
// person, sealed, for an hour. Start makes a run of the rows that were ticked; it spends the review, whose id is the form's one-time
// id. From then on the run lives in the database alone. Of all processes that share it one has the run's lease, and takes the rows
// in turn: it waits for the pace, which is one for all runs and replicas; claims the row durably; and asks the room of changes for one
// change, by the token of the person whom the run stands on. The row is tied to its change in the transaction of the intent, which
// commits only while the run goes on, the lease is held and nobody has to wait for Graph; and it takes over the change's outcome in
// the transaction that records it, whoever finds it out. So a process may die between any two steps: what was claimed without an
// intent goes back to the queue, and what has an intent is never sent again.
//
// A run is running until it is paused, by a person or because it should not go on by itself; stopped, for good; or done. Rows in doubt
// do not keep it from being done: they follow their changes.
package bulk

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/seal"
)

// Changes is the only way to Graph: a change each row.
type Changes interface {
	// SaveInRun and SyncInRun are one change of a run, as changes.Service has them.
	SaveInRun(context.Context, changes.Person, changes.InRun, connector.Edit) (changes.Result, error)
	SyncInRun(context.Context, changes.Person, changes.InRun, changes.SyncRequest) (changes.Result, error)
	// MayBegin is nil while something new may be begun.
	MayBegin() error
	// BegunInRun says whether the run has begun a change of the connector that Graph did not put off.
	BegunInRun(ctx context.Context, run, connectorID string) (bool, error)
	// RevertsOf are what the changes of a run replaced, for those that Graph stored.
	RevertsOf(ctx context.Context, run string) ([]changes.Revert, error)
}

// Options are what the room needs.
type Options struct {
	Database *database.DB
	Changes  Changes
	Seals    *seal.Keys
	// Live are somebody's sessions that have not ended, the one used last first.
	Live func(context.Context, access.Actor) ([]changes.Person, error)
	// Rate is how many PATCHes may leave in any second, of all runs and replicas together: 1 to 5.
	Rate int
	// RequireReason refuses runs without a reason.
	RequireReason bool
	// Tell is called in each transaction that changes a run or one of its rows, with the run's id; nil: nobody listens.
	Tell  func(ctx context.Context, tx *sql.Tx, run string) error
	Now   func() time.Time
	NewID func() string
	Log   *slog.Logger
	// Sleep waits until the context ends, for its error; nil waits in real time.
	Sleep func(context.Context, time.Duration) error
}

// Service is the room. It is safe for concurrent use, and any number of them may share a database.
type Service struct {
	Options
	// wake tells Run that there may be something to do.
	wake chan struct{}
}

// New is the room, ready for use. Work takes the rows of runs.
func New(o Options) *Service {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &Service{Options: o, wake: make(chan struct{}, 1)}
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
