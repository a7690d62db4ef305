package signin_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/access"
	"switchboard/database"
	"switchboard/database/databasetest"
	"switchboard/graphclient"
	"switchboard/problem"
	"switchboard/signin"
)

// refusing answers refresh requests with an error.
func refusing(status int, body map[string]any) func(http.ResponseWriter, url.Values) bool {
	return func(w http.ResponseWriter, form url.Values) bool {
		if form.Get("grant_type") != "refresh_token" {
			return false
		}
		writeJSON(w, status, body)
		return true
	}
}

// kindOf is the kind of the problem in the error, -1 without an error.
func kindOf(t *testing.T, err error) problem.Kind {
	t.Helper()
	var p problem.Problem
	if err == nil {
		return -1
	}
	if !errors.As(err, &p) {
		t.Fatalf("the error is no problem: %v", err)
	}
	return p.Kind()
}

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

// TestRefusedRefreshes is entra.md, section 7: what each no means, and that only a void grant ends the session.
func TestRefusedRefreshes(t *testing.T) {
	t.Parallel()
	grant := func(suberror string, number int) map[string]any {
		return map[string]any{"error": "invalid_grant", "suberror": suberror, "error_codes": []int{number},
			"error_description": "AADSTS: <script>secret-of-the-description</script>", "correlation_id": "11111111-2222-3333-4444-555555555555"}
	}
	tests := []struct {
		name   string
		status int
		body   map[string]any
		kind   problem.Kind
		class  signin.Class
		ends   bool
	}{
		{"invalid_grant", 400, map[string]any{"error": "invalid_grant"}, problem.SignedOut, signin.SignInAgain, true},
		{"revoked", 400, grant("", 50173), problem.SignedOut, signin.SignInAgain, true},
		{"bad_token", 400, grant("bad_token", 0), problem.SignedOut, signin.SignInAgain, true},
		{"blocked by policy", 400, grant("message_only", 53003), problem.SignedOut, signin.Policy, true},
		{"disabled", 400, grant("", 50057), problem.SignedOut, signin.Policy, true},
		{"consent by suberror", 400, grant("consent_required", 0), problem.Forbidden, signin.Consent, false},
		{"consent by number", 400, grant("", 65001), problem.Forbidden, signin.Consent, false},
		{"an administrator's consent", 400, grant("", 90094), problem.Forbidden, signin.Consent, false},
		{"consent by error", 400, map[string]any{"error": "consent_required"}, problem.Forbidden, signin.Consent, false},
		{"interaction_required", 400, map[string]any{"error": "interaction_required"}, problem.Forbidden, signin.StepUp, false},
		{"a second factor", 400, map[string]any{"error": "invalid_grant", "suberror": "basic_action", "error_codes": []int{50076}, "claims": `{"access_token":{"x":null}}`}, problem.Forbidden, signin.StepUp, false},
		{"wrong secret", 401, map[string]any{"error": "invalid_client", "error_codes": []int{7000215}}, problem.Unavailable, signin.Misconfigured, false},
		{"invalid_scope", 400, map[string]any{"error": "invalid_scope", "error_codes": []int{70011}}, problem.Unavailable, signin.Misconfigured, false},
		{"temporarily_unavailable", 400, map[string]any{"error": "temporarily_unavailable"}, problem.Unavailable, signin.Later, false},
		{"429", 429, map[string]any{"error": "invalid_grant"}, problem.Unavailable, signin.Later, false},
		{"503", 503, map[string]any{}, problem.Unavailable, signin.Later, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			b := s.browser(t)
			b.signIn()
			s.provider.script(func() { s.provider.instead = refusing(test.status, test.body) })
			_, err := b.person(s.service).Token(t.Context(), graphclient.Write)
			if got := kindOf(t, err); got != test.kind {
				t.Errorf("the problem's kind is %d, want %d: %v", got, test.kind, err)
			}
			var refusal *signin.Refusal
			if !errors.As(err, &refusal) || refusal.Class != test.class {
				t.Errorf("the refusal is %v, want class %d", refusal, test.class)
			}
			if strings.Contains(err.Error()+s.log.String(), "secret-of-the-description") {
				t.Error("the provider's description was kept")
			}
			if test.class == signin.Consent && !strings.Contains(err.(problem.Problem).Advice(), refusal.AdminConsent) {
				t.Error("the advice does not hold the link for an administrator")
			}
			if test.class == signin.Consent && !strings.HasPrefix(refusal.AdminConsent, s.provider.issuer()+"/adminconsent?") {
				t.Errorf("the link for an administrator is %q", refusal.AdminConsent)
			}
			if live := b.signedIn(); live == test.ends {
				t.Errorf("signed in afterwards: %v, want %v", live, !test.ends)
			}
			if !test.ends {
				if _, err := b.person(s.service).Token(t.Context(), graphclient.Read); err != nil {
					t.Errorf("the token that is still valid: %v", err)
				}
				_, again := b.person(s.service).Token(t.Context(), graphclient.Write)
				if kindOf(t, again) != test.kind {
					t.Errorf("at once again: %v", again)
				}
			}
			if got := len(s.provider.calls("refresh_token")); got != 1 {
				t.Errorf("%d token calls within a minute, want 1", got)
			}
		})
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

// TestRefreshRace: at expiry five requests of each of ten sessions reach each of two replicas at once, and the provider
// detects the reuse of a refresh token. One token call a session; nobody is signed out.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const people = 10
			address := databasetest.URL(t, kind)
			idle := func(o *signin.Options) { o.Idle = 8 * time.Hour }
			s := open(t, databasetest.Open(t, address), idle)
			replica := service(t, databasetest.Open(t, address), s.provider, s.clock, s.URL, idle)
			run(t, replica)
			eventually(t, "ready", func() bool { return replica.Ready() == nil })
			var all sync.WaitGroup
			var mu sync.Mutex
			seen := map[int][]string{}
			var persons [people][2]*signin.Person
			for i := range people {
				b := s.browser(t)
				b.signIn()
				persons[i] = [2]*signin.Person{b.person(s.service), b.person(replica)}
			}
			s.clock.Add(2 * time.Hour)
			for i, both := range persons {
				for _, person := range slices.Repeat(both[:], 5) {
					all.Go(func() {
						token, err := person.Token(context.Background(), graphclient.Read)
						if err != nil {
							t.Errorf("session %d: %v", i, err)
						}
						mu.Lock()
						defer mu.Unlock()
						seen[i] = append(seen[i], token)
					})
				}
			}
			all.Wait()
			for i, tokens := range seen {
				if slices.Sort(tokens); tokens[0] != tokens[len(tokens)-1] {
					t.Errorf("session %d got different tokens", i)
				}
			}
			if got := len(s.provider.calls("refresh_token")); got != people {
				t.Errorf("%d token calls for %d sessions", got, people)
			}
		})
	}
}

