// Package audit keeps the audit log: who asked what of Graph and with which outcome, who signed in and out, who was refused.
// Lines are only ever added. Each is a leaf of an RFC 6962 tree whose signed checkpoints let a stranger prove, offline, that
// nothing was changed, left out or put in later.
package audit

import (
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
)

// Action is what a line of the audit log is about.
type Action string

// The actions, as the export writes them.
const (
	Edit      Action = "edit"
	Sync      Action = "sync"
	Revert    Action = "revert"
	BulkEdit  Action = "bulk_edit"
	Proposal  Action = "proposal"
	Approval  Action = "approval"
	Rejection Action = "rejection"
	SignIn    Action = "sign_in"
	SignOut   Action = "sign_out"
	Denied    Action = "denied"
	Export    Action = "export"
	Observed  Action = "observed"
	Resolved  Action = "resolved"
	// Accepted is how somebody took the audit log as it was, past what had been signed: after a restore, for instance.
	Accepted Action = "accepted"
	// Claim is that somebody is on it, ClaimEnd that nobody is any longer; a claim that has run out has no line of its own.
	Claim    Action = "claim"
	ClaimEnd Action = "claim_end"
	// Note is what somebody left for others to read.
	Note Action = "note"
	// Acknowledged settles a change that was made elsewhere: somebody has looked at it and says why it may stay.
	Acknowledged Action = "acknowledged"
)

// Actions are all actions in the contract's order.
func Actions() []Action {
	return []Action{Edit, Sync, Revert, BulkEdit, Proposal, Approval, Rejection, SignIn, SignOut, Denied, Export, Observed, Resolved, Accepted,
		Claim, ClaimEnd, Note, Acknowledged}
}

// Recorded are the actions that this version records. A filter may ask for any of Actions, and finds nothing for the rest.
func Recorded() []Action {
	return []Action{Edit, Sync, Revert, BulkEdit, SignIn, SignOut, Denied, Export, Observed, Resolved, Claim, ClaimEnd, Note, Acknowledged}
}

// Outcome is what is known to have become of a change; it is empty for what is no change.
type Outcome string

// The outcomes, as the export writes them.
const (
	// Pending: it was about to be asked of Graph.
	Pending Outcome = "pending"
	// Applied: Graph said so.
	Applied Outcome = "applied"
	// Rejected: Graph refused it.
	Rejected Outcome = "rejected"
	// InDoubt: it was sent, and the outcome is not known yet.
	InDoubt Outcome = "in_doubt"
	// AppliedObserved: a later read found what had been asked for.
	AppliedObserved Outcome = "applied_observed"
	// NotApplied: it never reached Graph, or later reads found the values before.
	NotApplied Outcome = "not_applied"
	// Superseded: a later read found something else.
	Superseded Outcome = "superseded"
)

// Outcomes are all outcomes.
func Outcomes() []Outcome {
	return []Outcome{Pending, Applied, Rejected, InDoubt, AppliedObserved, NotApplied, Superseded}
}

// Entry is one line of the audit log with what was noted beside it.
type Entry struct {
	// Seq is the line's number, gap-free from 1. Append sets it.
	Seq int64
	// ID is a UUID that the lines of one change share. Append makes one where it is empty.
	ID string
	// Time is when the line was written, in UTC, to the microsecond. Append sets it.
	Time   time.Time
	Action Action
	Actor  access.Actor
	// Connector is the id of the connector that it is about; empty for none.
	Connector string
	// Fields are what a change asks and gets; nil for what is no change.
	Fields []connector.FieldChange
	Reason string
	// Outcome is empty for what is no change.
	Outcome Outcome
	// Graph is the answer that the outcome rests on; nil where there was none.
	Graph *Graph
	// SyncType is what a sync asked for: "deltaSync" or "fullSync". It is empty for anything else, and in lines of syncs
	// that were written before the audit log kept it.
	SyncType string
	// SyncedAt is how a sync ended: Graph's lastSyncDateTime that came after the request, null where none was seen in time.
	// It is nil in a line that does not tell the end of a sync.
	SyncedAt *connector.Value
	Further
	Origin Origin
	// Hash is base64 of the line's RFC 6962 leaf hash. Append sets it.
	Hash string
}

// Further are members that few lines have.
type Further struct {
	// Run is the UUID of the changes that were begun together; empty for one that was begun alone.
	Run string
	// Observed is the number of the line of a change made elsewhere that this line settles, or takes back; 0 for none.
	Observed int64
	// Ticket is the https address of a ticket elsewhere; empty for none.
	Ticket string
}

// Graph is an answer of Microsoft Graph.
type Graph struct {
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// RequestID is Graph's request-id header, empty where no answer came.
	RequestID string
	// ClientRequestID is the client-request-id that was sent.
	ClientRequestID string
	// Message is Graph's own text about its refusal, without addresses and secrets, at most 1,000 characters; empty where
	// Graph refused nothing or said nothing.
	Message string
}

// Origin is where a line comes from: the request and the program. The audit log keeps it without exporting it.
type Origin struct {
	// SessionHash names the session without being it.
	SessionHash string
	// ClientAddress is the IP address that the request came from.
	ClientAddress string
	// Build is the version of the program.
	Build string
	// RoleSource says where the actor's roles come from, for instance the claim's name.
	RoleSource string
}
