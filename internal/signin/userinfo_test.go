package signin_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
)

// sayUserinfo answers only the access token given out last.
func (p *provider) sayUserinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.access) == 0 || r.Header.Get("Authorization") != "Bearer "+p.access[len(p.access)-1] {
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"})
		return
	}
	if p.userinfo != nil {
		p.userinfo(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"sub": p.subject, "name": "Ada of Userinfo", "groups": []string{"admins"}})
}

func fromUserinfo(o *signin.Options) {
	o.ClaimsFrom, o.Roles.Claim, o.Roles.Admin = signin.Userinfo, "groups", []string{"admins"}
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
	s := open(t, databasetest.SQLite(t), fromUserinfo)
	b := s.browser(t)
	claims(map[string]any{"groups": []string{"nobody"}, "preferred_username": "ada@example.test"})(s.provider)
	b.signIn()
	person := b.person(s.service)
	got := person.Actor()
	if got.Name != "Ada of Userinfo" || got.Username != "ada@example.test" || got.OID != "object" || !slices.Equal(got.Granting, []string{"admins"}) {
		t.Errorf("signed in as %+v", got)
	}
	if source := person.RolesSource(); !strings.HasPrefix(source, "claim groups of userinfo of ") {
		t.Errorf("the roles come from %q", source)
	}
	answers(map[string]any{"id_token": nil})(s.provider)
	s.provider.script(func() {
		s.provider.userinfo = says(200, "application/json", `{"sub":"pairwise-subject","groups":"nobody"}`)
	})
	s.clock.Add(20 * time.Minute)
	if _, err := b.person(s.service).Renew(t.Context(), graphclient.Read, first(person.Token(t.Context(), graphclient.Read)), ""); err != nil {
		t.Fatal(err)
	}
	now := b.person(s.service)
	if got := now.Actor(); len(got.Roles) != 0 || got.Name != "Ada of Userinfo" || !now.RolesAt().Equal(s.clock.Now()) {
		t.Errorf("after a refresh without an ID token: %+v, roles of %s", got, now.RolesAt())
	}
}

// TestUserinfoOfAnother: its sub has to be the ID token's, at the sign-in and at each refresh.
func TestUserinfoOfAnother(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db, fromUserinfo)
		for _, body := range []string{`{"sub":"somebody-else","groups":["admins"]}`, `{"groups":["admins"]}`, `{"sub":"","groups":["admins"]}`, `[]`, `{"sub":7}`} {
			s.provider.script(func() { s.provider.userinfo = says(200, "application/json", body) })
			if got := s.browser(t).signIn(); got.status != http.StatusForbidden {
				t.Errorf("%s: the sign-in is answered %d %s", body, got.status, got.body)
			}
		}
		s.provider.script(func() { s.provider.userinfo = nil })
		b := s.browser(t)
		b.signIn()
		s.provider.script(func() {
			s.provider.userinfo = says(200, "application/json", `{"sub":"somebody-else","groups":["admins"]}`)
		})
		person := b.person(s.service)
		_, err := person.Renew(t.Context(), graphclient.Read, first(person.Token(t.Context(), graphclient.Read)), "")
		if kindOf(t, err) != problem.SignedOut || b.signedIn() {
			t.Errorf("a refresh that is another's: %v, still signed in: %v", err, b.signedIn())
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
		s := open(t, databasetest.SQLite(t), fromUserinfo, func(o *signin.Options) { o.Idle = o.Absolute })
		b := s.browser(t)
		b.signIn()
		s.provider.script(func() { s.provider.userinfo = says(test.status, test.kind, test.body) })
		if got := s.browser(t).signIn(); got.status != http.StatusServiceUnavailable || !strings.Contains(s.problem().Detail(), test.says) {
			t.Errorf("%d %s: %d %s, want 503 that says %q", test.status, test.kind, got.status, got.body, test.says)
		}
		s.clock.Add(56 * time.Minute)
		if got := b.get("/token"); got.status != http.StatusOK {
			t.Errorf("%d %s: a token that is still good after a refresh: %d %s", test.status, test.kind, got.status, got.body)
		}
	}
	s := discovering(t, map[string]any{"userinfo_endpoint": nil}, fromUserinfo)
	if got := s.browser(t).signIn(); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "names no userinfo_endpoint") {
		t.Errorf("without an endpoint: %d %s", got.status, got.body)
	}
}
