package session_test

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
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

// strict refuses a refresh any scope that its refresh token was not given for (RFC 6749 section 6), with that error.
func strict(p *signintest.Provider, code string) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, form url.Values) bool {
		var grant *signintest.Issued
		p.Script(func() { grant = p.Grants[form.Get("refresh_token")] })
		if form.Get("grant_type") != "refresh_token" || grant == nil {
			return false
		}
		for _, scope := range strings.Fields(form.Get("scope")) {
			if !slices.Contains(strings.Fields(grant.Scope), scope) {
				signintest.WriteJSON(w, http.StatusBadRequest, map[string]any{"error": code})
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
	for _, code := range []string{"invalid_scope", "invalid_request", "invalid_target", "insufficient_scope", "unauthorized_client", "access_denied", "invalid_grant"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := openAt(t, db, plain)
				b := s.Browser(t)
				b.SignIn()
				s.Provider.Script(func() { s.Provider.Instead = strict(s.Provider, code) })
				for range 3 {
					_, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
					var refusal *oidc.Refusal
					if signintest.KindOf(t, err) != problem.Forbidden || !errors.As(err, &refusal) || refusal.Class != oidc.Unasked || refusal.Path != "/login?grant=write" {
						t.Fatalf("the first edit: %v, want the way to a sign-in that asks", err)
					}
					if got := b.Get("/token"); got.Status != http.StatusOK {
						t.Errorf("a read: %d %s", got.Status, got.Body)
					}
					s.Clock.Add(2 * time.Minute)
				}
				if got := asked(s, signintest.WriteScope); got != 1 {
					t.Errorf("%d refreshes asked for the write scope, want 1", got)
				}
				s.Clock.Add(time.Hour)
				if got := b.Get("/token"); got.Status != http.StatusOK || s.Endings() != "" {
					t.Errorf("an hour later: %d %s, told %q", got.Status, got.Body, s.Endings())
				}
				b.Get(b.Get(b.Get("/login?grant=write").Location).Location)
				for range 2 {
					if got := b.Get("/token?need=write"); got.Status != http.StatusOK {
						t.Errorf("after the sign-in that asked: %d %s", got.Status, got.Body)
					}
					s.Clock.Add(59 * time.Minute)
				}
				if got := asked(s, signintest.WriteScope); got != 1 {
					t.Errorf("%d refreshes asked for the write scope in all, want 1", got)
				}
			})
		})
	}
}

// asked counts the refreshes that asked for the scope.
func asked(s *signintest.Site, scope string) (count int) {
	for _, form := range s.Provider.Calls("refresh_token") {
		if strings.Contains(form.Get("scope"), scope) {
			count++
		}
	}
	return count
}

// plain makes the provider's document that of any but Entra ID.
func plain(d map[string]any) { delete(d, "msgraph_host") }

// openAt is open at a provider that says other things of itself, with sessions that last.
func openAt(t *testing.T, db *database.DB, document func(map[string]any)) *signintest.Site {
	t.Helper()
	c := signintest.NewClock()
	s := signintest.NewSite(t, db, signintest.NewProvider(t, c), c, func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
	s.Provider.Document = document
	s.Run(t)
	return s
}

// TestScopesOfATwin: a provider that calls itself Entra ID and is as strict as others is found out, in whichever words it
// refuses, and asked for nothing from then on.
func TestScopesOfATwin(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_scope", "invalid_grant"} {
		s := openAt(t, databasetest.SQLite(t), nil)
		b := s.Browser(t)
		b.SignIn()
		s.Provider.Script(func() {
			s.Provider.Instead = func(w http.ResponseWriter, form url.Values) bool {
				if form.Has("scope") {
					signintest.WriteJSON(w, http.StatusBadRequest, map[string]any{"error": code})
				}
				return form.Has("scope")
			}
		})
		_, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
		var refusal *oidc.Refusal
		if !errors.As(err, &refusal) || refusal.Class != oidc.Unasked {
			t.Errorf("%s: the first edit: %v, want the way to a sign-in that asks", code, err)
		}
		for range 2 {
			s.Clock.Add(61 * time.Minute)
			if got := b.Get("/token"); got.Status != http.StatusOK {
				t.Errorf("%s: a read: %d %s", code, got.Status, got.Body)
			}
		}
		if got := asked(s, signintest.WriteScope) + asked(s, signintest.ReadScope); got != 1 {
			t.Errorf("%s: %d refreshes asked for a scope, want 1", code, got)
		}
	}
}

