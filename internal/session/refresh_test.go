package session_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

// TestWhenTokensAreRenewed counts refreshes over a session's life.
func TestWhenTokensAreRenewed(t *testing.T) {
	t.Parallel()
	read, write := graphclient.Read, graphclient.Write
	type step struct {
		after time.Duration
		need  graphclient.Scope
		calls int // of the refresh grant so far
	}
	tests := []struct {
		name  string
		life  int // of tokens, in seconds
		steps []step
	}{
		{"an hour's token", 3600, []step{{0, read, 0}, {54 * time.Minute, read, 0}, {90 * time.Second, read, 1}, {time.Minute, read, 1}}},
		{"a day's token", 86_400, []step{{59 * time.Minute, read, 0}, {90 * time.Second, read, 1}, {59 * time.Minute, read, 1}}},
		{"a token of two minutes", 120, []step{{50 * time.Second, read, 0}, {15 * time.Second, read, 1}, {0, read, 1}}},
		{"the first edit", 3600, []step{{0, read, 0}, {0, write, 1}, {0, write, 1}, {0, read, 1}, {4 * time.Minute, write, 1}, {2 * time.Minute, write, 2}, {0, write, 2}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
			s.Provider.Life = test.life
			b := s.Browser(t)
			b.SignIn()
			for i, step := range test.steps {
				s.Clock.Add(step.after)
				token, err := b.Person(s.Service).Token(t.Context(), step.need)
				if err != nil || !strings.HasPrefix(token, "access-") {
					t.Fatalf("step %d: %q, %v", i, token, err)
				}
				if got := len(s.Provider.Calls("refresh_token")); got != step.calls {
					t.Errorf("step %d: %d refreshes, want %d", i, got, step.calls)
				}
			}
		})
	}
}

func TestFirstEditAsksForTheWriteScope(t *testing.T) {
	t.Parallel()
	for _, scope := range []any{signintest.WriteScope, "openid Config.Read.All CONFIG.readwrite.all", nil} {
		s := signintest.Open(t, databasetest.SQLite(t))
		b := s.Browser(t)
		b.SignIn()
		if strings.Contains(s.Provider.AuthorizeAsks[0].Get("scope"), signintest.WriteScope) || b.Person(s.Service).MayWrite() {
			t.Error("the sign-in asked for the write scope")
		}
		signintest.Answers(map[string]any{"scope": scope})(s.Provider)
		if _, err := b.Person(s.Service).Token(t.Context(), graphclient.Write); err != nil {
			t.Errorf("scope %v: %v", scope, err)
		}
		form := s.Provider.Calls("refresh_token")[0]
		if got, want := form.Get("scope"), "openid profile offline_access "+signintest.WriteScope; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
		if got, want := form.Get("claims"), `{"access_token":{"xms_cc":{"values":["cp1"]}}}`; got != want {
			t.Errorf("claims %s, want %s", got, want)
		}
		if !b.Person(s.Service).MayWrite() {
			t.Errorf("scope %v: the person may not write afterwards", scope)
		}
	}
}

// TestRenew: a refused bearer is replaced by one refresh, and by none if a newer one is there.
func TestRenew(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	person := b.Person(s.Service)
	first, _ := person.Token(t.Context(), graphclient.Read)
	second, err := person.Renew(t.Context(), graphclient.Read, first, "")
	if err != nil || second == first {
		t.Fatalf("renewed: %v, the same: %v", err, second == first)
	}
	again, err := person.Renew(t.Context(), graphclient.Read, first, "")
	if err != nil || again != second {
		t.Errorf("the old token refused again: %v; want the newer one", err)
	}
	if got := len(s.Provider.Calls("refresh_token")); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
	third, err := person.Renew(t.Context(), graphclient.Read, second, `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`)
	if err != nil || third == second {
		t.Fatalf("after a challenge: %v", err)
	}
	got := s.Provider.Calls("refresh_token")[1].Get("claims")
	if want := `{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}`; got != want {
		t.Errorf("claims %s, want %s", got, want)
	}
}

