package bulk

import (
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
)

// State is how a run stands.
type State string

// The states. A run that is stopped or done never goes on.
const (
	Running State = "running"
	Paused  State = "paused"
	Stopped State = "stopped"
	Done    State = "done"
)

// Run is one run as it stands.
type Run struct {
	ID string
	// Starter is who started it, Holder who started or last resumed it: by whose token it goes on.
	Starter, Holder access.Actor
	State           State
	// Pause says why it is paused; it is zero in any other state.
	Pause Pause
	// SyncType is what is asked of every connector; empty for an edit.
	SyncType string
	Reason   string
	// Reverts is the run of which this one puts back what was applied; empty for none.
	Reverts string
	// StartedAt is when it began, ChangedAt when it or one of its rows changed last, EndedAt when it was done or stopped.
	StartedAt, ChangedAt, EndedAt time.Time
	Counts                        Counts
	// WaitsUntil is when something may be sent again after Graph asked to slow down; zero where nothing waits for that.
	WaitsUntil time.Time
	// Unproven says that nothing proves that it is what a person asked for.
	Unproven bool
}

// Over says whether the run never goes on.
func (r Run) Over() bool { return r.State == Stopped || r.State == Done }

// Pause is why a run does not go on by itself.
type Pause struct {
	Why Why
	// By is who paused it by hand, and zero otherwise.
	By access.Actor
	// Title and Advice are what Graph, the provider or Switchboard said to whom the run stands on, in a person's words; they may be
	// empty.
	Title, Advice string
	// Change is the one that brought it about; empty where none did.
	Change string
	At     time.Time
}

// Why is the kind of reason why a run is paused.
type Why string

// The reasons.
const (
	ByHand    Why = "person"  // somebody paused it
	NoSession Why = "session" // whom it stands on is signed in nowhere
	NoRole    Why = "role"    // whom it stands on may not edit any more
	NoAccess  Why = "access"  // the provider or Graph wants something first, before any change: a consent, a further proof, a role
	ByGraph   Why = "refused" // Graph answered a change with 401 or 403
	Trouble   Why = "trouble" // three rows one after another ended in doubt, were not applied, or could not be read
	BrokenLog Why = "chain"   // the audit log does not match what was signed
	NotProven Why = "seal"    // nothing proves that it is what a person asked for
)

// Outcome is where a row stands: on the way, or what became of its change.
type Outcome string

// The outcomes. The words of changes are those of the audit log.
const (
	Waiting         Outcome = "waiting"
	Sending         Outcome = "sending"
	Applied         Outcome = "applied"
	Conflict        Outcome = "conflict" // what would change holds another value by now; nothing was sent
	Rejected        Outcome = "rejected"
	RowInDoubt      Outcome = "in_doubt"
	AppliedObserved Outcome = "applied_observed"
	NotApplied      Outcome = "not_applied"
	Superseded      Outcome = "superseded"
	Skipped         Outcome = "skipped" // nothing was sent; Note.Why says for which reason
)

// Outcomes are all outcomes, in the order of a page.
func Outcomes() []Outcome {
	return []Outcome{Waiting, Sending, Applied, AppliedObserved, Conflict, Rejected, RowInDoubt, NotApplied, Superseded, Skipped}
}

// Counts say how many rows of a run stand where; Left are those that wait or are being sent, and all but Total sum to it.
type Counts struct {
	Total, Applied, Conflict, Rejected, InDoubt, NotApplied, Superseded, Skipped, Left int
}

func (c *Counts) add(outcome Outcome, rows int) {
	c.Total += rows
	switch outcome {
	case Applied, AppliedObserved:
		c.Applied += rows
	case Conflict:
		c.Conflict += rows
	case Rejected:
		c.Rejected += rows
	case RowInDoubt:
		c.InDoubt += rows
	case NotApplied:
		c.NotApplied += rows
	case Superseded:
		c.Superseded += rows
	case Skipped:
		c.Skipped += rows
	default:
		c.Left += rows
	}
}

// Row is one connector of a run.
type Row struct {
	// Position is its place in the run, from 1.
	Position int
	// Connector is its id, Name what the review's list called it.
	Connector string
	Name      connector.Name
	Outcome   Outcome
	Note      Note
	// Change is the change that was begun for it last; empty before the first. A row that waits and has one was asked to by Graph.
	Change string
	// Tries counts how often Graph asked to wait, or could not be read.
	Tries int
	// Fields are what would change, with the value that the review showed; nil for a sync. What was stored is the change's to say.
	Fields    []connector.FieldChange
	ChangedAt time.Time
	// Unproven says that nothing proves that it is what a person asked for.
	Unproven bool
}

// Note is what is known of a row for which nothing was sent.
type Note struct {
	// Why is set where the row was skipped.
	Why SkippedWhy `json:"why,omitempty"`
	// Conflicts are the three sides of each property that stood in the way: what the review showed, what Graph holds, what is wanted.
	Conflicts []connector.Conflict `json:"conflicts,omitempty"`
	// Behind is the change that the row would have had to wait for.
	Behind string `json:"behind,omitempty"`
	// Said is what went wrong, in a person's words; it may be empty.
	Said string `json:"said,omitempty"`
}

// SkippedWhy is why a row was skipped.
type SkippedWhy string

// The reasons.
const (
	IsGone       SkippedWhy = "gone"       // Graph knows no such connector by now
	BehindDoubt  SkippedWhy = "behind"     // another change of it is in doubt
	SameByNow    SkippedWhy = "same"       // it holds by now what is wanted
	NotRead      SkippedWhy = "unreadable" // it could not be read, five times
	NotAskedSuch SkippedWhy = "unfit"      // what is wanted cannot be asked of Graph
)

// Page is a part of a run's rows.
type Page struct {
	// Outcomes are those that count; none: all.
	Outcomes []Outcome
	// After leaves out so many of them, Most bounds how many come.
	After, Most int
}
