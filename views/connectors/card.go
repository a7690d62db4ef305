// Package connectors draws the overview, the list of connectors, and one connector with its sync.
package connectors

import (
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/gates"
)

// Card is one connector as its page, and the fragment that takes its place, show it.
type Card struct {
	Connector connector.Connector
	Health    connector.Health
	Sentence  connector.Sentence
	// Actor looks at the card. What they may not do is absent from it.
	Actor access.Actor
	// Now is the time that ages are told from.
	Now time.Time
	Reading
	// Receipt is that of the change just made, or of one in doubt; nil for none.
	Receipt *changes.Receipt
	// Problem is why a sync was not asked for, or nothing was left here; its zero value is none.
	Problem problem.Problem
	// Sync is the form that asks for a sync; nil where this person may not, or not now.
	Sync *Sync
	// Progress is how far a sync that was asked for lately has come; nil for none.
	Progress *Progress
	// Gates are what stands between this person and an edit, as far as it is known.
	Gates gates.Gates
	// History is the newest first.
	History []changes.Event
	// Desk is what people have left here.
	Desk Desk
	// Audited links the history to the audit log, for those who may read it.
	Audited bool
	Caller  Caller
}

// Reading is where the values come from.
type Reading struct {
	// Read is when Graph gave these values.
	Read time.Time
	// Past is what people's earlier reads tell of the connector's health; it may be empty.
	Past string
	// Returned says that a PATCH returned these values, rather than a read of their own.
	Returned bool
	// Later is what a read after the PATCH said, where that is something else; nil where it agrees or was not made.
	Later *Later
	// Behind are properties that Graph still shows as they were before a change made through Switchboard a short while ago: Was is
	// what it shows, Is what the change stored or asked for.
	Behind []connector.Drift
	// Stale says why the values are old ones. Nil for values of now.
	Stale *Stale
}

// Later is a read made after a PATCH whose answer is shown.
type Later struct {
	// Failed says that Graph did not let itself be read.
	Failed bool
	// ReadBack says that the values shown were read after the save, and not returned to it.
	ReadBack bool
	// Behind says that the read still gave the values from before, and differs in nothing else.
	Behind bool
	// Differing are the properties that the read gave otherwise: Was is what the PATCH returned, Is what was read.
	Differing []connector.Drift
}

// title says whose values are shown, and what a read after them gave.
func (m Later) title() string {
	title := "These are the values that Graph returned to the save."
	if m.ReadBack {
		title = "These are the values that Switchboard read after the save."
	}
	switch {
	case m.Failed:
		return title
	case m.Behind:
		return title + " A later read still shows the values from before."
	}
	return title + " A read a moment later says something else."
}

// Title is the card's page title.
func (m Card) Title() string {
	name := components.ShownName(m.Connector.Name())
	if m.Receipt != nil {
		return m.Receipt.Word() + ", " + name
	}
	return m.Health.Label() + ", " + name
}

// inDoubt says whether an edit of this connector is in doubt: further edits wait for it.
func (m Card) inDoubt() bool { return m.Receipt != nil && m.Receipt.Open() && m.Receipt.SyncType == "" }

// mayEdit says whether this person's role lets them edit; whether they can right now is another question.
func (m Card) mayEdit() bool { return m.Actor.May(access.Edit) }

// kept is when stale values were read, zero for values of now: relative times of old values count from there.
func (m Card) kept() time.Time {
	if m.Stale == nil {
		return time.Time{}
	}
	return m.Read
}

// origin says where the values come from; how long ago stands behind it.
func (m Card) origin() string {
	switch {
	case m.Stale != nil:
		return "as of " + components.Clock(m.Read, m.Now) + ", "
	case m.Returned:
		return "as returned by Graph "
	}
	return "read from Graph "
}

// displayed are the properties in the order of the form, the id last.
func displayed() []connector.Property {
	id, _ := connector.Lookup(connector.ID)
	return append(connector.Editable(), id)
}
