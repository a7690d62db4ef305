package signintest

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
)

// Claims alters the claims of ID tokens; nil takes one away.
func Claims(changes map[string]any) func(*Provider) {
	return func(p *Provider) {
		p.Token = func(t *IDToken) { maps.Copy(t.Claims, changes) }
	}
}

// Header alters the header of ID tokens, and their signature where sign is given.
func Header(changes map[string]any, sign func(string) []byte) func(*Provider) {
	return func(p *Provider) {
		p.Token = func(t *IDToken) {
			maps.Copy(t.Header, changes)
			if sign != nil {
				t.Sign = sign
			}
		}
	}
}

// Answers alters good answers of the token endpoint; nil takes a member away.
func Answers(changes map[string]any) func(*Provider) {
	return func(p *Provider) {
		p.Answer = func(a map[string]any) {
			maps.Copy(a, changes)
			maps.DeleteFunc(a, func(_ string, v any) bool { return v == nil })
		}
	}
}

// Refusing answers refresh requests with an error.
func Refusing(status int, body map[string]any) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, form url.Values) bool {
		if form.Get("grant_type") != "refresh_token" {
			return false
		}
		WriteJSON(w, status, body)
		return true
	}
}

// KindOf is the kind of the problem in the error, -1 without an error.
func KindOf(t *testing.T, err error) problem.Kind {
	t.Helper()
	var p problem.Problem
	if err == nil {
		return -1
	}
	if !errors.As(err, &p) {
		t.Fatalf("the error is not a problem: %v", err)
	}
	return p.Kind()
}

// With alters the callback's query.
func With(address string, change func(url.Values)) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	query := u.Query()
	change(query)
	u.RawQuery = query.Encode()
	return u.String()
}

// SessionOf is the value of the browser's session cookie.
func SessionOf(t *testing.T, b *Browser) string {
	t.Helper()
	for _, cookie := range b.Request().Cookies() {
		if strings.Contains(cookie.Name, "session") {
			return cookie.Value
		}
	}
	t.Fatal("no session cookie")
	return ""
}

// Discovering changes what the provider says of itself, before anybody asks.
func Discovering(t *testing.T, changes map[string]any, alter ...func(*Options)) *Site {
	t.Helper()
	c := NewClock()
	s := NewSite(t, databasetest.SQLite(t), NewProvider(t, c), c, alter...)
	s.Provider.Document = func(d map[string]any) {
		for name, value := range changes {
			d[name] = value
		}
	}
	s.Run(t)
	return s
}

// First is the value of a call that cannot fail here.
func First[T any](value T, _ error) T { return value }

// Challenge is what an organization may ask for, as Graph and the provider say it.
const Challenge = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
