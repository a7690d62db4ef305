package oidc_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/signin/signintest"
)

// TestClaimsGoOnlyWhereTheyAreKnown: a strict provider refuses parameters that it does not know.
func TestClaimsGoOnlyWhereTheyAreKnown(t *testing.T) {
	t.Parallel()
	userinfo := func(o *signintest.Options) {
		o.OIDC.ClaimsFrom, o.Sessions.Roles.Claim = oidc.FromUserInfo, "realm_access.roles"
	}
	tests := []struct {
		name             string
		discovery        map[string]any
		alter            func(*signintest.Options)
		signIn, refresh  string
		challengedSignIn string
	}{
		{"Entra ID", nil, func(*signintest.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"Entra ID, taking claims", map[string]any{"claims_parameter_supported": true}, func(*signintest.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, `{"access_token":{"xms_cc":{"values":["cp1"]}}}`,
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"nobody in particular", map[string]any{"msgraph_host": nil}, func(*signintest.Options) {}, "", "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"one that says no", map[string]any{"msgraph_host": nil, "claims_parameter_supported": false}, func(*signintest.Options) {}, "", "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
		{"one that takes them", map[string]any{"msgraph_host": nil, "claims_parameter_supported": true}, func(*signintest.Options) {},
			`{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{"name":null,"preferred_username":null,"roles":null}}`, "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}},"id_token":{"name":null,"preferred_username":null,"roles":null}}`},
		{"one that takes them, of userinfo", map[string]any{"msgraph_host": nil, "claims_parameter_supported": true}, userinfo,
			`{"access_token":{"xms_cc":{"values":["cp1"]}},"userinfo":{"name":null,"preferred_username":null,"realm_access":null,"realm_access.roles":null}}`, "",
			`{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}},"userinfo":{"name":null,"preferred_username":null,"realm_access":null,"realm_access.roles":null}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := signintest.Discovering(t, test.discovery, test.alter)
			b := s.Browser(t)
			if got := b.SignIn(); got.Status != http.StatusSeeOther {
				t.Fatalf("the sign-in: %d %s\n%s", got.Status, got.Body, s.Log)
			}
			person := b.Person(s.Service)
			if _, err := person.Renew(t.Context(), graphclient.Read, signintest.First(person.Token(t.Context(), graphclient.Read)), ""); err != nil {
				t.Fatal(err)
			}
			if err := b.Person(s.Service).StepUp(t.Context(), signintest.Challenge); err != nil {
				t.Fatal(err)
			}
			s.Clock.Add(3 * time.Second) // past what an instance may remember of a session
			b.Get(b.Get("/login").Location)
			asked, refresh := s.Provider.AuthorizeAsks, s.Provider.Calls("refresh_token")[0]
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

// TestHasScope: a scope is found by its last segment, in whatever letter case, and of several each has to be there.
func TestHasScope(t *testing.T) {
	t.Parallel()
	granted := []string{"openid", "https://graph.example/Config.Read.All", "Mail.Read"}
	for scope, want := range map[string]bool{
		"https://graph.example/Config.Read.All": true, "config.read.all": true, "api://another/CONFIG.READ.ALL": true, "Config.ReadWrite.All": false, "Config": false,
		"openid Mail.Read": true, "Mail.Read Mail.Send": false, "": false, "https://graph.example/Mail.Send https://graph.example/Mail.Read": false,
	} {
		if got := oidc.HasScope(granted, scope); got != want {
			t.Errorf("%q: %v, want %v", scope, got, want)
		}
	}
}
