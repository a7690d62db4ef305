package account

import (
	"time"

	"switchboard/internal/connector"
)

// SignedOut is for somebody without a session.
type SignedOut struct {
	// Consent says that an administrator comes back from where consent is given, whatever they answered there.
	Consent bool
	// SignedIn says that somebody is signed in who comes here: by the history or a bookmark, or in another tab since.
	SignedIn bool
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
	case m.SignedIn:
		return "You are signed in"
	case m.Ended:
		return "Your session has ended"
	}
	return "You are signed out"
}

// why says why the session is over, and whether anything was sent.
func (m SignedOut) why() string {
	if m.Consent {
		return "Tell the person who sent you the link to try again in a minute. Switchboard then shows whether the permission is there."
	}
	if m.SignedIn {
		return "You are signed in in this browser."
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

// typed says where to find what was typed.
func (m SignedOut) typed() string {
	if m.Kept {
		return "What you typed is kept for half an hour: sign in, and the form has it."
	}
	return "What you typed may still be in your browser: go back one page, copy it, then sign in and paste it into the form."
}

// LoggingOut is for somebody who has just signed out.
type LoggingOut struct {
	// Next is where the page leads: to the provider that signs them out there as well (Elsewhere), or to our own last page.
	Next      string
	Elsewhere bool
}

func (m LoggingOut) what() string {
	if m.Elsewhere {
		return "You are signed out of Switchboard. The next page signs you out of your account at the provider too."
	}
	return "You are signed out of Switchboard. " + providerStays
}

// providerStays is for a provider that lets nobody be signed out from here.
const providerStays = "Your account at the identity provider may still be signed in in this browser: Switchboard cannot sign you " +
	"out there. The next sign-in here asks for it again."
