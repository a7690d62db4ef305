package graphclient

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// retryUnsaid is how long people are asked to wait where Graph asks for nothing.
const retryUnsaid = 15 * time.Second

// tellAdmin is what to do about a configuration that does not fit.
const tellAdmin = "Tell an administrator of Switchboard, who can find out more with ‘switchboard check’."

// Explain is the problem that an error carries, or that it stands for, in a person's words. Graph's own text is quoted
// beside them and never among them: it is written for developers, and may change or repeat what was typed.
func Explain(err error) problem.Problem {
	var said problem.Problem
	var failed *Error
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &failed):
		return failed.explain().Quoting("Graph’s request-id", failed.RequestID).Verbatim(failed.Text).Because(err)
	}
	return problem.New(problem.Internal, "Something went wrong on our side.").
		Advising("Try again. If it lasts, give the request id to an administrator of Switchboard.").Because(err)
}

func (e *Error) explain() problem.Problem {
	switch e.Class {
	case Refused, Conflict:
		return e.refused()
	case Forbidden, NoAccess, ConsentMissing:
		return e.barred()
	case NotFound:
		return problem.New(problem.NotFound, "Graph knows no connector with this id.").
			Advising("It may have been replaced by a newer one. Look for it in the list.")
	case NoToken: // for a reason that is no problem of sign-in's: nobody is signed out by an outage
		return problem.New(problem.Unavailable, "Your sign-in cannot be used just now.").
			Advising("Try again in a moment.").After(retryUnsaid)
	case SignInAgain:
		return problem.New(problem.SignedOut, "Graph does not accept your sign-in any more.").Advising("Sign in again.")
	case ClaimsNeeded:
		return problem.New(problem.Forbidden, "Your organization asks for one more proof that it is you.").
			Saying("Nothing was stored.").Advising("Sign in again to give it, then repeat this.")
	case Misconfigured:
		return e.misconfigured()
	}
	return e.unavailable()
}

// barred names the gate that was closed, if the answer says which.
func (e *Error) barred() problem.Problem {
	switch {
	case e.By == Bare && e.Class == Forbidden:
		return problem.New(problem.Forbidden, "Graph does not let you do this, and does not say why.").
			Advising("Give the ids below to an Intune administrator.")
	case e.Class == Forbidden:
		return problem.New(problem.Forbidden, "Intune does not let you do this.").Behind(problem.Permission).
			Advising("Your role in Intune lacks the permission: ask an Intune administrator for ‘Device compliance policies’, Read to see connectors and Update to change them.")
	case e.Class == ConsentMissing:
		return problem.New(problem.Forbidden, "The organization has not consented to what this needs.").Behind(problem.Scope).
			Advising("An administrator of the tenant has to consent to " + strings.Join(e.Scopes, " or ") + ".")
	}
	unknown := problem.New(problem.Forbidden, "Intune does not know you as one of its users.").
		Advising("You may lack an Intune licence or any role in Intune: ask an Intune administrator for both. Signing in again changes nothing.")
	if e.By == Bare {
		return unknown
	}
	return unknown.Behind(problem.Licence)
}

// misconfigured is the problem of a read that Graph refuses to everybody, or of the rest of a list.
func (e *Error) misconfigured() problem.Problem {
	wait := max(e.RetryAfter, time.Minute)
	if e.expired { // it gave the pages before: neither the tenant nor the address is at fault
		return problem.New(problem.Unavailable, "Graph’s list of connectors cannot be read to its end.").
			Saying("Graph gave its beginning and refused the rest, also when it was asked anew.").
			Advising("Try again in a moment. If it lasts, give the request id to an administrator of Switchboard.").
			After(max(e.RetryAfter, retryUnsaid))
	}
	if e.wrongAddress() {
		return problem.New(problem.Unavailable, "The configured address of Microsoft Graph lacks its version, or is of another service.").
			Advising(tellAdmin).After(wait)
	}
	return problem.New(problem.Unavailable, "Graph does not read connectors for this tenant at the configured address.").
		Advising("Either Intune does not serve the tenant, or the address is wrong. " + tellAdmin).
		After(wait)
}

// refused names no field: Graph does not say reliably which value it did not like.
func (e *Error) refused() problem.Problem {
	if e.call == synced {
		return e.syncRefused()
	}
	kept := func(kind problem.Kind, title string) problem.Problem {
		return problem.New(kind, title).Saying("Nothing was stored. What you typed is kept.")
	}
	switch {
	case e.Class == Conflict:
		return kept(problem.Conflict, "Graph says that this connector was changed meanwhile.").
			Advising("Review your changes again: the values are read anew.")
	case e.wrongTenant() || e.wrongAddress():
		return kept(problem.Invalid, "Graph takes no changes for this tenant at the configured address.").
			Advising("The values are not at fault. " + tellAdmin)
	case e.unexplained():
		return kept(problem.Invalid, "Graph refused the values.").
			Advising("Intune gave no reason. It may be a value that Intune lets nobody set: change one value at a time to find it.")
	}
	return kept(problem.Invalid, "Graph refused the values.").
		Advising("Check the values that you changed. Graph’s code is " + code(e) + ".")
}

