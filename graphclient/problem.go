package graphclient

import (
	"errors"
	"strings"
	"time"

	"switchboard/connector"
	"switchboard/problem"
)

// retryUnsaid is how long people are asked to wait where Graph asks for nothing.
const retryUnsaid = 15 * time.Second

// Explain is the problem that an error carries, or that it stands for, in a person's words. Graph's own text is not
// among them: it is written for developers, and may change or repeat what was typed.
func Explain(err error) problem.Problem {
	var said problem.Problem
	var failed *Error
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &failed):
		return failed.explain().Quoting("Graph's request-id", failed.RequestID).Because(err)
	}
	return problem.New(problem.Internal, "Something went wrong on our side.").Because(err)
}

func (e *Error) explain() problem.Problem {
	switch e.Class {
	case Refused:
		return e.refused()
	case Forbidden:
		return problem.New(problem.Forbidden, "Intune does not let you do this.").Behind(problem.Permission).
			Advising("Your role in Intune lacks the permission: ask an Intune administrator for 'Device compliance policies', Read to see connectors and Update to change them.")
	case NoAccess:
		return problem.New(problem.Forbidden, "Intune does not know you as somebody who may use it.").Behind(problem.Licence).
			Advising("You may lack an Intune licence or any role in Intune: ask an Intune administrator for both. Signing in again changes nothing.")
	case ConsentMissing:
		return problem.New(problem.Forbidden, "The organization has not consented to what this needs.").Behind(problem.Scope).
			Advising("An administrator of the tenant has to consent to " + strings.Join(e.Scopes, " or ") + ".")
	case NotFound:
		return problem.New(problem.NotFound, "Graph knows no connector with this id.").
			Advising("It may have been replaced by a newer one. Look for it in the list.")
	case Conflict:
		return problem.New(problem.Conflict, "Graph says that this connector was changed meanwhile.").
			Saying("Nothing was stored. What you typed is kept.").
			Advising("Review your changes again: the values are read anew.")
	case NoToken: // for a reason that is no problem of sign-in's: nobody is signed out by an outage
		return problem.New(problem.Unavailable, "Your sign-in cannot be used just now.").
			Advising("Try again in a moment.").After(retryUnsaid)
	case SignInAgain:
		return problem.New(problem.SignedOut, "Graph does not accept your sign-in any more.").Advising("Sign in again.")
	case ClaimsNeeded:
		return problem.New(problem.Forbidden, "Your organization asks for one more proof that it is you.").
			Saying("Nothing was stored.").Advising("Sign in again to give it, then repeat this.")
	case Misconfigured:
		return problem.New(problem.Unavailable, "The configured address is not that of Microsoft Graph.").
			Advising("Whoever runs Switchboard can find out more with 'switchboard check'.").After(time.Minute)
	}
	return e.unavailable()
}

// refused names no field: Graph does not say reliably which value it did not like.
func (e *Error) refused() problem.Problem {
	said := problem.New(problem.Invalid, "Graph refused the values.").Saying("Nothing was stored. What you typed is kept.")
	if e.InnerCode == "" && strings.HasPrefix(e.Text, "An error has occurred") {
		return said.Advising("Intune gave no reason. It may be a value that Intune does not let anybody set.")
	}
	return said.Advising("Check the values that you changed. Graph's code is " + code(e) + ".")
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
	case e.Class == Throttled:
		return problem.New(problem.Unavailable, "Graph asks to slow down.").
			Advising("Try again a little later.").After(wait)
	case e.Class == NotSent:
		return problem.New(problem.Unavailable, "Graph could not be reached.").
			Saying("The change was not sent. What you typed is kept.").Advising("Try again in a moment.").After(wait)
	case e.senseless == one:
		return problem.New(problem.Unavailable, "Graph’s answer for this connector cannot be read.").
			Saying(e.faults()).Advising("Try again in a moment. If it lasts, give the request id to whoever runs Switchboard.").After(wait)
	case e.senseless != "":
		return problem.New(problem.Unavailable, "Graph’s answer for the list of connectors cannot be read.").
			Advising("Try again in a moment. If it lasts, give the request id to whoever runs Switchboard.").After(wait)
	}
	return problem.New(problem.Unavailable, "Graph is not answering.").Advising("Try again in a moment.").After(wait)
}

// faults says what is wrong with an object that is no connector.
func (e *Error) faults() string {
	var object connector.Unreadable
	if !errors.As(e.cause, &object) {
		return "It is not the connector that was asked for."
	}
	return "It is not what Graph describes: " + object.Error() + "."
}
