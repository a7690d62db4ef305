package signin_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
)

// strict refuses a refresh any scope that its refresh token was not given for (RFC 6749 section 6), with that error.
func strict(p *provider, code string) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, form url.Values) bool {
		p.mu.Lock()
		grant := p.grants[form.Get("refresh_token")]
		p.mu.Unlock()
		if form.Get("grant_type") != "refresh_token" || grant == nil {
			return false
		}
		for _, scope := range strings.Fields(form.Get("scope")) {
			if !slices.Contains(strings.Fields(grant.scope), scope) {
				writeJSON(w, http.StatusBadRequest, map[string]any{"error": code})
				return true
			}
		}
		return false
	}
}

// TestWiderScopeRefused: at a provider that gives no wider scope to a refresh the first edit leads to a sign-in that asks for
// it. Nobody is signed out, and the session does not ask in vain again.
func TestWiderScopeRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_scope", "invalid_request", "unauthorized_client", "access_denied", "invalid_grant"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := openAt(t, db, plain)
				b := s.browser(t)
				b.signIn()
				s.provider.script(func() { s.provider.instead = strict(s.provider, code) })
				for range 3 {
					_, err := b.person(s.service).Token(t.Context(), graphclient.Write)
					var refusal *signin.Refusal
					if kindOf(t, err) != problem.Forbidden || !errors.As(err, &refusal) || refusal.Class != signin.Unasked || refusal.Path != "/login?grant=write" {
						t.Fatalf("the first edit: %v, want the way to a sign-in that asks", err)
					}
					if got := b.get("/token"); got.status != http.StatusOK {
						t.Errorf("a read: %d %s", got.status, got.body)
					}
					s.clock.Add(2 * time.Minute)
				}
				if got := s.asked(writeScope); got != 1 {
					t.Errorf("%d refreshes asked for the write scope, want 1", got)
				}
				s.clock.Add(time.Hour)
				if got := b.get("/token"); got.status != http.StatusOK || s.endings() != "" {
					t.Errorf("an hour later: %d %s, told %q", got.status, got.body, s.endings())
				}
				b.get(b.get(b.get("/login?grant=write").location).location)
				for range 2 {
					if got := b.get("/token?need=write"); got.status != http.StatusOK {
						t.Errorf("after the sign-in that asked: %d %s", got.status, got.body)
					}
					s.clock.Add(59 * time.Minute)
				}
				if got := s.asked(writeScope); got != 1 {
					t.Errorf("%d refreshes asked for the write scope in all, want 1", got)
				}
			})
		})
	}
}

// asked counts the refreshes that asked for the scope.
func (s *site) asked(scope string) (count int) {
	for _, form := range s.provider.calls("refresh_token") {
		if strings.Contains(form.Get("scope"), scope) {
			count++
		}
	}
	return count
}

// plain makes the provider's document that of any but Entra ID.
func plain(d map[string]any) { delete(d, "msgraph_host") }

// openAt is open at a provider that says other things of itself, with sessions that last.
func openAt(t *testing.T, db *database.DB, document func(map[string]any)) *site {
	t.Helper()
	c := newClock()
	s := newSite(t, db, newProvider(t, c), c, func(o *signin.Options) { o.Idle = 8 * time.Hour })
	s.provider.document = document
	s.run(t)
	return s
}

// TestScopesOfATwin: a provider that calls itself Entra ID and is as strict as others is found out, in whichever words it
// refuses, and asked for nothing from then on.
func TestScopesOfATwin(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_scope", "invalid_grant"} {
		s := openAt(t, databasetest.SQLite(t), nil)
		b := s.browser(t)
		b.signIn()
		s.provider.script(func() {
			s.provider.instead = func(w http.ResponseWriter, form url.Values) bool {
				if form.Has("scope") {
					writeJSON(w, http.StatusBadRequest, map[string]any{"error": code})
				}
				return form.Has("scope")
			}
		})
		_, err := b.person(s.service).Token(t.Context(), graphclient.Write)
		var refusal *signin.Refusal
		if !errors.As(err, &refusal) || refusal.Class != signin.Unasked {
			t.Errorf("%s: the first edit: %v, want the way to a sign-in that asks", code, err)
		}
		for range 2 {
			s.clock.Add(61 * time.Minute)
			if got := b.get("/token"); got.status != http.StatusOK {
				t.Errorf("%s: a read: %d %s", code, got.status, got.body)
			}
		}
		if got := s.asked(writeScope) + s.asked(readScope); got != 1 {
			t.Errorf("%s: %d refreshes asked for a scope, want 1", code, got)
		}
	}
}

