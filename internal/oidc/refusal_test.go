package oidc_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

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
		class  oidc.Class
		ends   string // the code that is told, "" if the session lives
	}{
		{"invalid_grant", 400, map[string]any{"error": "invalid_grant"}, problem.SignedOut, oidc.SignInAgain, "invalid_grant"},
		{"members of other types", 400, map[string]any{"error": "invalid_grant", "suberror": "bad_token", "error_codes": "50173", "claims": map[string]any{}}, problem.SignedOut, oidc.SignInAgain, "invalid_grant"},
		{"revoked", 400, grant("", 50173), problem.SignedOut, oidc.SignInAgain, "invalid_grant AADSTS50173"},
		{"bad_token", 400, grant("bad_token", 0), problem.SignedOut, oidc.SignInAgain, "invalid_grant"},
		{"blocked by policy", 400, grant("message_only", 53003), problem.SignedOut, oidc.Policy, "invalid_grant AADSTS53003"},
		{"disabled", 400, grant("", 50057), problem.SignedOut, oidc.Policy, "invalid_grant AADSTS50057"},
		{"consent by suberror", 400, grant("consent_required", 0), problem.Forbidden, oidc.Consent, ""},
		{"consent by number", 400, grant("", 65001), problem.Forbidden, oidc.Consent, ""},
		{"an administrator's consent", 400, grant("", 90094), problem.Forbidden, oidc.Consent, ""},
		{"consent by error", 400, map[string]any{"error": "consent_required"}, problem.Forbidden, oidc.Consent, ""},
		{"interaction_required", 400, map[string]any{"error": "interaction_required"}, problem.Forbidden, oidc.StepUp, ""},
		{"blocked for now", 400, map[string]any{"error": "interaction_required", "suberror": "message_only", "error_codes": []int{53003}}, problem.Forbidden, oidc.Policy, ""},
		{"a second factor", 400, map[string]any{"error": "invalid_grant", "suberror": "basic_action", "error_codes": []int{50076}, "claims": `{"access_token":{"x":null}}`}, problem.Forbidden, oidc.StepUp, ""},
		{"wrong secret", 401, map[string]any{"error": "invalid_client", "error_codes": []int{7000215}}, problem.Unavailable, oidc.Misconfigured, ""},
		{"wrong secret, as Keycloak says it", 401, map[string]any{"error": "unauthorized_client"}, problem.Unavailable, oidc.Misconfigured, ""},
		{"invalid_scope", 400, map[string]any{"error": "invalid_scope", "error_codes": []int{70011}}, problem.Unavailable, oidc.Misconfigured, ""},
		{"temporarily_unavailable", 400, map[string]any{"error": "temporarily_unavailable"}, problem.Unavailable, oidc.Later, ""},
		{"429", 429, map[string]any{"error": "invalid_grant"}, problem.Unavailable, oidc.Later, ""},
		{"503", 503, map[string]any{}, problem.Unavailable, oidc.Later, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Open(t, databasetest.SQLite(t))
			b := s.Browser(t)
			b.SignIn()
			s.Provider.Script(func() { s.Provider.Instead = signintest.Refusing(test.status, test.body) })
			_, err := b.Person(s.Service).Token(t.Context(), graphclient.Write)
			if got := signintest.KindOf(t, err); got != test.kind {
				t.Errorf("the problem's kind is %d, want %d: %v", got, test.kind, err)
			}
			var refusal *oidc.Refusal
			if !errors.As(err, &refusal) || refusal.Class != test.class {
				t.Errorf("the refusal is %v, want class %d", refusal, test.class)
			}
			if strings.Contains(err.Error()+s.Log.String(), "secret-of-the-description") {
				t.Error("the provider's description was kept")
			}
			if test.class == oidc.Consent && err.(problem.Problem).Gate() != problem.Scope {
				t.Errorf("the gate is %q", err.(problem.Problem).Gate())
			}
			if test.class == oidc.Consent && !strings.HasPrefix(refusal.AdminConsent, s.Provider.Issuer()+"/adminconsent?") {
				t.Errorf("the link for an administrator is %q", refusal.AdminConsent)
			}
			if person := b.Person(s.Service); person != nil && (person.Refused() == nil || person.Refused().Class != test.class) {
				t.Errorf("the session remembers %v", person.Refused())
			}
			if live := b.SignedIn(); live == (test.ends != "") {
				t.Errorf("signed in afterwards: %v, want %v", live, test.ends == "")
			}
			if test.ends == "" {
				if _, err := b.Person(s.Service).Token(t.Context(), graphclient.Read); err != nil {
					t.Errorf("the token that is still valid: %v", err)
				}
				_, again := b.Person(s.Service).Token(t.Context(), graphclient.Write)
				if signintest.KindOf(t, again) != test.kind {
					t.Errorf("at once again: %v", again)
				}
			}
			calls := 1
			if test.name == "invalid_grant" { // which might be about the wider scope
				calls = 2
			}
			if got := len(s.Provider.Calls("refresh_token")); got != calls {
				t.Errorf("%d token calls within a minute, want %d", got, calls)
			}
			want := ""
			if test.ends != "" {
				want = "object: the provider ended the session: " + test.ends
			}
			if got := s.Endings(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
}

// TestTraceIDIsLogged: Microsoft's support asks for it, and the header has it where the body does not.
func TestTraceIDIsLogged(t *testing.T) {
	t.Parallel()
	const inBody, inHeader = "11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"
	for want, body := range map[string]map[string]any{
		inBody: {"error": "invalid_client", "trace_id": inBody}, inHeader: {"error": "invalid_client"},
	} {
		s := signintest.Open(t, databasetest.SQLite(t))
		b := s.Browser(t)
		b.SignIn()
		s.Provider.Script(func() {
			s.Provider.Instead = func(w http.ResponseWriter, _ url.Values) bool {
				w.Header().Set("X-Ms-Request-Id", inHeader)
				signintest.WriteJSON(w, http.StatusUnauthorized, body)
				return true
			}
		})
		if _, err := b.Person(s.Service).Token(t.Context(), graphclient.Write); err == nil {
			t.Error("a token came")
		}
		if !strings.Contains(s.Log.String(), "trace id "+want) {
			t.Errorf("the log does not have %s: %s", want, s.Log)
		}
	}
}
