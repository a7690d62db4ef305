package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
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
		s := signintest.Open(t, databasetest.SQLite(t))
		b := s.Browser(t)
		b.SignIn()
		b.Get("/connectors/7")
		s.Clock.Add(3 * time.Second)
		for _, want := range []string{"select_account", "login", ""} {
			ask := b.Get("/login?account=other")
			if want != "select_account" {
				ask = b.Get(signintest.With(b.Get(ask.Location).Location, refuse(code, "unsupported prompt value requested")))
			}
			if want == "" {
				ask = b.Get(signintest.With(b.Get(ask.Location).Location, refuse(code, "")))
			}
			to, err := url.Parse(ask.Location)
			if err != nil || ask.Status != http.StatusSeeOther || to.Query().Get("prompt") != want || to.Query().Has("login_hint") || !strings.HasPrefix(ask.Location, s.Provider.Issuer()) {
				t.Fatalf("%s: %d to %s, want the prompt %q", code, ask.Status, ask.Location, want)
			}
			if got := b.Get(b.Get(ask.Location).Location); got.Status != http.StatusSeeOther || got.Location != "/" {
				t.Errorf("%s, asked with %q: the sign-in ends with %d at %s", code, want, got.Status, got.Location)
			}
		}
		if strings.Contains(s.Log.String(), `"ERROR"`) {
			t.Errorf("%s: a prompt that is refused is logged as a fault: %s", code, s.Log)
		}
	}
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	for _, said := range [][2]string{{"access_denied", ""}, {"server_error", ""}, {"interaction_required", "AADSTS50105: x"}} {
		if got := b.Get(signintest.With(b.Get(b.Get("/login?account=other").Location).Location, refuse(said[0], said[1]))); got.Status < 400 {
			t.Errorf("%v: %d to %s, want a page that tells", said, got.Status, got.Location)
		}
	}
	if got := b.Get(signintest.With(b.ToCallback(nil), refuse("invalid_request", ""))); got.Status < 400 {
		t.Errorf("a plain sign-in that is refused begins again: %d to %s", got.Status, got.Location)
	}
}

// TestSignOutWithoutAnEndAtTheProvider: there the session goes on, so the next sign-in asks who it is, until one did.
func TestSignOutWithoutAnEndAtTheProvider(t *testing.T) {
	t.Parallel()
	s := signintest.Discovering(t, map[string]any{"end_session_endpoint": nil})
	b := s.Browser(t)
	b.SignIn()
	if got := b.Send(http.MethodPost, "/logout", nil); got.Location != "/signed-out" {
		t.Errorf("the sign-out leads to %q, and the provider has no such address", got.Location)
	}
	prompt := func() string {
		to, _ := url.Parse(b.Get("/login").Location)
		return to.Query().Get("prompt")
	}
	if got := prompt(); got != "login" {
		t.Errorf("the next sign-in has the prompt %q, want login", got)
	}
	if got := b.SignIn(); got.Status != http.StatusSeeOther {
		t.Fatalf("the sign-in: %d", got.Status)
	}
	if got := prompt(); got != "" {
		t.Errorf("the one after has the prompt %q, want none", got)
	}
}
