// Package changes is the only room that writes to Graph. It commits what is about to be asked before it asks, and what
// became of it afterwards; what nobody knows is in doubt, and is found out by reading, never by guessing.
package changes

import (
	"context"
	"log/slog"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/database"
	"switchboard/graphclient"
)

// Person is someone signed in: who they are, from where, and their source of tokens. Graph is only ever asked with it.
type Person interface {
	graphclient.Tokens
	// Actor is who they are, with the roles of the last refresh.
	Actor() access.Actor
	// SessionHash names their session without being it.
	SessionHash() string
	// Allowed gets a token for what the permission needs, reads the roles anew where that is due, and says who they are
	// now; its error is a problem.
	Allowed(context.Context, access.Permission) (access.Actor, error)
}

// Options are what the room needs.
type Options struct {
	Graph    *graphclient.Client
	Database *database.DB
	Record   *audit.Log
	// RequireReason refuses changes without a reason.
	RequireReason bool
	// Settle is how long after a PATCH was sent a second look may say that it was not applied.
	Settle time.Duration
	// GraphURL is the root of Graph, for showing requests.
	GraphURL string
	// Build is the version of the program; the record keeps it.
	Build string
	// Instance names this process among those that share the database.
	Instance string
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
}

// Service saves, syncs and resolves changes.
type Service struct {
	Options
}

// New is the room, ready for use.
func New(o Options) *Service { return &Service{o} }

// The deadlines of one change. A PATCH outlives the browser's disconnect (Intune's own limit is 15 s), and what became of
// it is written even where the database is slow.
const (
	sendWithin    = 45 * time.Second // a refresh and a resend included
	recordWithin  = 8 * time.Second
	observeWithin = 15 * time.Second
	// orphanAfter is when a pending change of another instance counts as one whose process died.
	orphanAfter = 35 * time.Second
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
	Actor    access.Actor
	// Fields hold what was asked, and once known what Graph stores.
	Fields  []connector.Field
	Outcome audit.Outcome
	// GraphStatus is the HTTP status of Graph's answer, 0 without one.
	GraphStatus    int
	GraphRequestID string
	// Returned is the object as Graph returned it, or as it was read right after an answer without the object.
	Returned connector.Connector
	// HasReturned says whether Returned is known.
	HasReturned bool
	IntendedAt  time.Time
	// SettledAt is when the latest outcome was recorded.
	SettledAt time.Time
	// Took is how long Graph took to answer.
	Took time.Duration

	// LookedAt is when a read first found the values from before while the change was in doubt; zero for never.
	LookedAt time.Time

	failure  words
	instance string
}

// Open says whether nobody knows yet what became of the change.
func (c Change) Open() bool { return c.Outcome == audit.Pending || c.Outcome == audit.InDoubt }

// Refusal is what Graph's refusal means, in a sentence; empty where it refused nothing.
func (c Change) Refusal() string { return c.failure.Title }

// State is what came of a request to change something.
type State int

// The states.
const (
	// Recorded: the change was sent, or its form had been sent before; its outcome says what became of it.
	Recorded State = iota
	// Nothing: Graph already holds what is wanted.
	Nothing
	// Conflicted: somebody else changed a property that this person changed too. Nothing was sent.
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
