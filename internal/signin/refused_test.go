package signin_test

import (
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

// TestRefusedSignIns: the provider's errors in a person's words, never in its own, and never a way back into a loop.
func TestRefusedSignIns(t *testing.T) {
	t.Parallel()
	const correlation = "11111111-2222-3333-4444-555555555555"
	tests := []struct {
		error, description string
		kind               problem.Kind
		words              string
	}{
		{"access_denied", "", problem.Forbidden, "cancelled"},
		{"access_denied", "AADSTS65004: declined", problem.Forbidden, "administrator"},
		{"consent_required", "AADSTS65001: x", problem.Forbidden, "administrator"},
		{"interaction_required", "AADSTS50105: x", problem.Forbidden, "not assigned"},
		{"access_denied", "AADSTS53003: x", problem.Forbidden, "policy"},
		{"login_required", "AADSTS50058: x", problem.BadRequest, "not finished"},
		{"unauthorized_client", "AADSTS700016: x", problem.Unavailable, "oidc.client_id"},
		{"temporarily_unavailable", "", problem.Unavailable, "not possible"},
		{"<b>odd</b>", "", problem.Unavailable, "not set up"},
	}
	s := signintest.Open(t, databasetest.SQLite(t))
	for _, test := range tests {
		b := s.Browser(t)
		got := b.Get(signintest.With(b.ToCallback(nil), func(q url.Values) {
			q.Del("code")
			q.Set("error", test.error)
			q.Set("error_description", test.description+"<script>alert(1)</script>\r\nTrace ID: x\r\nCorrelation ID: "+correlation+"\r\nTimestamp: 2026-11-24 09:00:00Z")
		}))
		said := s.Problem()
		if said.Kind() != test.kind || !strings.Contains(said.Title()+said.Detail(), test.words) {
			t.Errorf("%s %s: kind %d, %q %q; want %d and %q", test.error, test.description, said.Kind(), said.Title(), said.Detail(), test.kind, test.words)
		}
		if ids := said.IDs(); len(ids) != 2 || ids[0].Value != correlation {
			t.Errorf("%s: to be quoted: %v", test.error, ids)
		}
		if strings.Contains(got.Body+s.Log.String(), "script") || strings.Contains(got.Body, "odd") {
			t.Errorf("%s: the provider's own words are shown or logged", test.error)
		}
	}
}
