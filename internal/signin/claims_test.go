package signin_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// discovering changes what the provider says of itself, before anybody asks.
func discovering(t *testing.T, changes map[string]any, alter ...func(*signin.Options)) *site {
	t.Helper()
	c := newClock()
	s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c, alter...)
	s.provider.document = func(d map[string]any) {
		for name, value := range changes {
			d[name] = value
		}
	}
	s.run(t)
	return s
}

func first[T any](value T, _ error) T { return value }

// TestClaimsGoOnlyWhereTheyAreKnown: a strict provider refuses parameters that it does not know.
func TestClaimsGoOnlyWhereTheyAreKnown(t *testing.T) {
	t.Parallel()
	userinfo := func(o *signin.Options) { o.ClaimsFrom, o.Roles.Claim = signin.Userinfo, "realm_access.roles" }
	tests := []struct {
		name             string
		discovery        map[string]any
		alter            func(*signin.Options)
		signIn, refresh  string
		challengedSignIn string
	}{
		{"Entra ID", nil, func(*signin.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"Entra ID, taking claims", map[string]any{"claims_parameter_supported": true}, func(*signin.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"nobody in particular", map[string]any{"msgraph_host": nil}, func(*signin.Options) {}, "", "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"one that says no", map[string]any{"msgraph_host": nil, "claims_parameter_supported": false}, func(*signin.Options) {}, "", "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"one that takes them", map[string]any{"msgraph_host": nil, "claims_parameter_supported": true}, func(*signin.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{"name":null,"preferred_username":null,"roles":null}}`, "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}},"id_token":{"name":null,"preferred_username":null,"roles":null}}`},
		{"one that takes them, of userinfo", map[string]any{"msgraph_host": nil, "claims_parameter_supported": true}, userinfo,
			`{"access_token":{"xms_cc":{"values":["cp1"]}},"userinfo":{"name":null,"preferred_username":null,"realm_access":null,"realm_access.roles":null}}`, "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}},"userinfo":{"name":null,"preferred_username":null,"realm_access":null,"realm_access.roles":null}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := discovering(t, test.discovery, test.alter)
			b := s.browser(t)
			if got := b.signIn(); got.status != http.StatusSeeOther {
				t.Fatalf("the sign-in: %d %s\n%s", got.status, got.body, s.log)
			}
			person := b.person(s.service)
			if _, err := person.Renew(t.Context(), graphclient.Read, first(person.Token(t.Context(), graphclient.Read)), ""); err != nil {
				t.Fatal(err)
			}
			if err := b.person(s.service).StepUp(t.Context(), challenge); err != nil {
				t.Fatal(err)
			}
			s.clock.Add(3 * time.Second) // past what an instance may remember of a session
			b.get(b.get("/login").location)
			asked, refresh := s.provider.authorizeAsks, s.provider.calls("refresh_token")[0]
			for _, sent := range []struct {
				what, want string
				in         url.Values
			}{{"the sign-in", test.signIn, asked[0]}, {"the refresh", test.refresh, refresh}, {"the sign-in that is challenged", test.challengedSignIn, asked[1]}} {
				if got := sent.in.Get("claims"); got != sent.want || sent.in.Has("claims") != (sent.want != "") {
					t.Errorf("%s asks for claims %s, want %s", sent.what, got, sent.want)
				}
			}
		})
	}
}