// TestProviderFailsAtRefresh: a valid token is used, an expired one makes people wait, and nobody is signed out.
func TestProviderFailsAtRefresh(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db, func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
		b := s.Browser(t)
		b.SignIn()
		first := b.Get("/token").Body
		s.Provider.Script(func() { s.Provider.Instead = signintest.Refusing(503, nil) })
		s.Clock.Add(56 * time.Minute)
		for range 3 {
			if got := b.Get("/token"); got.Status != http.StatusOK || got.Body != first {
				t.Errorf("a token that is still valid: %d %s", got.Status, got.Body)
			}
		}
		if got := len(s.Provider.Calls("refresh_token")); got != 1 {
			t.Errorf("%d token calls within a minute, want 1", got)
		}
		s.Clock.Add(5 * time.Minute)
		if got := b.Get("/token"); got.Status != http.StatusServiceUnavailable || s.Problem().RetryAfter() == 0 {
			t.Errorf("an expired token: %d %s, want 503 with a time to wait", got.Status, got.Body)
		}
		s.Provider.Script(func() { s.Provider.Instead = nil })
		s.Clock.Add(4 * time.Second)
		if got := b.Get("/token"); got.Status != http.StatusOK || got.Body == first {
			t.Errorf("4 s after the provider is back: %d %s", got.Status, got.Body)
		}
	})
}

// TestSlowProvider: whoever has a valid token does not wait for a new one, and gets it when it is there.
func TestSlowProvider(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Patience, o.Sessions.Idle = time.Millisecond, 8*time.Hour })
	b := s.Browser(t)
	b.SignIn()
	first := b.Get("/token").Body
	held := make(chan struct{})
	s.Provider.Script(func() {
		s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { <-held; return false }
	})
	s.Clock.Add(56 * time.Minute)
	if got := b.Get("/token"); got.Body != first {
		t.Errorf("while the provider thinks: %d %s, want the token that is still valid", got.Status, got.Body)
	}
	if got := b.Get("/token"); got.Body != first {
		t.Errorf("a second page meanwhile: %d %s, want the same token", got.Status, got.Body)
	}
	close(held)
	signintest.Eventually(t, "renewed", func() bool { return b.Get("/token").Body != first })
	if got := len(s.Provider.Calls("refresh_token")); got != 1 {
		t.Errorf("%d token calls, want 1", got)
	}
}

// TestAllowed: a role that was taken away is noticed before a write.
func TestAllowed(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	person := b.Person(s.Service)
	if actor, err := person.Allowed(t.Context(), access.Edit); err != nil || !actor.May(access.Edit) {
		t.Fatalf("an admin: %v", err)
	}
	if !b.Person(s.Service).MayWrite() {
		t.Error("an edit that is allowed has no write scope")
	}
	s.Provider.Script(func() { s.Provider.Roles = []string{"Connector.Auditor"} })
	if _, err := person.Allowed(t.Context(), access.Edit); err != nil {
		t.Errorf("within five minutes: %v", err)
	}
	s.Clock.Add(6 * time.Minute)
	if _, err := person.Allowed(t.Context(), access.Edit); signintest.KindOf(t, err) != problem.Forbidden {
		t.Errorf("after the role was taken away: %v, want Forbidden", err)
	}
	if _, err := b.Person(s.Service).Allowed(t.Context(), access.Audit); err != nil {
		t.Errorf("the role that was given instead: %v", err)
	}
	if got := len(s.Provider.Calls("refresh_token")); got != 2 {
		t.Errorf("%d refreshes, want 2", got)
	}
}

// TestOldRolesDoNotWrite: when the provider is away for long, a token that lives for a day still reads and no longer
// writes.
func TestOldRolesDoNotWrite(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
	s.Provider.Life = 86_400
	b := s.Browser(t)
	b.SignIn()
	if got := b.Get("/token?need=write"); got.Status != http.StatusOK {
		t.Fatalf("the first write: %d %s", got.Status, got.Body)
	}
	s.Provider.Script(func() { s.Provider.Instead = signintest.Refusing(503, nil) })
	for _, step := range []struct {
		after       time.Duration
		read, write int
	}{{50 * time.Minute, 200, 200}, {11 * time.Minute, 200, 503}} {
		s.Clock.Add(step.after)
		if got := b.Get("/token"); got.Status != step.read {
			t.Errorf("after %v: a read gets %d, want %d", step.after, got.Status, step.read)
		}
		if got := b.Get("/token?need=write"); got.Status != step.write {
			t.Errorf("after %v: a write gets %d, want %d", step.after, got.Status, step.write)
		}
	}
}

