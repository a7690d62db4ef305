// Package problems draws what went wrong, as a page, as a note in one, and in Graph’s own words.
package problems

import (
	"strconv"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/components"
	"switchboard/views/frame"
	"switchboard/views/gates"
)

// Problem is what went wrong, as a person is shown it.
type Problem struct {
	// Status is the answer's HTTP status.
	Status  int
	Problem problem.Problem
	// Steps are ways through the provider that can undo it, the best first.
	Steps []gates.Help
	// Scope is the permission of Graph that this needs, Stranger says that nobody is signed in who could have it.
	Scope    string
	Stranger bool
	// Kept says that what was typed is kept, and fills the form when it is opened again.
	Kept bool
	// Next are the ways on, the best first.
	Next []frame.Crumb
	// Again offers to ask for the same page once more; it is for pages that were asked for, not for forms that were sent.
	Again bool
	// RequestID is this request's, as the log has it.
	RequestID string
	Now       time.Time
}

// Title is the page's title.
func (m Problem) Title() string { return components.Shown(m.Problem.Title()) }

// retry says when it is worth trying again; empty where nothing is known.
func (m Problem) retry() string { return retry(m.Problem, m.Now) }

func retry(p problem.Problem, now time.Time) string {
	wait := p.RetryAfter()
	switch {
	case wait <= 0:
		return ""
	case wait < time.Minute:
		return "Try again in " + connector.Span(max(wait, time.Second)) + "."
	}
	return "Try again " + components.Again(now.Add(wait), now) + "."
}

// quoted are the ids for support, this request's first.
func (m Problem) quoted() []problem.ID {
	ids := m.Problem.IDs()
	if m.RequestID != "" {
		ids = append([]problem.ID{{Label: "Request id", Value: m.RequestID}}, ids...)
	}
	return ids
}

func (m Problem) status() string { return strconv.Itoa(m.Status) }

// steps are those that the person can take at once.
func (m Problem) steps() []gates.Help {
	var own []gates.Help
	for _, step := range m.Steps {
		if !step.Copy {
			own = append(own, step)
		}
	}
	return own
}

// Misdirected is for somebody who came by another name than the product's.
type Misdirected struct {
	Problem problem.Problem
	// Address is the product's, Link the page there that they asked for.
	Address, Link string
	RequestID     string
}
