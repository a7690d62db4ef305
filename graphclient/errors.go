package graphclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Class is what a failure means.
type Class int

// The classes. Of a change, NotSent and NoToken say that it was not applied, InDoubt that it is not known, and all others
// that Graph refused it.
const (
	Unavailable    Class = iota // reads: 5xx, a timeout, the network, an answer that makes no sense or that is not Graph's
	Refused                     // changes: 400: Graph refused the values, or a sync
	Forbidden                   // 403: the person's role in Intune does not allow it
	NoAccess                    // 401 from Intune: the person has no licence or no role there; their token is good
	ConsentMissing              // 403: a scope was not consented to; see Scopes
	NotFound                    // 404 of one connector
	Conflict                    // changes: 409 and 412
	Throttled                   // 429
	SignInAgain                 // 401, again after a renewal
	ClaimsNeeded                // a claims challenge that a renewal did not satisfy; see Claims
	NoToken                     // the token source gave none; why is in the chain; Status is 401 if Graph had refused the last one
	NotSent                     // changes: nothing of it was written, twice
	InDoubt                     // changes: it was written, and the outcome is not known
	Misconfigured               // reads: Graph refuses them to everybody, for this tenant or at this address
)

var classNames = [...]string{"unavailable", "refused", "forbidden", "no access", "consent missing", "not found", "conflict",
	"throttled", "sign in again", "claims needed", "no token", "not sent", "in doubt", "misconfigured"}

// String is the class's name in logs.
func (c Class) String() string { return classNames[c] }

// Error is every failure that Graph, the way to it or the token source gave.
type Error struct {
	Class Class
	// Status is Graph's HTTP status, 0 if there was no answer.
	Status int
	// Code is Graph's error code, InnerCode the one that Intune nested in its message; both may be empty.
	Code, InnerCode string
	// Text is Graph's own message without Intune's wrapping, ids, addresses and secrets: at most 1,000 characters. It is
	// written for developers, may repeat what a person typed, and is only ever quoted.
	Text string
	// By says who answered.
	By Speaker
	// RequestID is Graph's, ClientRequestID ours, ActivityID Intune's.
	RequestID, ClientRequestID, ActivityID string
	// RetryAfter is how long Graph asks to wait; 0 says that it asked for nothing.
	RetryAfter time.Duration
	// Scopes are those of which one is missing.
	Scopes []string
	// Claims is the decoded challenge, a JSON object.
	Claims string

	cause error
	handling
}

// handling is what the client itself has to know of a failure.
type handling struct {
	again bool   // a read may be tried again, a change that was not sent too
	waits bool   // the answer had a Retry-After that could be read
	call  string // the path without ids
	busy  bool   // no turn came in time
	// expired says that Graph takes the link to a further page no more.
	expired bool
	// senseless is the path of an answer that came and cannot be read, empty for any other failure
	senseless string
}

// Error names what failed, without Graph's message: that may repeat what a person typed.
func (e *Error) Error() string {
	parts := []string{"graph: " + e.Class.String()}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, e.Code)))
	}
	if e.RequestID != "" {
		parts = append(parts, "request-id "+e.RequestID)
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Challenge is what a sign-in has to satisfy before Graph accepts its token, a JSON object; empty where that is not what
// Graph asks for.
func (e *Error) Challenge() string { return e.Claims }

// Busy says that Graph was not asked, because too many others are asking it: that is ours, and no fault of Graph's.
func (e *Error) Busy() bool { return e.busy }

// Down says that Graph was not asked, because it has answered nobody for a while.
func (e *Error) Down() bool { return errors.Is(e.cause, errOpen) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

// refusal is the error of an answer that is no success.
func (c *Client) refusal(ctx context.Context, out call, got answer) *Error {
	inner := unwrap(got.body)
	e := &Error{
		Status: got.status, Text: quotable(inner.text, out.bearer),
		Code: beginning(maxCode, quotable(inner.code, out.bearer)), InnerCode: beginning(maxCode, quotable(inner.innerCode, out.bearer)),
		By: got.speaker(), RequestID: got.requestID(), ClientRequestID: out.id, ActivityID: inner.activity,
		Claims: claims(got.header), handling: handling{call: out.name},
	}
	if e.RequestID == "" {
		e.RequestID = inner.requestID
	}
	e.RetryAfter, e.waits = retryAfter(got.header.Get("Retry-After"), saidAt(got.header, c.options.Now()))
	inner.noAccess = inner.noAccess || realmIsIntune(got.header)
	e.Scopes = missingScopes(got.status, inner.text)
	if e.Class = classify(out.method == http.MethodGet, e, inner.noAccess); e.Class != ClaimsNeeded {
		e.Claims = ""
	}
	if e.By == Between { // whatever its body says, it is not Graph's to say
		e.Code, e.InnerCode, e.Text, e.ActivityID, e.Scopes = "", "", "", "", nil
	}
	e.again = e.Class == Throttled || e.Class == Unavailable && (e.By != Between || passing(got))
	c.logRefusal(ctx, e, out.typed)
	return e
}

// passing says whether something between us and Graph may let the same request through a moment later.
func passing(got answer) bool {
	return got.cut != nil || got.status >= 500 || got.status == http.StatusRequestTimeout || got.status == http.StatusTooManyRequests
}

// classify follows graph.md's table of errors. What a change's answer does not name, or is not Graph's, is in doubt.
func classify(read bool, e *Error, noAccess bool) Class {
	switch {
	case e.By == Between && read:
		return Unavailable
	case e.By == Between:
		return InDoubt
	case e.Status == http.StatusUnauthorized && noAccess:
		return NoAccess
	case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.Claims != "":
		return ClaimsNeeded
	case e.Status == http.StatusUnauthorized:
		return SignInAgain
	case e.Scopes != nil:
		return ConsentMissing
	case e.Status == http.StatusForbidden:
		return Forbidden
	case e.Status == http.StatusTooManyRequests:
		return Throttled
	case read:
		return classifyRead(e)
	}
	return classifyChange(e.Status)
}

// classifyRead knows of no fault of the reader's: a GET carries nothing that they typed but the id of one connector.
func classifyRead(e *Error) Class {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusLocked, http.StatusTooEarly:
		return Unavailable
	}
	switch {
	case e.Status >= 500:
		return Unavailable
	case e.Status == http.StatusNotFound && e.call == one && !e.wrongAddress():
		return NotFound
	}
	return Misconfigured
}

func classifyChange(status int) Class {
	switch status {
	case http.StatusBadRequest:
		return Refused
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return Conflict
	}
	return InDoubt
}

// wrongAddress knows the ways in which Graph says that the base URL lacks its version, or is of another API.
func (e *Error) wrongAddress() bool {
	return e.Status == http.StatusNotFound && strings.HasPrefix(e.Text, "Invalid version") ||
		e.Status == http.StatusBadRequest && (strings.HasPrefix(e.Text, "Resource not found for the segment") ||
			strings.HasPrefix(e.Code, "No method match route template"))
}

// wrongTenant knows how Intune says that it does not serve the tenant: "Request not applicable to target tenant."
func (e *Error) wrongTenant() bool {
	return e.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(e.Text), "target tenant")
}

// missingScopes reads "Application is not authorized to perform this operation. Application must have one of the
// following scopes: A, B"; nil if the refusal is another.
func missingScopes(status int, text string) []string {
	before, list, found := strings.Cut(text, "scopes:")
	if status != http.StatusForbidden || !found || !strings.Contains(before, "Application") {
		return nil
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
