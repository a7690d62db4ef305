package signin_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
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
		ends   string // the code that is told, "" if the session lives
	}{
		{"invalid_grant", 400, map[string]any{"error": "invalid_grant"}, problem.SignedOut, signin.SignInAgain, "invalid_grant"},
		{"revoked", 400, grant("", 50173), problem.SignedOut, signin.SignInAgain, "invalid_grant AADSTS50173"},
		{"bad_token", 400, grant("bad_token", 0), problem.SignedOut, signin.SignInAgain, "invalid_grant"},
		{"blocked by policy", 400, grant("message_only", 53003), problem.SignedOut, signin.Policy, "invalid_grant AADSTS53003"},
		{"disabled", 400, grant("", 50057), problem.SignedOut, signin.Policy, "invalid_grant AADSTS50057"},
		{"consent by suberror", 400, grant("consent_required", 0), problem.Forbidden, signin.Consent, ""},
		{"consent by number", 400, grant("", 65001), problem.Forbidden, signin.Consent, ""},
		{"an administrator's consent", 400, grant("", 90094), problem.Forbidden, signin.Consent, ""},
		{"consent by error", 400, map[string]any{"error": "consent_required"}, problem.Forbidden, signin.Consent, ""},
		{"interaction_required", 400, map[string]any{"error": "interaction_required"}, problem.Forbidden, signin.StepUp, ""},
		{"blocked for now", 400, map[string]any{"error": "interaction_required", "suberror": "message_only", "error_codes": []int{53003}}, problem.Forbidden, signin.Policy, ""},
		{"a second factor", 400, map[string]any{"error": "invalid_grant", "suberror": "basic_action", "error_codes": []int{50076}, "claims": `{"access_token":{"x":null}}`}, problem.Forbidden, signin.StepUp, ""},
		{"wrong secret", 401, map[string]any{"error": "invalid_client", "error_codes": []int{7000215}}, problem.Unavailable, signin.Misconfigured, ""},
		{"invalid_scope", 400, map[string]any{"error": "invalid_scope", "error_codes": []int{70011}}, problem.Unavailable, signin.Misconfigured, ""},
		{"temporarily_unavailable", 400, map[string]any{"error": "temporarily_unavailable"}, problem.Unavailable, signin.Later, ""},
		{"429", 429, map[string]any{"error": "invalid_grant"}, problem.Unavailable, signin.Later, ""},
		{"503", 503, map[string]any{}, problem.Unavailable, signin.Later, ""},
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
			if test.class == signin.Consent && err.(problem.Problem).Gate() != problem.Scope {
				t.Errorf("the gate is %q", err.(problem.Problem).Gate())
			}
			if test.class == signin.Consent && !strings.HasPrefix(refusal.AdminConsent, s.provider.issuer()+"/adminconsent?") {
				t.Errorf("the link for an administrator is %q", refusal.AdminConsent)
			}
			if person := b.person(s.service); person != nil && (person.Refused() == nil || person.Refused().Class != test.class) {
				t.Errorf("the session remembers %v", person.Refused())
			}
			if live := b.signedIn(); live == (test.ends != "") {
				t.Errorf("signed in afterwards: %v, want %v", live, test.ends == "")
			}
			if test.ends == "" {
				if _, err := b.person(s.service).Token(t.Context(), graphclient.Read); err != nil {
					t.Errorf("the token that is still valid: %v", err)
				}
				_, again := b.person(s.service).Token(t.Context(), graphclient.Write)
				if kindOf(t, again) != test.kind {
					t.Errorf("at once again: %v", again)
				}
			}
			calls := 1
			if test.name == "invalid_grant" { // which might be about the wider scope
				calls = 2
			}
			if got := len(s.provider.calls("refresh_token")); got != calls {
				t.Errorf("%d token calls within a minute, want %d", got, calls)
			}
			want := ""
			if test.ends != "" {
				want = "object: the provider ended the session: " + test.ends
			}
			if got := s.endings(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
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
			want := ""
			if test.ends {
				want = "object: the refreshed ID token is of another person or issuer"
			}
			if got := s.endings(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
			s.provider.script(func() { s.provider.token, s.provider.answer = nil, nil })
			s.clock.Add(time.Minute)
			if got := b.get("/token"); !test.ends && got.status != http.StatusOK {
				t.Errorf("a minute later: %d %s, want a token", got.status, got.body)
			}
		})
	}
}