// TestWiderScopeLeftOut: a provider may also answer a refresh that asks for more with what it gave before.
func TestWiderScopeLeftOut(t *testing.T) {
	t.Parallel()
	s := openAt(t, databasetest.SQLite(t), plain)
	b := s.Browser(t)
	b.SignIn()
	signintest.Answers(map[string]any{"scope": "openid profile offline_access " + signintest.ReadScope})(s.Provider)
	for range 2 {
		_, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
		var refusal *oidc.Refusal
		if !errors.As(err, &refusal) || refusal.Class != oidc.Unasked || refusal.Path != "/login?grant=write" {
			t.Errorf("the first edit: %v, want the way to a sign-in that asks", err)
		}
		s.Clock.Add(2 * time.Minute)
	}
	if got := asked(s, signintest.WriteScope); got != 1 {
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
		{"any provider that left some out", plain, "openid " + signintest.ReadScope, []string{"read"}, []string{""}},
		{"any provider that gives more", plain, "", []string{"write", "write", "read"}, []string{identity + signintest.WriteScope, identity + signintest.WriteScope, identity + signintest.WriteScope}},
		{"Entra ID", entra, "", []string{"read"}, []string{identity + signintest.ReadScope}},
		{"Entra ID that gives more", entra, "", []string{"write", "read"}, []string{identity + signintest.WriteScope, identity + signintest.WriteScope}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openAt(t, databasetest.SQLite(t), test.document)
			if test.granted != "" {
				signintest.Answers(map[string]any{"scope": test.granted})(s.Provider)
			}
			b := s.Browser(t)
			b.SignIn()
			for i, need := range test.needs {
				s.Clock.Add(59 * time.Minute)
				if got := b.Get("/token?need=" + need); got.Status != http.StatusOK {
					t.Fatalf("need %s: %d %s", need, got.Status, got.Body)
				}
				calls := s.Provider.Calls("refresh_token")
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
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
	b := s.Browser(t)
	b.SignIn()
	if got := b.Get("/token?need=write"); got.Status != http.StatusOK {
		t.Fatalf("the first edit: %d %s", got.Status, got.Body)
	}
	s.Provider.Script(func() {
		s.Provider.Instead = func(w http.ResponseWriter, form url.Values) bool {
			if !form.Has("scope") {
				return false
			}
			signintest.WriteJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_scope"})
			return true
		}
	})
	s.Clock.Add(2 * time.Hour)
	if got := b.Get("/token"); got.Status != http.StatusOK {
		t.Errorf("a read: %d %s", got.Status, got.Body)
	}
}

// TestScopeThatIsNotGranted: a sign-in that asked for the write scope and did not get it is not the beginning of a circle.
func TestScopeThatIsNotGranted(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	signintest.Answers(map[string]any{"scope": "openid profile " + signintest.ReadScope})(s.Provider)
	b.Get(b.Get(b.Get("/login?grant=write").Location).Location)
	for range 2 {
		person := b.Person(s.Service)
		_, err := person.Token(t.Context(), graphclient.Write)
		var refusal *oidc.Refusal
		if signintest.KindOf(t, err) != problem.Forbidden || !errors.As(err, &refusal) || refusal.Class != oidc.Ungranted || refusal.Path != "" {
			t.Errorf("an edit: %v, want that the scope was not granted, and no way to ask again", err)
		}
		if said := s.Told; len(said) != 0 || !b.SignedIn() {
			t.Errorf("the session ended: %q", said)
		}
		if refused := person.Refused(); refused == nil || refused.Class != oidc.Ungranted {
			t.Errorf("the session knows of %v", refused)
		}
		s.Clock.Add(2 * time.Minute)
	}
	if got := len(s.Provider.Calls("refresh_token")); got != 0 {
		t.Errorf("%d refreshes, want none", got)
	}
	s.Provider.Script(func() { s.Provider.Answer = nil })
	b.Get(b.Get(b.Get("/login?grant=write").Location).Location)
	if got := b.Get("/token?need=write"); got.Status != http.StatusOK {
		t.Errorf("once it is granted: %d %s", got.Status, got.Body)
	}
}

// TestInteractionForAWiderScope: a provider that wants to see the person before it gives more is asked for more then.
func TestInteractionForAWiderScope(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	s.Provider.Script(func() { s.Provider.Instead = strict(s.Provider, "interaction_required") })
	_, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
	var refusal *oidc.Refusal
	if !errors.As(err, &refusal) || refusal.Path != "/login?grant=write" {
		t.Errorf("the first edit: %v, want the way to a sign-in that asks", err)
	}
}
