package oidc

import (
	"errors"
	"fmt"
	"time"
)

// Class is what a provider's no means for the person.
type Class int

// The classes (entra.md, section 7).
const (
	Later         Class = iota // no answer, or one that says try again
	SignInAgain                // the sign-in is no longer good
	StepUp                     // the organization wants the person to confirm who they are
	Consent                    // an administrator has to allow it
	Policy                     // the organization forbids it
	Misconfigured              // the operators of Switchboard have to mend something
	Declined                   // the person cancelled
	Unasked                    // only a sign-in that asks for the permission brings it
	Ungranted                  // the sign-in asked for the permission and did not get it
	Displaced                  // something between answered in the provider's place
)

// Our own pages that a refusal may lead to; Start answers both.
const (
	SignInPath = "/login"
	WritePath  = "/login?grant=write"
)

// Refusal is the provider's no. It is the cause of the problem that a person is shown; what a page may show beyond the
// problem is here. The provider's error_description is not kept: it is text of others, and may quote what was sent.
type Refusal struct {
	Class     Class
	ErrorCode string `json:"OAuth"` // the error code of RFC 6749 or OpenID Connect
	Suberror  string
	Number    int    // of AADSTS, 0 if there is none
	Claims    string // what a sign-in has to satisfy
	SupportIDs
	At     time.Time     // when the provider said so
	Wait   time.Duration // as the provider asked, 0 if it did not
	Status int           // of HTTP, 0 without an answer
	// OutdatedRoles says that the no is ours: the refresh worked, brought no ID token, and the roles are too old to write.
	OutdatedRoles bool
	// AdminConsent is the address at which an administrator can allow it, "" unless Class is Consent at Entra ID.
	AdminConsent string
	// Mend is what the operators of Switchboard have to put right, where that is known already: the no is ours then.
	Mend string
	// Scope is the permission of Graph that was asked for in vain, where Class is Ungranted, or Consent at a sign-in.
	Scope string
	// Path is the page of ours that asks the provider for what is missing, "" if asking again helps nobody.
	Path string

	cause error
}

// SupportIDs are what to name to those who can look a refusal up.
type SupportIDs struct {
	CorrelationID string // for the organization's administrators
	TraceID       string // for Microsoft's support
}

// Error is for a log.
func (r *Refusal) Error() string {
	if errors.Is(r.cause, ErrNoCredential) {
		return brief(r.cause).Error()
	}
	if r.cause != nil {
		return fmt.Sprintf("the identity provider gave no answer: %v", brief(r.cause))
	}
	if r.OutdatedRoles {
		return "no ID token came since the roles were read, and they are too old for a write"
	}
	if r.Mend != "" {
		return r.Mend
	}
	text := fmt.Sprintf("the identity provider refused: status %d, error %q", r.Status, r.ErrorCode)
	if r.Suberror != "" {
		text += fmt.Sprintf(", suberror %q", r.Suberror)
	}
	if r.Number != 0 {
		text += fmt.Sprintf(", AADSTS%d", r.Number)
	}
	if r.CorrelationID != "" {
		text += ", correlation id " + r.CorrelationID
	}
	if r.TraceID != "" {
		text += ", trace id " + r.TraceID
	}
	return text
}

// Unanswered is the refusal of a provider that could not be asked, or whose answer did not come or cannot be used.
func Unanswered(at time.Time, cause error) *Refusal {
	return &Refusal{Class: Later, At: at, cause: cause}
}

// AsUnasked is a no to a wider scope as the person's sign-in mends it.
func (r *Refusal) AsUnasked() *Refusal {
	unasked := *r
	unasked.Class, unasked.Path, unasked.AdminConsent = Unasked, WritePath, ""
	return &unasked
}

// Unwrap is the failure underneath, nil if the provider answered.
func (r *Refusal) Unwrap() error { return r.cause }

// Codes is the refusal in the provider's codes, none of its text.
func (r *Refusal) Codes() string {
	if r.Number <= 0 {
		return r.ErrorCode
	}
	return fmt.Sprintf("%s AADSTS%d", r.ErrorCode, r.Number)
}

// EndsSession says whether the refresh token is void and the session with it. Only invalid_grant says so, and not when it is
// about consent or about confirming who one is.
func (r *Refusal) EndsSession() bool {
	return r.ErrorCode == "invalid_grant" && (r.Class == SignInAgain || r.Class == Policy)
}

// RefusesScope says whether the no is to a scope that was asked for, at a provider that gives at a refresh no more than at the
// sign-in (RFC 6749 section 6). What Entra ID numbers is about the app registration.
func (r *Refusal) RefusesScope() bool {
	switch r.ErrorCode {
	case "unauthorized_client", "invalid_scope", "invalid_request", "invalid_target", "insufficient_scope", "access_denied":
		return (r.Class == Misconfigured || r.Class == Declined) && r.Number == 0 && !r.refusesClient()
	}
	return false
}

// MayRefuseScope says whether it can be told from the refresh token alone what the no means: some providers have one word for a
// void token and for a scope that they do not give.
func (r *Refusal) MayRefuseScope() bool {
	return r.ErrorCode == "invalid_grant" && r.EndsSession() && r.Number == 0 && r.Suberror == ""
}
