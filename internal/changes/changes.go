// Package changes is the only room that writes to Graph. It commits what is about to be asked before it asks, and the
// outcome afterwards. An outcome that is not known is in doubt; reading resolves it, never guessing.
package changes

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/live"
)

// Person is someone signed in, as changes need them: who they are, and their source of tokens. Graph is only asked with it.
type Person interface {
	graphclient.Tokens
	access.Identity
	// Allowed gets a token for what the permission needs, reads the roles anew where that is due, and says who they are
	// now; its error is a problem.
	Allowed(context.Context, access.Permission) (access.Actor, error)
}

// Options are what the room needs.
type Options struct {
	Graph    *graphclient.Client
	Database *database.DB
	AuditLog *audit.Log
	// Live are somebody's sessions that have not ended, the one used last first: the timer reads with them.
	Live func(context.Context, access.Actor) ([]Person, error)
	// Pages are told of each outcome.
	Pages Teller
	// RequireReason refuses changes without a reason.
	RequireReason bool
	// Settle is how long after a PATCH was sent a second look may say that it was not applied.
	Settle time.Duration
	// GraphURL is the root of Graph, for showing requests.
	GraphURL string
	// Build is the version of the program; the audit log keeps it.
	Build string
	// Instance names this process among those that share the database; no two ever have the same name.
	Instance string
	// Concluded is told of each outcome once it is committed: how a change ended, or that it is in doubt. Nil: nobody is.
	Concluded func(audit.Action, audit.Outcome)
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
	// Sleep waits until the context ends, for its error; nil waits in real time.
	Sleep func(context.Context, time.Duration) error
}

// Teller tells open pages of an event, once the transaction is committed.
type Teller interface {
	Tell(context.Context, *sql.Tx, live.Event) error
}

// Service saves, syncs and resolves changes. It is safe for concurrent use, and any number of them may share a database.
type Service struct {
	Options
	inFlight  *inFlight
	runs      RunKeeper
	answers   AnswerKeeper
	resolving singleflight.Group // by a person and a connector, or all
	reads     singleflight.Group // by connector
}

// New is the room, ready for use. Run keeps looking at what is in doubt.
func New(o Options) *Service {
	if o.Sleep == nil {
		o.Sleep = graphclient.Sleep
	}
	if o.Concluded == nil {
		o.Concluded = func(audit.Action, audit.Outcome) {}
	}
	s := &Service{Options: o, inFlight: newInFlight()}
	s.AuditLog.Beside(s.differing)
	return s
}

// SendWithin is how long a PATCH may be on its way: a shorter Settle could call one not applied that is applied later.
const SendWithin = sendWithin

// The deadlines of one change. From the intent to the outcome less than abandonedAfter passes, so that no other instance
// takes a change that is still being sent for one whose process died.
const (
	intendWithin  = 4 * time.Second  // a database that is busy for longer: 503, and nothing was sent
	sendWithin    = 31 * time.Second // from the intent: the client's own 30 s, a read of what is stored included
	observeWithin = 15 * time.Second
	// A sync is asked for even where its connector cannot be read first, so that read is given little time.
	readBeforeSync = 5 * time.Second
	// An outcome is waited for at length where the answer came soon, and in any case for a while.
	recordAtLength = 8 * time.Second
	recordWithin   = 3 * time.Second
	abandonedAfter = 35 * time.Second
)

// State says how a request to change something ended.
type State int

// The states.
const (
	// Recorded: the change was sent, or its form had been sent before; its outcome tells the rest.
	Recorded State = iota
	// Nothing: Graph already holds what is wanted.
	Nothing
	// Conflicted: somebody else changed a property that this person changed too. Nothing was sent; or, where a change is
	// recorded, Graph refused it.
	Conflicted
	// Waiting: another change of that connector is in doubt. Nothing was sent.
	Waiting
	// Ready: a save would send something, and nothing stands against it.
	Ready
)

// Result is how a request to change something ended.
type Result struct {
	State State
	// Change is the one recorded, or the other one that this one waits for.
	Change Change
	// Merge is the edit held against what Graph held just before.
	Merge connector.Merge
	// Connector is what Graph holds, as far as it is known.
	Connector connector.Connector
}

// within is a context that a browser's disconnect does not cancel.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}
