package changes

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/live"
	"switchboard/internal/problem"
)

// words are a problem as it was said when the change failed, so that the same form sent again gets the same answer.
type words struct {
	Kind   problem.Kind  `json:"kind"`
	Title  string        `json:"title"`
	Detail string        `json:"detail,omitempty"`
	Advice string        `json:"advice,omitempty"`
	After  time.Duration `json:"after,omitempty"`
	Gate   problem.Gate  `json:"gate,omitempty"`
	// Asked is how long Graph asked to wait; 0 where it did not.
	Asked time.Duration `json:"asked,omitempty"`
	// Quote is Graph's own text about its refusal.
	Quote string `json:"quote,omitempty"`
	// Between tells, of a change in doubt, that something between Switchboard and Graph answered in Graph's place.
	Between bool `json:"between,omitempty"`
	// Orphaned tells, of a change that has not failed, that its process ended before it recorded an outcome.
	Orphaned bool `json:"orphaned,omitempty"`
	// ReadBack tells, of a change that has not failed, that its answer did not hold the object, which was read then.
	ReadBack bool `json:"read_back,omitempty"`
}

// answered is the change with what Graph's answer, or the lack of one, says of it.
func (c Change) answered(answer graphclient.Answer, err error) Change {
	c.GraphStatus, c.GraphRequestID, c.Took = answer.Status, answer.RequestID, answer.Took
	if err == nil {
		c.Outcome = audit.Applied
		if answer.HasObject {
			c = c.returning(answer.Object)
		}
		return c
	}
	c.Outcome = audit.InDoubt // of what is not known to have failed nothing is certain
	var failed *graphclient.Error
	if errors.As(err, &failed) {
		c.GraphStatus, c.GraphRequestID = failed.Status, failed.RequestID
		c.Outcome = outcomeOf(failed)
		c.failure.Between = failed.By == graphclient.Between
	}
	if c.Outcome != audit.InDoubt {
		c.failure = wordsOf(refused(err))
		if failed != nil { // a sign-in that has to be renewed explains itself, without Graph's words
			c.failure.Quote, c.failure.Asked = failed.Text, failed.RetryAfter
		}
	}
	return c
}

// outcomeOf says what a failure means for a PATCH. Only what is certain is called rejected or not applied.
func outcomeOf(failed *graphclient.Error) audit.Outcome {
	switch {
	case failed.Class == graphclient.InDoubt:
		return audit.InDoubt
	case failed.Class == graphclient.NotSent, failed.Class == graphclient.Unavailable, failed.Class == graphclient.NoToken && failed.Status == 0:
		return audit.NotApplied
	}
	return audit.Rejected
}

// problem is what the person is told of a change that failed, nil for any other. The cause is for the log.
func (c Change) problem(cause error) error {
	if c.Open() || c.failure.Title == "" {
		return nil
	}
	if c.Repeated && c.failure.Kind == problem.SignedOut { // they have signed in again since, and must not be signed out for it
		return problem.New(problem.Unavailable, "Graph did not accept your sign-in when this form was sent.").
			Saying("Nothing was changed in Graph. What you typed is kept.").Advising("Send it again.").
			After(time.Second).Quoting("Change", c.ID)
	}
	said := problem.New(c.failure.Kind, c.failure.Title).Saying(c.failure.Detail).Advising(c.failure.Advice).
		After(c.failure.After).Behind(c.failure.Gate).Verbatim(c.failure.Quote).Quoting("Graph’s request-id", c.GraphRequestID).Quoting("Change", c.ID)
	if cause != nil {
		said = said.Because(cause)
	}
	return said
}

// conclude commits an outcome: the change's row and a line of the audit log, in one transaction. The actor of the line is the
// person whose token showed the outcome. A change that was in doubt meanwhile is resolved by it.
func (s *Service) conclude(ctx context.Context, p Person, from audit.Origin, change *Change, action audit.Action) (err error) {
	change.OutcomeAt = s.Now().UTC().Truncate(time.Microsecond)
	was := audit.Pending
	if !s.inFlight.has(change.ID) { // what this process sends is pending, unless it took so long that somebody put it in doubt
		was, err = openAs(ctx, s.Database, *change)
	}
	for err == nil {
		if err = s.concludeFrom(ctx, p, from, change, action, was); !errors.Is(err, errOvertaken) {
			break
		}
		was, err = openAs(ctx, s.Database, *change)
	}
	if err == nil {
		s.Concluded(change.Action, change.Outcome)
	}
	return err
}

