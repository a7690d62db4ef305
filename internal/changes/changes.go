// Package changes is the only room that writes to Graph. It commits what is about to be asked before it asks, and what
// became of it afterwards; what nobody knows is in doubt, and is found out by reading, never by guessing.
package changes

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/problem"
)

// Person is someone signed in: who they are, from where, and their source of tokens. Graph is only ever asked with it.
type Person interface {
	graphclient.Tokens
	Identity
	// Allowed gets a token for what the permission needs, reads the roles anew where that is due, and says who they are
	// now; its error is a problem.
	Allowed(context.Context, access.Permission) (access.Actor, error)
}

// Identity is who somebody is.
type Identity interface {
	// Actor is who they are, with the roles of the last refresh.
	Actor() access.Actor
	// RolesSource says where the roles come from, for the record.
	RolesSource() string
	// SessionHash names their session without being it.
	SessionHash() string
}

// Options are what the room needs.
type Options struct {
	Graph    *graphclient.Client
	Database *database.DB
	Record   *audit.Log
	// Live are somebody's sessions that have not ended, the one used last first: the timer reads with them.
	Live func(context.Context, access.Actor) ([]Person, error)
	// RequireReason refuses changes without a reason.
	RequireReason bool
	// Settle is how long after a PATCH was sent a second look may say that it was not applied.
	Settle time.Duration
	// GraphURL is the root of Graph, for showing requests.
	GraphURL string
	// Build is the version of the program; the record keeps it.
	Build string
	// Instance names this process among those that share the database; no two ever have the same name.
	Instance string
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
	// Sleep waits until the context ends, for its error; nil waits in real time.
	Sleep func(context.Context, time.Duration) error
}

// Service saves, syncs and resolves changes. It is safe for concurrent use, and any number of them may share a database.
type Service struct {
	Options
	flights flights
	looks   singleflight.Group // of a person, at a connector or at all
	reads   singleflight.Group // of a connector, for looks
}

// New is the room, ready for use. Run keeps looking at what is in doubt.
func New(o Options) *Service {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	s := &Service{Options: o, flights: flights{aloft: map[string]bool{}, owed: map[string]debt{}}}
	s.Record.Beside(s.differing)
	return s
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

// SendWithin is how long a PATCH may be on its way: a shorter Settle could call one not applied that is applied later.
const SendWithin = sendWithin

// The deadlines of one change. From the intent to the outcome less than orphanAfter passes, so that no other instance
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
	orphanAfter    = 35 * time.Second
)

// Change is one change as it stands today.
type Change struct {
	// ID is the change's UUID, which Graph was given as client-request-id.
	ID string
	// Seq is the record's number of its intent.
	Seq       int64
	Connector string
	Action    audit.Action
	// SyncType is what a sync asked for; it is empty for an edit.
	SyncType string
	Reason   string
	// Reverts is the id of the change that this one takes back; empty for none.
	Reverts string
	Actor   access.Actor
	// Fields hold what was asked, and once known what Graph stores.
	Fields  []connector.Field
	Outcome audit.Outcome
	// GraphStatus is the HTTP status of Graph's answer, 0 without one.
	GraphStatus    int
	GraphRequestID string
	// Returned is the object as Graph returned it, or else, if ReadBack, as a read first showed it with the change.
	Returned connector.Connector
	// Others are what others changed in other properties while the form was open, up to the returned object.
	Others []connector.Drift
	// HasReturned says whether Returned is known.
	HasReturned bool
	IntendedAt  time.Time
	// SettledAt is when the latest outcome was recorded.
	SettledAt time.Time
	// Took is how long Graph took to answer.
	Took time.Duration

	// Looks counts the reads that left the change in doubt; LastLook is when the latest began, zero for none.
	Looks    int
	LastLook time.Time
	// LookedAt is when a read first found the values from before while the change was in doubt; zero for never.
	LookedAt time.Time
	// Resolver is whose read found out what became of a change in doubt or how a sync ended, or who gave it up; zero where
	// Graph's own answer told all that is known.
	Resolver access.Actor
	// Closing is the reason for which somebody gave up a change in doubt; empty where nobody did.
	Closing string
	// SyncEnded is when the record was told how a sync ended, zero before that. SyncedAt is Graph's lastSyncDateTime then,
	// null where no sync was seen in time.
	SyncEnded time.Time
	SyncedAt  connector.Value
	// Repeated says that the form had been sent before: this is what became of it then.
	Repeated bool

	syncBefore string // Graph's lastSyncDateTime before a sync was asked for; empty for never, notRead where nobody knows
	once       string
	failure    words
	instance   string
}

// Open says whether nobody knows yet what became of the change.
func (c Change) Open() bool { return c.Outcome == audit.Pending || c.Outcome == audit.InDoubt }

// Refusal is what Graph's refusal means, in a sentence; empty where it refused nothing.
func (c Change) Refusal() string { return c.failure.Title }

// Quote is Graph's own text about its refusal, in at most 1,000 characters; it may be empty where Graph refused.
func (c Change) Quote() string { return c.failure.Quote }

// Gate is the one that Graph's refusal showed to be closed; empty where it showed none.
func (c Change) Gate() problem.Gate { return c.failure.Gate }

// Between says, of a change in doubt, that something between Switchboard and Graph answered in Graph's place.
func (c Change) Between() bool { return c.failure.Between }

// Orphaned says that the process of the change ended before it recorded an outcome: whether it was sent nobody knows.
func (c Change) Orphaned() bool { return c.failure.Orphaned }

// ReadBack says that Returned was read, and not returned to the change.
func (c Change) ReadBack() bool {
	return c.HasReturned && (c.failure.ReadBack || c.Resolver.OID != "")
}

// State is what came of a request to change something.
type State int

// The states.
const (
	// Recorded: the change was sent, or its form had been sent before; its outcome says what became of it.
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

// Result is what came of a request to change something.
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
