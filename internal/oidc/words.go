package oidc

import (
	"time"

	"switchboard/internal/problem"
)

// RetryPause is what people are asked to wait where the provider does not say.
const RetryPause = 5 * time.Second

// AtSignIn is the refusal in the words of somebody who is signing in. It is never SignedOut, which would lead to /login
// and from there back here.
func (r *Refusal) AtSignIn() problem.Problem {
	p := r.common()
	switch r.Class {
	case SignInAgain, StepUp:
		p = problem.New(problem.BadRequest, "The sign-in was not finished.").Saying("Nobody was signed in.").Advising("Sign in again.")
		if r.Class == StepUp {
			p = p.Advising("Sign in again, and follow what your organization asks for.")
		}
	case Declined:
		p = problem.New(problem.Forbidden, "The sign-in was cancelled.").Saying("Nobody was signed in.").
			Advising("Sign in again, or use another account.")
	}
	return r.quoted(p)
}

// Problem is the refusal in the words of somebody who is signed in.
func (r *Refusal) Problem() problem.Problem { return r.atRefresh() }

// atRefresh is the refusal in the words of somebody who is signed in and needs another token.
func (r *Refusal) atRefresh() problem.Problem {
	p := r.common()
	switch {
	case r.EndsSession():
		p = problem.New(problem.SignedOut, r.ending()).Advising("Sign in again.")
	case r.OutdatedRoles:
		p = problem.New(problem.Forbidden, "Your role has to be confirmed before you change anything.").
			Saying("It was last confirmed more than an hour ago. Nothing was sent to Graph. You are still signed in.").
			Advising("Sign in again to go on.")
	case r.Class == Unasked:
		p = problem.New(problem.Forbidden, "Your sign-in has not asked for the permission to change connectors.").
			Saying("The identity provider gives it to a sign-in alone. Nothing was sent to Graph. You are still signed in.").
			Advising("Sign in again to ask for it.")
	case r.Class == Ungranted:
		p = problem.New(problem.Forbidden, "The permission to change connectors was not granted.").
			Saying("Your sign-in asked for " + r.Scope + ", and the identity provider left it out. Nothing was sent to Graph. You are still signed in.").
			Advising("Ask an administrator of the identity provider to grant it, then sign out and sign in again.")
	case r.Class == SignInAgain, r.Class == StepUp, r.Class == Declined:
		p = problem.New(problem.Forbidden, "Your organization wants you to confirm who you are.").
			Saying("Nothing was sent to Graph. You are still signed in.").Advising("Sign in again to go on.")
	}
	return r.quoted(p)
}

// common are the classes that read the same in both places.
func (r *Refusal) common() problem.Problem {
	switch r.Class {
	case Consent:
		return problem.New(problem.Forbidden, "An administrator of your organization has to allow this first.").Behind(problem.Scope).
			Saying("Switchboard has not been granted a permission that this needs. Nothing was sent to Graph.").
			Advising(r.askFor())
	case Policy:
		return problem.New(problem.Forbidden, r.policy()).Saying("Your organization decides this, not Switchboard.").
			Advising("Ask your organization’s administrators, and give them the id and the time below.")
	case Misconfigured:
		return problem.New(problem.Unavailable, "Sign-in is not set up correctly.").Saying(r.mend()).
			Advising("Tell an administrator of Switchboard.").After(time.Minute)
	}
	wait := max(r.Wait, RetryPause)
	who := "The identity provider does not answer, or asks to try later."
	if r.Class == Displaced {
		who = "Something between Switchboard and the identity provider answered in its place."
	}
	return problem.New(problem.Unavailable, "Sign-in is not possible at the moment.").
		Saying(who + " Nobody is signed out by this.").
		Advising("Try again in a moment.").After(wait)
}

// askFor says what to ask of an administrator; the page that shows it has the link.
func (r *Refusal) askFor() string {
	if r.AdminConsent == "" {
		return "Ask an administrator to allow Switchboard’s permissions, then try again after a minute."
	}
	return "Send an administrator the link below, and try again a minute after they have allowed it."
}

func (r *Refusal) quoted(p problem.Problem) problem.Problem {
	p = p.Quoting("Correlation id", r.CorrelationID)
	if r.CorrelationID != "" {
		p = p.Quoting("Time", r.At.UTC().Format(time.RFC3339))
	}
	return p.Because(r)
}

// ending says why the session is over. The numbers pick the words only.
func (r *Refusal) ending() string {
	switch r.Number {
	case 50173, 50132, 50133:
		return "Your sign-in was revoked, or your password was changed."
	case 70008, 700082, 50089:
		return "Your sign-in had not been used for too long."
	case 70043, 50078:
		return "Your organization asks for a new sign-in from time to time, and it is time."
	}
	if r.Class == Policy {
		return r.policy()
	}
	return "Your sign-in is no longer accepted by your organization."
}

// policy says what the organization forbids.
func (r *Refusal) policy() string {
	switch r.Number {
	case 50105:
		return "Your account is not assigned to Switchboard."
	case 50057:
		return "Your account is disabled."
	case 50053:
		return "Your account is locked."
	case 50020, 50034, 51004, 90072:
		return "This account does not belong to the organization. Use another account."
	case 500021, 500212, 500213:
		return "Your organization does not allow access to this tenant."
	case 53000, 53001:
		return "Your organization does not allow this from the device you use."
	case 53004, 53011, 50131:
		return "Your organization sees a risk in this sign-in."
	}
	return "Your organization’s sign-in policy does not allow this."
}

// mend tells the operators of Switchboard what to put right.
func (r *Refusal) mend() string {
	if r.Mend != "" {
		return r.Mend
	}
	switch r.Number {
	case 700016, 90002:
		return "The tenant does not know oidc.client_id, or oidc.issuer names the wrong tenant."
	case 7000215:
		return "oidc.client_secret is wrong: it must be the secret's value, not its id."
	case 7000222:
		return "oidc.client_secret has expired."
	case 7000218:
		return "The app registration wants a client secret or certificate and none was sent; its platform must be web."
	case 700027, 50012:
		return "The client assertion is not accepted: the certificate must be the registered one, and the clock right."
	case 50011:
		return "The redirect URI, public_url followed by /auth/callback, is not registered."
	case 50194:
		return "The app registration is for one tenant and oidc.issuer is not that tenant’s."
	case 700025:
		return "The app registration is a public client; its platform must be web."
	case 70011, 650057, 650056, 500011:
		return "graph.read_scope or graph.write_scope is not among the app registration's permissions."
	case 7000112:
		return "The app is disabled in the tenant."
	case 900382, 900432:
		return "oidc.issuer is of another national cloud than the tenant."
	}
	if r.ErrorCode == "invalid_scope" {
		return "The provider does not know a scope that is asked for: graph.read_scope and graph.write_scope have to be among its own."
	}
	if r.refusesClient() {
		return "The provider does not accept this client’s id or its credential."
	}
	if r.ErrorCode == "unauthorized_client" {
		return "The provider does not let this client ask for this: it needs the code flow and refresh tokens."
	}
	return "The provider does not accept the request as this client sends it."
}