// concludeFrom is conclude for a change that is open as was says; errOvertaken where it is not.
func (s *Service) concludeFrom(ctx context.Context, p Person, from audit.Origin, change *Change, action audit.Action, was audit.Outcome) error {
	if was == audit.InDoubt {
		action = audit.Resolved
	}
	concluded, err := change.conclusion(was)
	if err != nil {
		return err
	}
	record := func(tx *sql.Tx) error {
		// The audit log's lock before the row's, as an intent takes them: in the other order the two would wait for each
		// other.
		if _, err := s.AuditLog.Append(ctx, tx, s.line(p, from, *change, action)); err != nil {
			return err
		}
		if err := concludeChange(ctx, tx, concluded); err != nil {
			return err
		}
		if err := s.tellRun(ctx, tx, *change, was); err != nil {
			return err
		}
		return s.tell(ctx, tx, *change)
	}
	kept := false
	err = s.Database.WriteInTurn(ctx, func(tx *sql.Tx) (err error) {
		if kept, err = s.keepAnswer(ctx, tx, p, *change); err != nil {
			return err
		}
		return record(tx)
	})
	if errors.Is(err, errUnkept) {
		s.Log.WarnContext(ctx, "an outcome is recorded alone", "change", change.ID, "error", err.Error())
		err = s.Database.WriteInTurn(ctx, record)
	}
	change.Kept = kept && err == nil
	return err
}

// tell has open pages ask what the change has come to. An intent is not told: it is no news until it has an outcome, and each page
// that shows the connector would read it twice.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, change Change) error {
	if change.Action == audit.Sync {
		return s.Pages.Tell(ctx, tx, live.Event{Kind: live.Sync, Connector: change.Connector})
	}
	return s.Pages.Tell(ctx, tx, live.Event{Kind: live.Change, Connector: change.Connector, Change: change.ID})
}

// finish commits the outcome of what was just sent. If that fails, the change is shown as in doubt until the outcome is
// recorded or a read resolves it.
func (s *Service) finish(ctx context.Context, p Person, from audit.Origin, change Change, cause error) (Change, error) {
	recording, cancel := within(ctx, max(recordWithin, min(recordAtLength, s.leftOf(change))))
	defer cancel()
	err := s.conclude(recording, p, from, &change, change.Action)
	for database.Locked(err) && recording.Err() == nil {
		err = s.conclude(recording, p, from, &change, change.Action)
	}
	if errors.Is(err, errFinished) { // it was in doubt for so long that a read has resolved it
		return s.byID(recording, change.ID)
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "the outcome of a change could not be recorded yet", "change", change.ID, "outcome", change.Outcome, "error", err.Error())
		if change.Outcome != audit.InDoubt {
			s.keepUnrecorded(p, from, change)
		}
		change.Outcome = audit.InDoubt
		return change, nil
	}
	s.tellLog(ctx, change)
	return change, change.problem(cause)
}

// tellLog writes what came of a change into the program's log, with the run that it is of, if it is of one.
func (s *Service) tellLog(ctx context.Context, change Change) {
	line := []any{"change", change.ID, "connector", change.Connector, "action", change.Action,
		"outcome", change.Outcome, "graph_status", change.GraphStatus, "graph_request_id", change.GraphRequestID}
	if change.Run != "" {
		line = append(line, "run", change.Run)
	}
	s.Log.InfoContext(ctx, "change", line...)
}

func wordsOf(p problem.Problem) words {
	return words{Kind: p.Kind(), Title: p.Title(), Detail: p.Detail(), Advice: p.Advice(), After: p.RetryAfter(), Gate: p.Gate(), Quote: p.Quote()}
}

// refused puts the failure of a write into words. What was not sent, or was refused, changed nothing.
func refused(err error) problem.Problem {
	said := graphclient.Explain(err)
	if said.Detail() == "" {
		said = said.Saying("Nothing was changed in Graph.")
	}
	return said
}

// unread puts the failure of the read before a write into words: without it nothing is sent.
func unread(err error) error {
	said := graphclient.Explain(err)
	if said.Kind() == problem.Unavailable {
		title := "Graph could not be read just before the save, so nothing was sent."
		var failed *graphclient.Error
		if errors.As(err, &failed) && failed.Busy() {
			title = "Switchboard is busy, so nothing was sent."
		}
		return problem.New(problem.Unavailable, title).
			Saying("Switchboard compares before it writes. What you typed is kept.").
			Advising(said.Advice()).After(max(said.RetryAfter(), 5*time.Second)).Verbatim(said.Quote()).Because(err)
	}
	return said
}
