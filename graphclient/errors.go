package graphclient

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Class is what a failure means.
type Class int

// The classes. Of a change, NotSent and NoToken say that it was not applied, InDoubt that nobody knows, and all others
// that Graph refused it.
const (
	Unavailable    Class = iota // reads: 5xx, a timeout, the network, an answer that makes no sense
	Refused                     // 400: Graph refused the values
	Forbidden                   // 403: the person's role in Intune does not allow it
	NoAccess                    // 401 from Intune: the person has no licence or no role there; their token is good
	ConsentMissing              // 403: a scope was not consented to; see Scopes
	NotFound                    // 404
	Conflict                    // 409 and 412
	Throttled                   // 429
	SignInAgain                 // 401, again after a renewal
	ClaimsNeeded                // a claims challenge that a renewal did not satisfy; see Claims
	NoToken                     // the token source gave none; why is in the chain; Status is 401 if Graph had refused the last one
	NotSent                     // changes: nothing of it was written, twice
	InDoubt                     // changes: it was written, and what came of it is not known
	Misconfigured               // reads: the address is not that of Graph, or lacks its version
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
	// Text is the message without Intune's wrapping, ids and internal address. It is written for developers.
	Text string
	// RequestID is Graph's, ClientRequestID ours, ActivityID Intune's.
	RequestID, ClientRequestID, ActivityID string
	// RetryAfter is how long Graph asks to wait; 0 says that it asked for nothing.
	RetryAfter time.Duration
	// Scopes are those of which one is missing.
	Scopes []string
	// Claims is the decoded challenge, a JSON object.
	Claims string

	cause error
	again bool // a read may be tried again, a change that was not sent too
	waits bool // the answer had a Retry-After that could be read
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

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

// refusal is the error of an answer that is no success.
func (c *Client) refusal(ctx context.Context, out call, got answer) *Error {
	inner := unwrap(got.body)
	e := &Error{
		Status: got.status, Code: inner.code, InnerCode: inner.innerCode, Text: inner.text,
		RequestID: got.requestID(), ClientRequestID: out.id, ActivityID: inner.activity,
		Claims: claims(got.header),
	}
	if e.RequestID == "" {
		e.RequestID = inner.requestID
	}
	e.RetryAfter, e.waits = retryAfter(got.header.Get("Retry-After"), saidAt(got.header, c.options.Now()))
	inner.noAccess = inner.noAccess || realmIsIntune(got.header)
	e.Scopes = missingScopes(got.status, inner.text)
	e.Class = classify(out.method == http.MethodGet, e, inner.noAccess)
	e.again = e.Class == Throttled || e.Class == Unavailable
	if e.Class != ClaimsNeeded {
		e.Claims = ""
	}
	c.logRefusal(ctx, e, inner.address)
	return e
}

// classify follows graph.md's table of errors. What a change's answer does not name is in doubt.
func classify(read bool, e *Error, noAccess bool) Class {
	switch {
	case e.Status == http.StatusUnauthorized && noAccess:
		return NoAccess
	case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && e.Claims != "":
		return ClaimsNeeded
	case e.Status == http.StatusUnauthorized:
		return SignInAgain
	case e.Scopes != nil:
		return ConsentMissing
	case read && wrongAddress(e):
		return Misconfigured
	}
	switch e.Status {
	case http.StatusBadRequest:
		return Refused
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return Conflict
	case http.StatusTooManyRequests:
		return Throttled
	}
	switch {
	case !read:
		return InDoubt
	case e.Status >= 500 || e.Status == http.StatusRequestTimeout:
		return Unavailable
	}
	return Misconfigured
}

// wrongAddress knows the two ways in which Graph says that the base URL lacks its version, or is of another API.
func wrongAddress(e *Error) bool {
	return e.Status == http.StatusNotFound && strings.HasPrefix(e.Text, "Invalid version") ||
		e.Status == http.StatusBadRequest && strings.HasPrefix(e.Text, "Resource not found for the segment")
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
