package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
)

// TestAnotherAccount: a provider that cannot have the person choose is asked to have them log in, and in the end is left to
// itself; a refusal that is about more is told.
func TestAnotherAccount(t *testing.T) {
	t.Parallel()
	refuse := func(code, description string) func(url.Values) {
		return func(q url.Values) {
			q.Del("code")
			q.Set("error", code)
			q.Set("error_description", description)
		}
	}
	for _, code := range []string{"invalid_request", "account_selection_required", "interaction_required", "login_required"} {
		s := open(t, databasetest.SQLite(t))
		b := s.browser(t)
		b.signIn()
		b.get("/connectors/7")
		s.clock.Add(3 * time.Second)
		for _, want := range []string{"select_account", "login", ""} {
			ask := b.get("/login?account=other")
			if want != "select_account" {
				ask = b.get(with(b.get(ask.location).location, refuse(code, "unsupported prompt value requested")))
			}
			if want == "" {
				ask = b.get(with(b.get(ask.location).location, refuse(code, "")))
			}
			to, err := url.Parse(ask.location)
			if err != nil || ask.status != http.StatusSeeOther || to.Query().Get("prompt") != want || to.Query().Has("login_hint") || !strings.HasPrefix(ask.location, s.provider.issuer()) {
				t.Fatalf("%s: %d to %s, want the prompt %q", code, ask.status, ask.location, want)
			}
			if got := b.get(b.get(ask.location).location); got.status != http.StatusSeeOther || got.location != "/" {
				t.Errorf("%s, asked with %q: the sign-in ends with %d at %s", code, want, got.status, got.location)
			}
		}
		if strings.Contains(s.log.String(), `"ERROR"`) {
			t.Errorf("%s: a prompt that is refused is logged as a fault: %s", code, s.log)
		}
	}
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	for _, said := range [][2]string{{"access_denied", ""}, {"server_error", ""}, {"interaction_required", "AADSTS50105: x"}} {
		if got := b.get(with(b.get(b.get("/login?account=other").location).location, refuse(said[0], said[1]))); got.status < 400 {
			t.Errorf("%v: %d to %s, want a page that tells", said, got.status, got.location)
		}
	}
	if got := b.get(with(b.toCallback(nil), refuse("invalid_request", ""))); got.status < 400 {
		t.Errorf("a plain sign-in that is refused begins again: %d to %s", got.status, got.location)
	}
}

// TestSignOutWithoutAnEndAtTheProvider: there the session goes on, so the next sign-in asks who it is, until one did.
func TestSignOutWithoutAnEndAtTheProvider(t *testing.T) {
	t.Parallel()
	s := discovering(t, map[string]any{"end_session_endpoint": nil})
	b := s.browser(t)
	b.signIn()
	if got := b.send(http.MethodPost, "/logout", nil); got.location != "/signed-out" {
		t.Errorf("the sign-out leads to %q, and the provider has no such address", got.location)
	}
	prompt := func() string {
		to, _ := url.Parse(b.get("/login").location)
		return to.Query().Get("prompt")
	}
	if got := prompt(); got != "login" {
		t.Errorf("the next sign-in has the prompt %q, want login", got)
	}
	if got := b.signIn(); got.status != http.StatusSeeOther {
		t.Fatalf("the sign-in: %d", got.status)
	}
	if got := prompt(); got != "" {
		t.Errorf("the one after has the prompt %q, want none", got)
	}
}
