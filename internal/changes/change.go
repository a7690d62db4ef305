package changes

import (
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Change is one change as it stands today: what was asked, what is known of its outcome, and how that became known.
type Change struct {
	Intent
	Outcome audit.Outcome
	// OutcomeAt is when the latest outcome was recorded.
	OutcomeAt time.Time
	Answer
	Resolution
	SyncWatch
	// Repeated says that the form had been sent before; the change is the one that it led to then.
	Repeated bool
}

// Intent is what was asked, and by whom. It is committed before Graph is asked.
type Intent struct {
	// ID is the change's UUID, which Graph was given as client-request-id.
	ID string
	// Seq is the number of its first line in the audit log.
	Seq       int64
	Connector string
	Action    audit.Action
	// SyncType is what a sync asked for; it is empty for an edit.
	SyncType string
	Reason   string
	// Reverts is the id of the change that this one takes back; empty for none.
	Reverts string
	// Observed is the number of the audit log's line of a change made elsewhere, of which this one puts everything back; 0 for none.
	Observed int64
	Actor    access.Actor
	// Run is the UUID of the run that it is a part of; empty for a change that was begun alone.
	Run string
	// Fields hold what was asked, and once known what Graph stores.
	Fields     []connector.FieldChange
	IntendedAt time.Time

	unreadable     bool   // the row holds something that was put there past the program: what else it says counts for nothing
	idempotencyKey string // of the form; it can be spent once
	instance       string // the process that sends the change
}

// Answer is what Graph said to the change.
type Answer struct {
	// GraphStatus is the HTTP status of Graph's answer, 0 without one.
	GraphStatus    int
	GraphRequestID string
	// Took is how long Graph took to answer.
	Took time.Duration
	// Returned is the object as Graph returned it, or else, if ReadBack, as a read first showed it with the change.
	Returned connector.Connector
	// HasReturned says whether Returned is known.
	HasReturned bool
	// Kept says that the transaction of the outcome has also kept the returned object for others.
	Kept bool
	// Others are what others changed in other properties while the form was open, up to the returned object.
	Others []connector.Drift

	failure words
}

// Resolution is how reads, or a decision, ended a doubt.
type Resolution struct {
	// Looks counts the reads that left the change in doubt; LastLook is when the latest began, zero for none.
	Looks    int
	LastLook time.Time
	// LookedAt is when a read first found the values from before while the change was in doubt; zero for never.
	LookedAt time.Time

	lookBegan  time.Time // when the latest look began, whatever it gave
	lookFailed bool      // the connector could not be read then

	// Resolver is the person whose read resolved a change in doubt or showed how a sync ended, or who gave the change up. It
	// is zero where Graph's own answer told all that is known.
	Resolver access.Actor
	// Closing is the reason for which somebody gave up a change in doubt; empty where nobody did.
	Closing string
}

// SyncWatch is how far a sync has come.
type SyncWatch struct {
	// SyncEnded is when the end of a sync was recorded, zero before that. SyncedAt is Graph's lastSyncDateTime then, null
	// where no sync was seen in time.
	SyncEnded time.Time
	SyncedAt  connector.Value

	syncBefore string // Graph's lastSyncDateTime before a sync was asked for; empty for never, notRead where it is not known
}

// Open says whether the outcome is not known yet.
func (c Change) Open() bool { return c.Outcome == audit.Pending || c.Outcome == audit.InDoubt }

// Refusal is what Graph's refusal means, in a sentence; empty where it refused nothing.
func (c Change) Refusal() string { return c.failure.Title }

// Quote is Graph's own text about its refusal, in at most 1,000 characters; it may be empty where Graph refused.
func (c Change) Quote() string { return c.failure.Quote }

// Gate is the one that Graph's refusal showed to be closed; empty where it showed none.
func (c Change) Gate() problem.Gate { return c.failure.Gate }

// Between says, of a change in doubt, that something between Switchboard and Graph answered in Graph's place.
func (c Change) Between() bool { return c.failure.Between }

// Orphaned says that the process of the change ended before it recorded an outcome: whether it was sent is not known.
func (c Change) Orphaned() bool { return c.failure.Orphaned }

// ReadBack says that Returned was read, and not returned to the change.
func (c Change) ReadBack() bool {
	return c.HasReturned && (c.failure.ReadBack || c.Resolver.OID != "")
}