// TestWiderScopeLeftOut: a provider may also answer a refresh that asks for more with what it gave before.
func TestWiderScopeLeftOut(t *testing.T) {
	t.Parallel()
	s := openAt(t, databasetest.SQLite(t), plain)
	b := s.browser(t)
	b.signIn()
	answers(map[string]any{"scope": "openid profile offline_access " + readScope})(s.provider)
	for range 2 {
		_, err := b.person(s.service).Token(t.Context(), graphclient.Write)
		var refusal *signin.Refusal
		if !errors.As(err, &refusal) || refusal.Class != signin.Unasked || refusal.Path != "/login?grant=write" {
			t.Errorf("the first edit: %v, want the way to a sign-in that asks", err)
		}
		s.clock.Add(2 * time.Minute)
	}
	if got := s.asked(writeScope); got != 1 {
		t.Errorf("%d refreshes asked for the write scope, want 1", got)
	}
}

// TestRefreshAsksForWhatWasGranted: what a refresh asks for, by provider, and by what the session got before.
func TestRefreshAsksForWhatWasGranted(t *testing.T) {
	t.Parallel()
	const identity = "openid profile offline_access "
	entra := func(d map[string]any) { d["msgraph_host"] = "graph.microsoft.com" }
	for _, test := range []struct {
		name     string
		document func(map[string]any)
		granted  string // by the sign-in, "" for what it asked for
		needs    []string
		want     []string // of each need's refresh
	}{
		{"any provider", plain, "", []string{"read", "read"}, []string{"", ""}},
		{"any provider that left some out", plain, "openid " + readScope, []string{"read"}, []string{""}},
		{"any provider that gives more", plain, "", []string{"write", "write", "read"}, []string{identity + writeScope, identity + writeScope, identity + writeScope}},
		{"Entra ID", entra, "", []string{"read"}, []string{identity + readScope}},
		{"Entra ID that gives more", entra, "", []string{"write", "read"}, []string{identity + writeScope, identity + writeScope}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openAt(t, databasetest.SQLite(t), test.document)
			if test.granted != "" {
				answers(map[string]any{"scope": test.granted})(s.provider)
			}
			b := s.browser(t)
			b.signIn()
			for i, need := range test.needs {
				s.clock.Add(59 * time.Minute)
				if got := b.get("/token?need=" + need); got.status != http.StatusOK {
					t.Fatalf("need %s: %d %s", need, got.status, got.body)
				}
				calls := s.provider.calls("refresh_token")
				if len(calls) != i+1 || calls[i].Get("scope") != test.want[i] || calls[i].Has("scope") != (test.want[i] != "") {
					t.Errorf("refresh %d of %d asked for %q, want %q", i+1, len(calls), calls[len(calls)-1]["scope"], test.want[i])
				}
			}
		})
	}
}

// TestScopeThatIsRefusedLater: a provider that gave more to a refresh and no longer does costs nobody the reading.
func TestScopeThatIsRefusedLater(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
	b := s.browser(t)
	b.signIn()
	if got := b.get("/token?need=write"); got.status != http.StatusOK {
		t.Fatalf("the first edit: %d %s", got.status, got.body)
	}
	s.provider.script(func() {
		s.provider.instead = func(w http.ResponseWriter, form url.Values) bool {
			if !form.Has("scope") {
				return false
			}
			writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_scope"})
			return true
		}
	})
	s.clock.Add(2 * time.Hour)
	if got := b.get("/token"); got.status != http.StatusOK {
		t.Errorf("a read: %d %s", got.status, got.body)
	}
}

// TestScopeThatIsNotGranted: a sign-in that asked for the write scope and did not get it is not the beginning of a circle.
func TestScopeThatIsNotGranted(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	answers(map[string]any{"scope": "openid profile " + readScope})(s.provider)
	b.get(b.get(b.get("/login?grant=write").location).location)
	for range 2 {
		person := b.person(s.service)
		_, err := person.Token(t.Context(), graphclient.Write)
		var refusal *signin.Refusal
		if kindOf(t, err) != problem.Forbidden || !errors.As(err, &refusal) || refusal.Class != signin.Ungranted || refusal.Path != "" {
			t.Errorf("an edit: %v, want that the scope was not granted, and no way to ask again", err)
		}
		if said := s.told; len(said) != 0 || !b.signedIn() {
			t.Errorf("the session ended: %q", said)
		}
		if refused := person.Refused(); refused == nil || refused.Class != signin.Ungranted {
			t.Errorf("the session knows of %v", refused)
		}
		s.clock.Add(2 * time.Minute)
	}
	if got := len(s.provider.calls("refresh_token")); got != 0 {
		t.Errorf("%d refreshes, want none", got)
	}
	s.provider.script(func() { s.provider.answer = nil })
	b.get(b.get(b.get("/login?grant=write").location).location)
	if got := b.get("/token?need=write"); got.status != http.StatusOK {
		t.Errorf("once it is granted: %d %s", got.status, got.body)
	}
}

// TestInteractionForAWiderScope: a provider that wants to see the person before it gives more is asked for more then.
func TestInteractionForAWiderScope(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	s.provider.script(func() { s.provider.instead = strict(s.provider, "interaction_required") })
	_, err := b.person(s.service).Token(t.Context(), graphclient.Write)
	var refusal *signin.Refusal
	if !errors.As(err, &refusal) || refusal.Path != "/login?grant=write" {
		t.Errorf("the first edit: %v, want the way to a sign-in that asks", err)
	}
}
