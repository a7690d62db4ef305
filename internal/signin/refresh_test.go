package signin_test

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
	"switchboard/internal/problem"
	"switchboard/internal/signin"
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
			s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
			s.provider.life = test.life
			b := s.browser(t)
			b.signIn()
			for i, step := range test.steps {
				s.clock.Add(step.after)
				token, err := b.person(s.service).Token(t.Context(), step.need)
				if err != nil || !strings.HasPrefix(token, "access-") {
					t.Fatalf("step %d: %q, %v", i, token, err)
				}
				if got := len(s.provider.calls("refresh_token")); got != step.calls {
					t.Errorf("step %d: %d refreshes, want %d", i, got, step.calls)
				}
			}
		})
	}
}

func TestFirstEditAsksForTheWriteScope(t *testing.T) {
	t.Parallel()
	for _, scope := range []any{writeScope, "openid Config.Read.All CONFIG.readwrite.all", nil} {
		s := open(t, databasetest.SQLite(t))
		b := s.browser(t)
		b.signIn()
		if strings.Contains(s.provider.authorizeAsks[0].Get("scope"), writeScope) || b.person(s.service).MayWrite() {
			t.Error("the sign-in asked for the write scope")
		}
		answers(map[string]any{"scope": scope})(s.provider)
		if _, err := b.person(s.service).Token(t.Context(), graphclient.Write); err != nil {
			t.Errorf("scope %v: %v", scope, err)
		}
		form := s.provider.calls("refresh_token")[0]
		if got, want := form.Get("scope"), "openid profile offline_access "+writeScope; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
		if got, want := form.Get("claims"), `{"access_token":{"xms_cc":{"values":["cp1"]}}}`; got != want {
			t.Errorf("claims %s, want %s", got, want)
		}
		if !b.person(s.service).MayWrite() {
			t.Errorf("scope %v: the person may not write afterwards", scope)
		}
	}
}

// TestRenew: a refused bearer is replaced by one refresh, and by none if a newer one is there.
func TestRenew(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	person := b.person(s.service)
	first, _ := person.Token(t.Context(), graphclient.Read)
	second, err := person.Renew(t.Context(), graphclient.Read, first, "")
	if err != nil || second == first {
		t.Fatalf("renewed: %v, the same: %v", err, second == first)
	}
	again, err := person.Renew(t.Context(), graphclient.Read, first, "")
	if err != nil || again != second {
		t.Errorf("the old token refused again: %v; want the newer one", err)
	}
	if got := len(s.provider.calls("refresh_token")); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
	third, err := person.Renew(t.Context(), graphclient.Read, second, `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`)
	if err != nil || third == second {
		t.Fatalf("after a challenge: %v", err)
	}
	got := s.provider.calls("refresh_token")[1].Get("claims")
	if want := `{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}`; got != want {
		t.Errorf("claims %s, want %s", got, want)
	}
}

// TestProviderFailsAtRefresh: a valid token is used, an expired one makes people wait, and nobody is signed out.
func TestProviderFailsAtRefresh(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db, func(o *signin.Options) { o.Idle = 8 * time.Hour })
		b := s.browser(t)
		b.signIn()
		first := b.get("/token").body
		s.provider.script(func() { s.provider.instead = refusing(503, nil) })
		s.clock.Add(56 * time.Minute)
		for range 3 {
			if got := b.get("/token"); got.status != http.StatusOK || got.body != first {
				t.Errorf("a token that is still valid: %d %s", got.status, got.body)
			}
		}
		if got := len(s.provider.calls("refresh_token")); got != 1 {
			t.Errorf("%d token calls within a minute, want 1", got)
		}
		s.clock.Add(5 * time.Minute)
		if got := b.get("/token"); got.status != http.StatusServiceUnavailable || s.problem().RetryAfter() == 0 {
			t.Errorf("an expired token: %d %s, want 503 with a time to wait", got.status, got.body)
		}
		s.provider.script(func() { s.provider.instead = nil })
		s.clock.Add(4 * time.Second)
		if got := b.get("/token"); got.status != http.StatusOK || got.body == first {
			t.Errorf("4 s after the provider is back: %d %s", got.status, got.body)
		}
	})
}

// TestSlowProvider: whoever has a valid token does not wait for a new one, and gets it when it is there.
func TestSlowProvider(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Patience, o.Idle = time.Millisecond, 8*time.Hour })
	b := s.browser(t)
	b.signIn()
	first := b.get("/token").body
	held := make(chan struct{})
	s.provider.script(func() {
		s.provider.instead = func(http.ResponseWriter, url.Values) bool { <-held; return false }
	})
	s.clock.Add(56 * time.Minute)
	if got := b.get("/token"); got.body != first {
		t.Errorf("while the provider thinks: %d %s, want the token that is still valid", got.status, got.body)
	}
	if got := b.get("/token"); got.body != first {
		t.Errorf("a second page meanwhile: %d %s, want the same token", got.status, got.body)
	}
	close(held)
	eventually(t, "renewed", func() bool { return b.get("/token").body != first })
	if got := len(s.provider.calls("refresh_token")); got != 1 {
		t.Errorf("%d token calls, want 1", got)
	}
}