// syncRefused is of a request that holds no values: only what kind of sync.
func (e *Error) syncRefused() problem.Problem {
	const nothing = "No sync was asked for, and the connector is as it was."
	switch {
	case e.Class == Conflict:
		return problem.New(problem.Conflict, "Graph refused to sync this connector now.").Saying(nothing).
			Advising("A sync may be under way already, or the connector may be in a state in which it cannot sync. Look at its last sync, then ask again.")
	case e.wrongTenant() || e.wrongAddress():
		return problem.New(problem.Invalid, "Graph starts no sync for this tenant at the configured address.").Saying(nothing).
			Advising(tellAdmin)
	case e.unexplained():
		return problem.New(problem.Invalid, "Graph refused to sync this connector.").Saying(nothing).
			Advising("Intune gave no reason. It may be a connector that no longer syncs: look at its health and its type.")
	}
	return problem.New(problem.Invalid, "Graph refused to sync this connector.").Saying(nothing).
		Advising("It may not take this kind of sync: try the other kind. Graph’s code is " + code(e) + ".")
}

// unexplained says that Intune refused without a reason.
func (e *Error) unexplained() bool {
	return e.InnerCode == "" && (e.Text == "" || strings.HasPrefix(e.Text, "An error has occurred"))
}

func code(e *Error) string {
	for _, code := range []string{e.InnerCode, e.Code} {
		if code != "" {
			return code
		}
	}
	return "not given"
}

func (e *Error) unavailable() problem.Problem {
	wait := e.RetryAfter
	if wait <= 0 {
		wait = retryUnsaid
	}
	switch {
	case e.busy:
		return e.crowded().After(wait)
	case e.Class == Throttled && e.call == synced:
		return problem.New(problem.Unavailable, "Graph asks to slow down.").Saying("No sync was asked for.").
			Advising("Intune may want some minutes between two syncs. Wait, then ask again.").After(wait)
	case e.Class == Throttled:
		return problem.New(problem.Unavailable, "Graph asks to slow down.").
			Advising("Try again a little later.").After(wait)
	case e.Class == NotSent && e.call == synced:
		return problem.New(problem.Unavailable, "Graph could not be reached.").
			Saying("No sync was asked for.").Advising("Try again in a moment.").After(wait)
	case e.Class == NotSent:
		return problem.New(problem.Unavailable, "Graph could not be reached.").
			Saying("The change was not sent. What you typed is kept.").Advising("Try again in a moment.").After(wait)
	case e.By == Between:
		return problem.New(problem.Unavailable, "Something between Switchboard and Graph answered in Graph’s place.").
			Advising(fmt.Sprintf("A proxy, a gateway or a sign-in page of the network answered with status %d. Try again in a moment. If it lasts, tell an administrator of Switchboard.", e.Status)).
			After(wait)
	case e.By == Graph && e.Status >= 400 && e.Status < 500:
		return problem.New(problem.Unavailable, "Graph refuses to read this just now.").Advising("Try again in a moment.").After(wait)
	case e.senseless == one:
		return problem.New(problem.Unavailable, "Graph’s answer for this connector cannot be read.").
			Saying(e.faults()).Advising("Try again in a moment. If it lasts, give the request id to an administrator of Switchboard.").After(wait)
	case e.senseless != "":
		return problem.New(problem.Unavailable, "Graph’s answer for the list of connectors cannot be read.").
			Advising("Try again in a moment. If it lasts, give the request id to an administrator of Switchboard.").After(wait)
	}
	if tooMuch := e.tooMuch(); tooMuch != "" {
		return problem.New(problem.Unavailable, "Graph answers more than Switchboard reads.").Saying(tooMuch).Advising(tellAdmin).After(wait)
	}
	return problem.New(problem.Unavailable, "Graph is not answering.").Advising("Try again in a moment.").After(wait)
}

// tooMuch says which bound an answer is beyond; empty where it is none.
func (e *Error) tooMuch() string {
	switch {
	case errors.Is(e.cause, errTooLong):
		return fmt.Sprintf("Its list of connectors has more than %s of them, or more than %s pages.", connector.Thousands(maxObjects), connector.Thousands(maxPages))
	case errors.Is(e.cause, errTooLarge):
		return "One of its answers is too long to be read."
	}
	return ""
}

// crowded is of a call whose turn did not come.
func (e *Error) crowded() problem.Problem {
	said := problem.New(problem.Unavailable, "Switchboard is busy.").
		Advising("More requests wait for their turn at Graph than it is asked at once. Try again in a moment.")
	switch {
	case e.Class == NotSent && e.call == synced:
		return said.Saying("No sync was asked for.")
	case e.Class == NotSent:
		return said.Saying("The change was not sent. What you typed is kept.")
	}
	return said
}

// faults says what is wrong with an object that is no connector.
func (e *Error) faults() string {
	var object connector.Unreadable
	if !errors.As(e.cause, &object) {
		return "It is not the connector that was asked for."
	}
	return "It is not what Graph describes: " + object.Error() + "."
}
