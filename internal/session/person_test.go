package session_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/signin/signintest"
)

func TestFormTokens(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	mine, others := s.Browser(t), s.Browser(t)
	mine.SignIn()
	others.SignIn()
	me, other := mine.Person(s.Service), others.Person(s.Service)
	first, second := me.FormToken(), me.FormToken()
	if first == second {
		t.Error("two forms have the same token")
	}
	flipped := []byte(first)
	flipped[len(flipped)-2] ^= 1
	tests := []struct {
		name, token string
		valid       bool
	}{
		{"the first", first, true},
		{"the second", second, true},
		{"another session's", other.FormToken(), false},
		{"altered", string(flipped), false},
		{"empty", "", false},
		{"zeros", strings.Repeat("A", len(first)), false},
		{"cut", first[:len(first)-4], false},
		{"not base64", strings.Repeat("%", len(first)), false},
	}
	for _, test := range tests {
		if got := me.FormTokenValid(test.token); got != test.valid {
			t.Errorf("%s: %v, want %v", test.name, got, test.valid)
		}
	}
}

// TestADatabaseThatFailsSignsNobodyOut: it is an error while it lasts, and nothing afterwards.
func TestADatabaseThatFailsSignsNobodyOut(t *testing.T) {
	t.Parallel()
	db := &signintest.Counted{DB: databasetest.SQLite(t)}
	s := signintest.Open(t, db.DB, func(o *signintest.Options) { o.DB = db })
	b := s.Browser(t)
	b.SignIn()
	s.Clock.Add(3 * time.Second)
	db.Locked.Store(true)
	for _, address := range []string{"/connectors", "/token", "/token?need=write", "/login"} {
		if got := b.Get(address); got.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s, want 503", address, got.Status, got.Body)
		}
	}
	if got := b.Send(http.MethodPost, "/logout", nil); got.Status != http.StatusServiceUnavailable || len(got.Cookies) != 0 {
		t.Errorf("sign-out: %d with cookies %v; want 503, and the cookie kept", got.Status, got.Cookies)
	}
	db.Locked.Store(false)
	if !b.SignedIn() {
		t.Error("signed out")
	}
	s.Clock.Add(2 * time.Minute)
	b.SignedIn() // into memory
	db.Locked.Store(true)
	s.Clock.Add(time.Second)
	if !b.SignedIn() {
		t.Error("a session in memory needs the database")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b, other := s.Browser(t), s.Browser(t)
		b.SignIn()
		other.SignIn()
		b.SignedIn() // into memory
		thief := b.Request()
		got := b.Send(http.MethodPost, "/logout", nil)
		to, err := url.Parse(got.Location)
		if err != nil {
			t.Fatal(err)
		}
		want := url.Values{"client_id": {signintest.ClientID}, "logout_hint": {"opaque-hint"}, "post_logout_redirect_uri": {s.URL + "/signed-out"}}
		if to.Query().Encode() != want.Encode() || !strings.HasPrefix(got.Location, s.Provider.Issuer()+"/logout?") {
			t.Errorf("sign-out leads to %s, want %s", got.Location, want.Encode())
		}
		if person, err := s.Service.Sessions.Person(thief); person != nil || err != nil {
			t.Errorf("the cookie, replayed: %v, %v", person, err)
		}
		if b.SignedIn() || !other.SignedIn() {
			t.Error("the wrong browser was signed out")
		}
	})
}

// TestSignOutWhileItIsRead: a session that ends between its being read and its being remembered is not remembered.
func TestSignOutWhileItIsRead(t *testing.T) {
	t.Parallel()
	db := &signintest.Counted{DB: databasetest.SQLite(t)}
	s := signintest.Open(t, db.DB, func(o *signintest.Options) { o.DB = db })
	b := s.Browser(t)
	b.SignIn()
	db.AfterRead = func() {
		if ended, err := s.Service.Sessions.EndBySID(t.Context(), "sid-of-ada"); len(ended) != 1 || err != nil {
			t.Errorf("ended %d, %v", len(ended), err)
		}
	}
	b.Person(s.Service)
	if b.Person(s.Service) != nil {
		t.Error("a session that has ended is still served from memory")
	}
}

