package changes

import (
	"errors"
	"time"

	"switchboard/audit"
	"switchboard/graphclient"
	"switchboard/problem"
)

// words are a problem as it was said when the change failed, so that the same form sent again gets the same answer.
type words struct {
	Kind   problem.Kind  `json:"kind"`
	Title  string        `json:"title"`
	Detail string        `json:"detail,omitempty"`
	Advice string        `json:"advice,omitempty"`
	After  time.Duration `json:"after,omitempty"`
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
	c.Outcome = audit.NotApplied
	var failed *graphclient.Error
	if errors.As(err, &failed) {
		c.GraphStatus, c.GraphRequestID = failed.Status, failed.RequestID
		c.Outcome = outcomeOf(failed)
	}
	if c.Outcome != audit.InDoubt {
		c.failure = wordsOf(refused(err))
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
	said := problem.New(c.failure.Kind, c.failure.Title).Saying(c.failure.Detail).Advising(c.failure.Advice).
		After(c.failure.After).Quoting("Graph's request-id", c.GraphRequestID).Quoting("Change", c.ID)
	if cause != nil {
		said = said.Because(cause)
	}
	return said
}

func wordsOf(p problem.Problem) words {
	return words{p.Kind(), p.Title(), p.Detail(), p.Advice(), p.RetryAfter()}
}

// refused puts the failure of a write into words. What was not sent, or was refused, changed nothing.
func refused(err error) problem.Problem {
	said := graphclient.Explain(err)
	if said.Detail() == "" {
		said = said.Saying("Nothing was changed in Graph. What you typed is kept.")
	}
	return said
}

// unread puts the failure of the read before a write into words: without it nothing is sent.
func unread(err error) error {
	said := graphclient.Explain(err)
	if said.Kind() == problem.Unavailable {
		return problem.New(problem.Unavailable, "Graph could not be read just before the save, so nothing was sent.").
			Saying("Switchboard compares before it writes. What you typed is kept.").
			Advising(said.Advice()).After(max(said.RetryAfter(), 5*time.Second)).Because(err)
	}
	return said
}
