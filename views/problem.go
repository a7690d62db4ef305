package views

import (
	"strconv"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/components"
)

// Problem is what went wrong, as a person is shown it.
type Problem struct {
	// Status is the answer's HTTP status.
	Status  int
	Problem problem.Problem
	// Steps are ways through the provider that can undo it, the best first.
	Steps []Help
	// Scope is the permission of Graph that this needs.
	Scope string
	// Kept says that what was typed is kept, and fills the form when it is opened again.
	Kept bool
	// Next are the ways on, the best first.
	Next []Crumb
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

// Misdirected is for somebody who came by another name than the product's.
type Misdirected struct {
	Problem problem.Problem
	// Address is the product's, Link the page there that they asked for.
	Address, Link string
	RequestID     string
}

// NoRole is for somebody who is signed in and has none of the three roles.
type NoRole struct {
	// Claim is the name of the claim that roles are read from, Arrived its values in this sign-in.
	Claim   string
	Arrived []string
	// Wanted are the values that grant a role.
	Wanted []WantedRole
}

// WantedRole is a role and the claim's values that grant it.
type WantedRole struct {
	Role   access.Role
	Values []string
}

// LoggingOut is for somebody who has just signed out.
type LoggingOut struct {
	// Next is where the page leads: to the provider that signs them out there as well (Elsewhere), or to our own last page.
	Next      string
	Elsewhere bool
}

// providerStays is for a provider that lets nobody be signed out from here.
const providerStays = "Your account at the identity provider may still be signed in in this browser: Switchboard cannot sign you " +
	"out there. The next sign-in here asks for it again."

func (m LoggingOut) what() string {
	if m.Elsewhere {
		return "You are signed out of Switchboard. The next page signs you out of your account at the provider too."
	}
	return "You are signed out of Switchboard. " + providerStays
}

// SignedOut is for somebody without a session.
type SignedOut struct {
	// Consent says that an administrator comes back from where consent is given, whatever they answered there.
	Consent bool
	// Ended says that the session ended by itself while a form was sent, rather than by the person.
	Ended bool
	// Kept says that what was typed into that form is kept for the person.
	Kept bool
	// SignIn is the address at which a sign-in begins.
	SignIn string
	// Idle is how long a session lasts without activity; 0 leaves it out.
	Idle time.Duration
	// ProviderStays says that the session at the provider could not be ended.
	ProviderStays bool
}

// Title is the page's title.
func (m SignedOut) Title() string {
	switch {
	case m.Consent:
		return "Your answer is with the provider"
	case m.Ended:
		return "Your session has ended"
	}
	return "You are signed out"
}

// why says what has become of the session and of what was sent.
func (m SignedOut) why() string {
	if m.Consent {
		return "Tell the person who sent you the link to try again in a minute. Switchboard then shows whether the permission is there."
	}
	if !m.Ended {
		return "This browser holds nothing of Switchboard any more."
	}
	text := "You were not signed in any more when the form arrived, so nothing was sent to Graph."
	if m.Idle > 0 {
		text += " A session ends after " + connector.Span(m.Idle) + " without activity."
	}
	return text
}

// typed says what has become of what was typed.
func (m SignedOut) typed() string {
	if m.Kept {
		return "What you typed is kept for half an hour: sign in, and the form has it."
	}
	return "What you typed may still be in your browser: go back one page, copy it, then sign in and paste it into the form."
}

// roleDuty says what a role is for.
func roleDuty(role access.Role) string {
	switch role {
	case access.Admin:
		return "edits connectors"
	case access.Helpdesk:
		return "looks connectors up and explains them"
	case access.Auditor:
		return "reads and proves"
	}
	return ""
}