// TestAllowed: a role that was taken away is noticed before a write.
func TestAllowed(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	person := b.person(s.service)
	if actor, err := person.Allowed(t.Context(), access.Edit); err != nil || !actor.May(access.Edit) {
		t.Fatalf("an admin: %v", err)
	}
	if !b.person(s.service).MayWrite() {
		t.Error("an edit that is allowed has no write scope")
	}
	s.provider.script(func() { s.provider.roles = []string{"Connector.Auditor"} })
	if _, err := person.Allowed(t.Context(), access.Edit); err != nil {
		t.Errorf("within five minutes: %v", err)
	}
	s.clock.Add(6 * time.Minute)
	if _, err := person.Allowed(t.Context(), access.Edit); kindOf(t, err) != problem.Forbidden {
		t.Errorf("after the role was taken away: %v, want Forbidden", err)
	}
	if _, err := b.person(s.service).Allowed(t.Context(), access.Audit); err != nil {
		t.Errorf("the role that was given instead: %v", err)
	}
	if got := len(s.provider.calls("refresh_token")); got != 2 {
		t.Errorf("%d refreshes, want 2", got)
	}
}

// TestOldRolesDoNotWrite: when the provider is away for long, a token that lives for a day still reads and no longer
// writes.
func TestOldRolesDoNotWrite(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
	s.provider.life = 86_400
	b := s.browser(t)
	b.signIn()
	if got := b.get("/token?need=write"); got.status != http.StatusOK {
		t.Fatalf("the first write: %d %s", got.status, got.body)
	}
	s.provider.script(func() { s.provider.instead = refusing(503, nil) })
	for _, step := range []struct {
		after       time.Duration
		read, write int
	}{{50 * time.Minute, 200, 200}, {11 * time.Minute, 200, 503}} {
		s.clock.Add(step.after)
		if got := b.get("/token"); got.status != step.read {
			t.Errorf("after %v: a read gets %d, want %d", step.after, got.status, step.read)
		}
		if got := b.get("/token?need=write"); got.status != step.write {
			t.Errorf("after %v: a write gets %d, want %d", step.after, got.status, step.write)
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
			s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
			b := s.browser(t)
			b.signIn()
			s.provider.script(func() {
				answers(map[string]any{"id_token": nil})(s.provider)
				s.provider.roles = []string{"Connector.Auditor"} // which nothing tells yet
			})
			for _, step := range []struct {
				after              time.Duration
				read, write, calls int
			}{
				{0, 200, 200, 1}, {59 * time.Minute, 200, 200, 2}, {2 * time.Minute, 200, 403, 3}, {30 * time.Second, 200, 403, 3},
				{time.Minute, 200, 403, 4}, {2 * time.Hour, 200, 403, 6},
			} {
				s.clock.Add(step.after)
				if got := b.get("/token"); got.status != step.read {
					t.Errorf("after %v: a read gets %d %s, want %d", step.after, got.status, got.body, step.read)
				}
				if got := b.get("/token?need=write"); got.status != step.write {
					t.Errorf("after %v: a write gets %d %s, want %d", step.after, got.status, got.body, step.write)
				}
				if got := len(s.provider.calls("refresh_token")); got != step.calls {
					t.Errorf("after %v: %d refreshes, want %d", step.after, got, step.calls)
				}
			}
			_, err := b.person(s.service).Allowed(t.Context(), access.Edit)
			var refusal *signin.Refusal
			if !errors.As(err, &refusal) || refusal.Class != signin.StepUp || refusal.Path != "/login" {
				t.Errorf("before a write: %v, want a way to the sign-in", err)
			}
			s.provider.script(func() { s.provider.answer = nil })
			if mend == "a sign-in" {
				b.signIn()
			}
			s.clock.Add(time.Minute)
			if _, err := b.person(s.service).Allowed(t.Context(), access.Edit); kindOf(t, err) != problem.Forbidden || errors.As(err, &refusal) {
				t.Errorf("with the role of now: %v, want that it does not allow this", err)
			}
			if actor, err := b.person(s.service).Allowed(t.Context(), access.Audit); err != nil || !actor.May(access.Audit) {
				t.Errorf("what that role allows: %v", err)
			}
		})
	}
}

// TestNoRefreshTokenAtAll: such a session is good for as long as its access token, and does not end by a write whose roles
// are too old.
func TestNoRefreshTokenAtAll(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
	s.provider.life = 7200
	answers(map[string]any{"refresh_token": nil, "scope": readScope + " " + writeScope})(s.provider)
	b := s.browser(t)
	b.signIn()
	for _, step := range []struct {
		after       time.Duration
		read, write int
	}{{0, 200, 200}, {61 * time.Minute, 200, 403}, {time.Hour, 401, 303}} {
		s.clock.Add(step.after)
		if got := b.get("/token"); got.status != step.read {
			t.Errorf("after %v: a read gets %d %s, want %d", step.after, got.status, got.body, step.read)
		}
		if got := b.get("/token?need=write"); got.status != step.write {
			t.Errorf("after %v: a write gets %d %s, want %d", step.after, got.status, got.body, step.write)
		}
	}
}
