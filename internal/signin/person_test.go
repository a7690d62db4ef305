package signin_test

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
	"switchboard/internal/signin"
)

func TestFormTokens(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	mine, others := s.browser(t), s.browser(t)
	mine.signIn()
	others.signIn()
	me, other := mine.person(s.service), others.person(s.service)
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
	db := &counted{DB: databasetest.SQLite(t)}
	s := open(t, db.DB, func(o *signin.Options) { o.DB = db })
	b := s.browser(t)
	b.signIn()
	s.clock.Add(3 * time.Second)
	db.locked.Store(true)
	for _, address := range []string{"/connectors", "/token", "/token?need=write", "/login"} {
		if got := b.get(address); got.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s, want 503", address, got.status, got.body)
		}
	}
	if got := b.send(http.MethodPost, "/logout", nil); got.status != http.StatusServiceUnavailable || len(got.cookies) != 0 {
		t.Errorf("sign-out: %d with cookies %v; want 503, and the cookie kept", got.status, got.cookies)
	}
	db.locked.Store(false)
	if !b.signedIn() {
		t.Error("signed out")
	}
	s.clock.Add(2 * time.Minute)
	b.signedIn() // into memory
	db.locked.Store(true)
	s.clock.Add(time.Second)
	if !b.signedIn() {
		t.Error("a session in memory needs the database")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b, other := s.browser(t), s.browser(t)
		b.signIn()
		other.signIn()
		b.signedIn() // into memory
		thief := b.request()
		got := b.send(http.MethodPost, "/logout", nil)
		to, err := url.Parse(got.location)
		if err != nil {
			t.Fatal(err)
		}
		want := url.Values{"client_id": {clientID}, "logout_hint": {"opaque-hint"}, "post_logout_redirect_uri": {s.URL + "/signed-out"}}
		if to.Query().Encode() != want.Encode() || !strings.HasPrefix(got.location, s.provider.issuer()+"/logout?") {
			t.Errorf("sign-out leads to %s, want %s", got.location, want.Encode())
		}
		if person, err := s.service.Person(thief); person != nil || err != nil {
			t.Errorf("the cookie, replayed: %v, %v", person, err)
		}
		if b.signedIn() || !other.signedIn() {
			t.Error("the wrong browser was signed out")
		}
	})
}

// TestSignOutWhileItIsRead: a session that ends between its being read and its being remembered is not remembered.
func TestSignOutWhileItIsRead(t *testing.T) {
	t.Parallel()
	db := &counted{DB: databasetest.SQLite(t)}
	s := open(t, db.DB, func(o *signin.Options) { o.DB = db })
	b := s.browser(t)
	b.signIn()
	db.afterRead = func() {
		if ended, err := s.service.EndBySID(t.Context(), "sid-of-ada"); len(ended) != 1 || err != nil {
			t.Errorf("ended %d, %v", len(ended), err)
		}
	}
	b.person(s.service)
	if b.person(s.service) != nil {
		t.Error("a session that has ended is still served from memory")
	}
}

func TestWhereIAmSignedIn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		browsers := []*browser{s.browser(t), s.browser(t), s.browser(t)}
		for _, b := range browsers {
			b.signIn()
			s.clock.Add(time.Minute)
		}
		s.provider.script(func() { s.provider.oid = "somebody-else" })
		stranger := s.browser(t)
		stranger.signIn()
		me := browsers[1].person(s.service)
		list, err := s.service.List(t.Context(), me)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d sessions, %v; want 3", len(list), err)
		}
		for i, one := range list {
			if one.Current != (i == 1) || !strings.HasPrefix(one.Device, "Go-http-client") || one.Since.IsZero() {
				t.Errorf("session %d: %+v", i, one)
			}
		}
		theirs := stranger.person(s.service).SessionHash()
		if found, err := s.service.EndOther(t.Context(), me, theirs); found || err != nil {
			t.Errorf("another person's session: ended %v, %v", found, err)
		}
		if found, err := s.service.EndOther(t.Context(), me, list[0].ID); !found || err != nil {
			t.Errorf("my other session: ended %v, %v", found, err)
		}
		if browsers[2].signedIn() || !browsers[0].signedIn() || !stranger.signedIn() {
			t.Error("the wrong session was ended")
		}
		if n, err := s.service.EndOthers(t.Context(), me); n != 1 || err != nil {
			t.Errorf("the others: %d, %v; want 1", n, err)
		}
		if browsers[0].signedIn() || !browsers[1].signedIn() || !stranger.signedIn() {
			t.Error("the wrong sessions were ended")
		}
	})
}