// TestRefreshWithoutAnIDToken: a provider need not send one at a refresh, and then the roles stay as old as the sign-in.
// They read on, and no longer write after an hour: not by another refresh, but by a sign-in, or once an ID token comes.
func TestRefreshWithoutAnIDToken(t *testing.T) {
	t.Parallel()
	for _, mend := range []string{"a sign-in", "an ID token after all"} {
		t.Run(mend, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
			b := s.Browser(t)
			b.SignIn()
			s.Provider.Script(func() {
				signintest.Answers(map[string]any{"id_token": nil})(s.Provider)
				s.Provider.Roles = []string{"Connector.Auditor"} // which nothing tells yet
			})
			for _, step := range []struct {
				after              time.Duration
				read, write, calls int
			}{
				{0, 200, 200, 1}, {59 * time.Minute, 200, 200, 2}, {2 * time.Minute, 200, 403, 3}, {30 * time.Second, 200, 403, 3},
				{time.Minute, 200, 403, 4}, {2 * time.Hour, 200, 403, 6},
			} {
				s.Clock.Add(step.after)
				if got := b.Get("/token"); got.Status != step.read {
					t.Errorf("after %v: a read gets %d %s, want %d", step.after, got.Status, got.Body, step.read)
				}
				if got := b.Get("/token?need=write"); got.Status != step.write {
					t.Errorf("after %v: a write gets %d %s, want %d", step.after, got.Status, got.Body, step.write)
				}
				if got := len(s.Provider.Calls("refresh_token")); got != step.calls {
					t.Errorf("after %v: %d refreshes, want %d", step.after, got, step.calls)
				}
			}
			_, err := b.Person(s.Service).Allowed(t.Context(), access.Edit)
			var refusal *oidc.Refusal
			if !errors.As(err, &refusal) || refusal.Class != oidc.StepUp || refusal.Path != "/login" {
				t.Errorf("before a write: %v, want a way to the sign-in", err)
			}
			s.Provider.Script(func() { s.Provider.Answer = nil })
			if mend == "a sign-in" {
				b.SignIn()
			}
			s.Clock.Add(time.Minute)
			if _, err := b.Person(s.Service).Allowed(t.Context(), access.Edit); signintest.KindOf(t, err) != problem.Forbidden || errors.As(err, &refusal) {
				t.Errorf("with the role of now: %v, want that it does not allow this", err)
			}
			if actor, err := b.Person(s.Service).Allowed(t.Context(), access.Audit); err != nil || !actor.May(access.Audit) {
				t.Errorf("what that role allows: %v", err)
			}
		})
	}
}

// TestNoRefreshTokenAtAll: such a session is good for as long as its access token, and does not end by a write whose roles
// are too old.
func TestNoRefreshTokenAtAll(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
	s.Provider.Life = 7200
	signintest.Answers(map[string]any{"refresh_token": nil, "scope": signintest.ReadScope + " " + signintest.WriteScope})(s.Provider)
	b := s.Browser(t)
	b.SignIn()
	for _, step := range []struct {
		after       time.Duration
		read, write int
	}{{0, 200, 200}, {61 * time.Minute, 200, 403}, {time.Hour, 401, 303}} {
		s.Clock.Add(step.after)
		if got := b.Get("/token"); got.Status != step.read {
			t.Errorf("after %v: a read gets %d %s, want %d", step.after, got.Status, got.Body, step.read)
		}
		if got := b.Get("/token?need=write"); got.Status != step.write {
			t.Errorf("after %v: a write gets %d %s, want %d", step.after, got.Status, got.Body, step.write)
		}
	}
}
