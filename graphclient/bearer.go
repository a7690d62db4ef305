package graphclient

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// newID is a client-request-id for a request that is no change.
func newID() string { return uuid.NewString() }

// bearer is a person's token during one call; it is renewed at most once.
type bearer struct {
	tokens  Tokens
	need    Scope
	token   string
	renewed bool
}

func (b *bearer) get(ctx context.Context) (string, *Error) {
	if b.token != "" {
		return b.token, nil
	}
	token, err := b.tokens.Token(ctx, b.need)
	if err == nil && !sendable(token) {
		err = errors.New("the bearer is empty or cannot be sent in a header")
	}
	if err != nil {
		return "", &Error{Class: NoToken, cause: err}
	}
	b.token = token
	return token, nil
}

// renew asks for another bearer if this failure is about the bearer; else, or a second time, it gives the failure back.
func (b *bearer) renew(ctx context.Context, e *Error) (bool, *Error) {
	if b.renewed || e.Class != SignInAgain && e.Class != ClaimsNeeded {
		return false, e
	}
	b.renewed = true
	token, err := b.tokens.Renew(ctx, b.need, b.token, e.Claims)
	if err == nil && !sendable(token) {
		err = errors.New("the renewed bearer is empty or cannot be sent in a header")
	}
	if err == nil {
		b.token = token
		return true, nil
	}
	e.cause = err
	if e.Class == SignInAgain {
		e.Class = NoToken // whether the person has to sign in again is the token source's to say
	}
	return false, e
}

// sendable says whether the token is RFC 6750's b64token in spirit: visible ASCII, nothing that ends a header.
func sendable(token string) bool {
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return token != ""
}