func TestFrontChannelLogout(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b, other, without := s.browser(t), s.browser(t), s.browser(t)
		b.signIn()
		claims(map[string]any{"sid": "another-sid"})(s.provider)
		other.signIn()
		claims(map[string]any{"sid": nil})(s.provider)
		without.signIn()
		for sid, want := range map[string]int{"": 0, "nobody's": 0, "sid-of-ada": 1} {
			if got, err := s.service.EndBySID(t.Context(), sid); len(got) != want || err != nil {
				t.Errorf("sid %q ended %d, %v; want %d", sid, len(got), err, want)
			}
		}
		if b.signedIn() || !other.signedIn() || !without.signedIn() {
			t.Error("the wrong session was ended")
		}
	})
}

// challenge is what an organization may ask for, as Graph and the provider say it.
const challenge = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`

// TestStepUp: what the organization asks for at a refresh is asked for at the next sign-in, once.
func TestStepUp(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	b := s.browser(t)
	b.signIn()
	s.provider.script(func() {
		s.provider.instead = refusing(400, map[string]any{"error": "interaction_required", "claims": challenge})
	})
	person := b.person(s.service)
	token, _ := person.Token(t.Context(), graphclient.Read)
	_, err := person.Renew(t.Context(), graphclient.Read, token, `{"access_token":{"nbf":{"value":"1"}}}`)
	if kindOf(t, err) != problem.Forbidden {
		t.Errorf("the challenge: %v, want Forbidden", err)
	}
	s.provider.script(func() { s.provider.instead = nil })
	b.signIn()
	b.get(b.get("/login?account=other").location)
	b.get(b.get("/login?grant=write").location)
	asked := s.provider.authorizeAsks[1:]
	if got, want := asked[0].Get("claims"), `{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`; got != want {
		t.Errorf("the sign-in asked for %s, want %s", got, want)
	}
	if got := asked[0].Get("login_hint"); got != "opaque-hint" {
		t.Errorf("login_hint %q", got)
	}
	if asked[1].Get("prompt") != "select_account" || asked[1].Has("login_hint") || asked[1].Get("claims") != `{"access_token":{"xms_cc":{"values":["cp1"]}}}` {
		t.Errorf("another account: %v", asked[1])
	}
	if !strings.Contains(asked[2].Get("scope"), writeScope) || !strings.Contains(asked[2].Get("scope"), readScope) {
		t.Errorf("the write scope: %v", asked[2])
	}
}

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
	s := open(t, databasetest.SQLite(t))
	for _, test := range tests {
		b := s.browser(t)
		got := b.get(with(b.toCallback(nil), func(q url.Values) {
			q.Del("code")
			q.Set("error", test.error)
			q.Set("error_description", test.description+"<script>alert(1)</script>\r\nTrace ID: x\r\nCorrelation ID: "+correlation+"\r\nTimestamp: 2026-11-24 09:00:00Z")
		}))
		said := s.problem()
		if said.Kind() != test.kind || !strings.Contains(said.Title()+said.Detail(), test.words) {
			t.Errorf("%s %s: kind %d, %q %q; want %d and %q", test.error, test.description, said.Kind(), said.Title(), said.Detail(), test.kind, test.words)
		}
		if ids := said.IDs(); len(ids) != 2 || ids[0].Value != correlation {
			t.Errorf("%s: to be quoted: %v", test.error, ids)
		}
		if strings.Contains(got.body+s.log.String(), "script") || strings.Contains(got.body, "odd") {
			t.Errorf("%s: the provider's own words are shown or logged", test.error)
		}
	}
}