func TestWhereIAmSignedIn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		browsers := []*signintest.Browser{s.Browser(t), s.Browser(t), s.Browser(t)}
		for _, b := range browsers {
			b.SignIn()
			s.Clock.Add(time.Minute)
		}
		s.Provider.Script(func() { s.Provider.OID = "somebody-else" })
		stranger := s.Browser(t)
		stranger.SignIn()
		me := browsers[1].Person(s.Service)
		list, err := s.Service.Sessions.List(t.Context(), me)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d sessions, %v; want 3", len(list), err)
		}
		for i, one := range list {
			if one.Current != (i == 1) || !strings.HasPrefix(one.Device, "Go-http-client") || one.Since.IsZero() {
				t.Errorf("session %d: %+v", i, one)
			}
		}
		theirs := stranger.Person(s.Service).SessionHash()
		if found, err := s.Service.Sessions.EndOther(t.Context(), me, theirs); found || err != nil {
			t.Errorf("another person's session: ended %v, %v", found, err)
		}
		if found, err := s.Service.Sessions.EndOther(t.Context(), me, list[0].ID); !found || err != nil {
			t.Errorf("my other session: ended %v, %v", found, err)
		}
		if browsers[2].SignedIn() || !browsers[0].SignedIn() || !stranger.SignedIn() {
			t.Error("the wrong session was ended")
		}
		if n, err := s.Service.Sessions.EndOthers(t.Context(), me); n != 1 || err != nil {
			t.Errorf("the others: %d, %v; want 1", n, err)
		}
		if browsers[0].SignedIn() || !browsers[1].SignedIn() || !stranger.SignedIn() {
			t.Error("the wrong sessions were ended")
		}
	})
}

func TestFrontChannelLogout(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b, other, without := s.Browser(t), s.Browser(t), s.Browser(t)
		b.SignIn()
		signintest.Claims(map[string]any{"sid": "another-sid"})(s.Provider)
		other.SignIn()
		signintest.Claims(map[string]any{"sid": nil})(s.Provider)
		without.SignIn()
		for sid, want := range map[string]int{"": 0, "nobody's": 0, "sid-of-ada": 1} {
			if got, err := s.Service.Sessions.EndBySID(t.Context(), sid); len(got) != want || err != nil {
				t.Errorf("sid %q ended %d, %v; want %d", sid, len(got), err, want)
			}
		}
		if b.SignedIn() || !other.SignedIn() || !without.SignedIn() {
			t.Error("the wrong session was ended")
		}
	})
}

// TestStepUp: what the organization asks for at a refresh is asked for at the next sign-in, once.
func TestStepUp(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	b.SignIn()
	s.Provider.Script(func() {
		s.Provider.Instead = signintest.Refusing(400, map[string]any{"error": "interaction_required", "claims": signintest.Challenge})
	})
	person := b.Person(s.Service)
	token, _ := person.Token(t.Context(), graphclient.Read)
	_, err := person.Renew(t.Context(), graphclient.Read, token, `{"access_token":{"nbf":{"value":"1"}}}`)
	if signintest.KindOf(t, err) != problem.Forbidden {
		t.Errorf("the challenge: %v, want Forbidden", err)
	}
	s.Provider.Script(func() { s.Provider.Instead = nil })
	b.SignIn()
	b.Get(b.Get("/login?account=other").Location)
	b.Get(b.Get("/login?grant=write").Location)
	asked := s.Provider.AuthorizeAsks[1:]
	if got, want := asked[0].Get("claims"), `{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`; got != want {
		t.Errorf("the sign-in asked for %s, want %s", got, want)
	}
	if got := asked[0].Get("login_hint"); got != "opaque-hint" {
		t.Errorf("login_hint %q", got)
	}
	if asked[1].Get("prompt") != "select_account" || asked[1].Has("login_hint") || asked[1].Get("claims") != `{"access_token":{"xms_cc":{"values":["cp1"]}}}` {
		t.Errorf("another account: %v", asked[1])
	}
	if !strings.Contains(asked[2].Get("scope"), signintest.WriteScope) || !strings.Contains(asked[2].Get("scope"), signintest.ReadScope) {
		t.Errorf("the write scope: %v", asked[2])
	}
}
