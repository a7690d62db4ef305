package oidc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

func fromUserinfo(o *signintest.Options) {
	o.OIDC.ClaimsFrom, o.Sessions.Roles.Claim, o.Sessions.Roles.Admin = oidc.FromUserInfo, "groups", []string{"admins"}
}

// says is userinfo of that content.
func says(status int, kind, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// TestClaimsFromUserinfo: names and roles are read there, at the sign-in and after each refresh, with an ID token or without.
// Who it is stays the ID token's to say.
func TestClaimsFromUserinfo(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), fromUserinfo)
	b := s.Browser(t)
	signintest.Claims(map[string]any{"groups": []string{"nobody"}, "preferred_username": "ada@example.test"})(s.Provider)
	b.SignIn()
	person := b.Person(s.Service)
	got := person.Actor()
	if got.Name != "Ada of Userinfo" || got.Username != "ada@example.test" || got.OID != "object" || !slices.Equal(got.Granting, []string{"admins"}) {
		t.Errorf("signed in as %+v", got)
	}
	if source := person.RolesSource(); !strings.HasPrefix(source, "claim groups of userinfo of ") {
		t.Errorf("the roles come from %q", source)
	}
	signintest.Answers(map[string]any{"id_token": nil})(s.Provider)
	s.Provider.Script(func() {
		s.Provider.Userinfo = says(200, "application/json", `{"sub":"pairwise-subject","groups":"nobody","name":{"given":"Ada"},"preferred_username":7}`)
	})
	s.Clock.Add(20 * time.Minute)
	if _, err := b.Person(s.Service).Renew(t.Context(), graphclient.Read, signintest.First(person.Token(t.Context(), graphclient.Read)), ""); err != nil {
		t.Fatal(err)
	}
	now := b.Person(s.Service)
	if got := now.Actor(); len(got.Roles) != 0 || got.Name != "Ada of Userinfo" || !now.RolesAt().Equal(s.Clock.Now()) {
		t.Errorf("after a refresh without an ID token: %+v, roles of %s", got, now.RolesAt())
	}
}

// TestUserinfoOfAnother: its sub has to be the ID token's, at the sign-in and at each refresh.
func TestUserinfoOfAnother(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db, fromUserinfo)
		for _, body := range []string{`{"sub":"somebody-else","groups":["admins"]}`, `{"groups":["admins"]}`, `{"sub":"","groups":["admins"]}`, `[]`, `{"sub":7}`} {
			s.Provider.Script(func() { s.Provider.Userinfo = says(200, "application/json", body) })
			if got := s.Browser(t).SignIn(); got.Status != http.StatusForbidden {
				t.Errorf("%s: the sign-in is answered %d %s", body, got.Status, got.Body)
			}
		}
		s.Provider.Script(func() { s.Provider.Userinfo = nil })
		b := s.Browser(t)
		b.SignIn()
		s.Provider.Script(func() {
			s.Provider.Userinfo = says(200, "application/json", `{"sub":"somebody-else","groups":["admins"]}`)
		})
		person := b.Person(s.Service)
		_, err := person.Renew(t.Context(), graphclient.Read, signintest.First(person.Token(t.Context(), graphclient.Read)), "")
		if signintest.KindOf(t, err) != problem.SignedOut || b.SignedIn() {
			t.Errorf("a refresh that is another's: %v, still signed in: %v", err, b.SignedIn())
		}
	})
}

// TestUserinfoThatCannotBeRead: at a sign-in the reason is told, at a refresh the session goes on with what it has.
func TestUserinfoThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status           int
		kind, body, says string
	}{
		{200, "application/jwt", "a.b.c", "signs or encrypts userinfo"},
		{200, "text/html", "<p>", "does not answer JSON"},
		{401, "application/json", "{}", "answers 401"},
		{404, "text/html", "", "answers 404"},
		{503, "application/json", "{}", "does not answer, or asks to try later"},
		{429, "application/json", "{}", "does not answer, or asks to try later"},
	} {
		s := signintest.Open(t, databasetest.SQLite(t), fromUserinfo, func(o *signintest.Options) { o.Sessions.Idle = o.Sessions.Absolute })
		b := s.Browser(t)
		b.SignIn()
		s.Provider.Script(func() { s.Provider.Userinfo = says(test.status, test.kind, test.body) })
		if got := s.Browser(t).SignIn(); got.Status != http.StatusServiceUnavailable || !strings.Contains(s.Problem().Detail(), test.says) {
			t.Errorf("%d %s: %d %s, want 503 that says %q", test.status, test.kind, got.Status, got.Body, test.says)
		}
		s.Clock.Add(56 * time.Minute)
		if got := b.Get("/token"); got.Status != http.StatusOK {
			t.Errorf("%d %s: a token that is still good after a refresh: %d %s", test.status, test.kind, got.Status, got.Body)
		}
	}
	s := signintest.Discovering(t, map[string]any{"userinfo_endpoint": nil}, fromUserinfo)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Body, "names no userinfo_endpoint") {
		t.Errorf("without an endpoint: %d %s", got.Status, got.Body)
	}
}