// TestSignOutDuringARefresh: the refresh does not bring the session back.
func TestSignOutDuringARefresh(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		old := b.request()
		person := b.person(s.service)
		asked, held := make(chan struct{}), make(chan struct{})
		s.provider.script(func() {
			s.provider.instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
		})
		renewed := make(chan error)
		go func() {
			_, err := person.Token(context.Background(), graphclient.Write)
			renewed <- err
		}()
		<-asked
		if got := b.send(http.MethodPost, "/logout", nil); !strings.HasPrefix(got.location, s.provider.issuer()+"/logout?") {
			t.Errorf("sign-out: %d to %q", got.status, got.location)
		}
		close(held)
		if err := <-renewed; kindOf(t, err) != problem.SignedOut {
			t.Errorf("the token after the sign-out: %v", err)
		}
		if person, err := s.service.Person(old); person != nil || err != nil {
			t.Errorf("the old cookie: %v, %v", person, err)
		}
	})
}

// TestRefreshedIdentity: the refreshed ID token has to be the same person's.
func TestRefreshedIdentity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		script func(*provider)
		ends   bool
	}{
		{"iss", claims(map[string]any{"iss": "https://login.example"}), true},
		{"sub", claims(map[string]any{"sub": "another"}), true},
		{"tid", claims(map[string]any{"tid": "another"}), true},
		{"oid", claims(map[string]any{"oid": "another"}), true},
		{"oid missing", claims(map[string]any{"oid": nil}), true},
		{"nonce", claims(map[string]any{"nonce": "another"}), true},
		{"a bad signature", header(nil, func(string) []byte { return make([]byte, 256) }), false},
		{"aud", claims(map[string]any{"aud": "another"}), false},
		{"no ID token", answers(map[string]any{"id_token": nil}), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
			b := s.browser(t)
			b.signIn()
			s.provider.script(func() { test.script(s.provider) })
			s.clock.Add(2 * time.Hour)
			b.get("/token")
			if live := b.signedIn(); live == test.ends {
				t.Errorf("signed in afterwards: %v, want %v", live, !test.ends)
			}
			s.provider.script(func() { s.provider.token, s.provider.answer = nil, nil })
			s.clock.Add(time.Minute)
			if got := b.get("/token"); !test.ends && got.status != http.StatusOK {
				t.Errorf("a minute later: %d %s, want a token", got.status, got.body)
			}
		})
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
