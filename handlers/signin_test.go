package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/provider"
)

// TestCallback: the answer to the provider leads on without a word of itself, and an error that it brings is shown in our
// words alone.
func TestCallback(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.visitor()
	start := maya.get("/login")
	equal(t, "where an answer goes that brings another's", start.status, http.StatusSeeOther)
	picked := maya.follow("POST", maya.follow("GET", start.location(), nil).location(), url.Values{"person": {"maya"}})
	arrived := maya.follow("GET", picked.location(), nil, "Sec-Fetch-Site", "cross-site")
	equal(t, "the status", arrived.status, http.StatusSeeOther)
	equal(t, "Referrer-Policy", arrived.header.Get("Referrer-Policy"), "no-referrer")
	equal(t, "where it leads", arrived.header.Get("Location"), "/")
	equal(t, "its body", arrived.body, "")

	again := maya.get("/login")
	to, err := url.Parse(again.location())
	check(t, err)
	refused := maya.get("/auth/callback?" + url.Values{
		"state": {to.Query().Get("state")}, "error": {"access_denied<b>"}, "error_description": {"<img src=x onerror=alert(1)> paid by evil.example"},
	}.Encode())
	if refused.status < 400 || strings.Contains(refused.body, "evil.example") || strings.Contains(refused.body, "<b>") {
		t.Errorf("an error of the provider is shown as it came: %s", refused)
	}
	equal(t, "who was signed in", maya.get("/connectors").status, http.StatusOK)
}

// TestAByteOrderMarkKeepsNobodyOut: before the provider's JSON it changes nothing.
func TestAByteOrderMarkKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	s.tenant.Faults.Always("POST /token", faults.Mark())
	equal(t, "the list", s.person("tom").get("/connectors").status, http.StatusOK)
}

// TestForeignLinkAfterASignIn: it leads to its page with the session that there is, and is no sign-in of the record.
func TestForeignLinkAfterASignIn(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	maya := s.visitor()
	maya.get("/connectors", "Sec-Fetch-Site", "cross-site")
	start := maya.get("/login", "Sec-Fetch-Site", "cross-site")
	maya.arrive("maya")
	picked := maya.follow("POST", maya.follow("GET", start.location(), nil).location(), url.Values{"person": {"priya"}})
	late := maya.follow("GET", picked.location(), nil, "Sec-Fetch-Site", "cross-site")
	equal(t, "the status", late.status, http.StatusSeeOther)
	equal(t, "where it leads", late.header.Get("Location"), "/connectors")
	contains(t, maya.get("/connectors"), "Maya Lindqvist")
	equal(t, "sign-ins of the record", len(s.lines(db, audit.Filter{Action: audit.SignIn})), 1)
}

// TestFrontChannelLogout: the provider calls from an iframe of another site, without cookies; it is told nothing.
func TestFrontChannelLogout(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, priya := s.person("maya"), s.person("priya")
		for _, query := range []string{"?sid=nobody%27s", "?sid=", "", "?sid=" + maya.sessionID()} {
			answer := s.visitor().get("/auth/front-channel-logout"+query, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe")
			equal(t, "the answer to "+query, answer.status, http.StatusOK)
			equal(t, "its body", answer.body, "")
		}
		equal(t, "nobody's sid ends a session", maya.get("/connectors").status, http.StatusOK)
		equal(t, "nor another's", priya.get("/connectors").status, http.StatusOK)
	})
}

// TestSignOutsByTheProvider: a session that the provider ends, by its front-channel logout or at a refresh, is one line of
// the record, whichever instances hear of it; and a record that fails keeps none alive.
func TestSignOutsByTheProvider(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		for _, full := range []bool{false, true} {
			t.Run(kind+map[bool]string{true: " with a full disk"}[full], func(t *testing.T) {
				t.Parallel()
				clock, address := newClock(), databasetest.URL(t, kind)
				db := databasetest.Open(t, address)
				s := newSite(t, db, clock.with, func(set *setting) {
					set.idle, set.others = 4*time.Hour, []*database.DB{databasetest.Open(t, address)}
				})
				maya, sid := s.personWithSID("maya")
				priya := s.person("priya")
				if full {
					fill(t, db)
				}
				var all sync.WaitGroup
				for i := range 6 {
					all.Go(func() { s.visitor().status("/auth/front-channel-logout?sid="+url.QueryEscape(sid), strconv.Itoa(i%2)) })
				}
				all.Wait()
				clock.Add(time.Hour + time.Minute)
				s.tenant.Faults.Always("POST /token", faults.Answer(provider.Revoked))
				for i := range 6 {
					all.Go(func() { priya.status("/connectors", strconv.Itoa(i%2)) })
				}
				all.Wait()
				equal(t, "the page of the one", maya.get("/connectors").status, http.StatusSeeOther)
				equal(t, "the page of the other", priya.get("/connectors").status, http.StatusSeeOther)
				var got []string
				for _, line := range s.lines(db, audit.Filter{Action: audit.SignOut}) {
					got = append(got, line.Actor.Name+": "+line.Reason)
				}
				want := []string{"Maya Lindqvist: front-channel logout by the provider", "Priya Raman: the provider ended the session: invalid_grant AADSTS50173"}
				if full {
					want = nil
					equal(t, "errors in the log", strings.Count(s.log.String(), "a sign-out could not be recorded"), 2)
				}
				if !slices.Equal(got, want) {
					t.Errorf("sign-outs of the record: %q, want %q", got, want)
				}
			})
		}
	}
}

// TestSignOutIsRecordedOnce: a second press of the button, on this instance or on one that still remembers the session, adds
// no line.
func TestSignOutIsRecordedOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock, address := newClock(), databasetest.URL(t, kind)
			db := databasetest.Open(t, address)
			s := newSite(t, db, clock.with, func(set *setting) { set.others = []*database.DB{databasetest.Open(t, address)} })
			maya := s.person("maya")
			form := url.Values{"token": {maya.token()}}
			var all sync.WaitGroup
			for i := range 6 {
				again := maya.copy()
				again.get("/connectors", instanceHeader, strconv.Itoa(i%2))
				all.Go(func() { again.post("/logout", form, instanceHeader, strconv.Itoa(i%2)) })
			}
			all.Wait()
			equal(t, "sign-outs of the record", len(s.lines(db, audit.Filter{Action: audit.SignOut})), 1)
		})
	}
}

// TestSignOutByGraph: a session that ends because Graph takes its token no longer, not even a new one, is a line too, once.
func TestSignOutByGraph(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		s.tenant.Faults.Always("GET "+graph.Collection, faults.Answer(graph.ExpiredToken))
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() { maya.status("/connectors", first) })
		}
		all.Wait()
		equal(t, "a page", maya.get("/access").status, http.StatusSeeOther)
		lines := s.lines(db, audit.Filter{Action: audit.SignOut})
		if len(lines) != 1 || lines[0].Reason != "Switchboard ended the session: Graph does not accept your sign-in any more." {
			t.Errorf("sign-outs of the record: %+v, want one that names Graph", lines)
		}
	})
}

// personWithSID signs somebody in and returns the provider's id of that session, which only the ID token tells.
func (s *site) personWithSID(id string) (*visitor, string) {
	s.t.Helper()
	var sid string
	s.tenant.Faults.Next("POST /token", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		var tokens struct {
			ID string `json:"id_token"`
		}
		var claims struct{ SID string }
		check(s.t, json.Unmarshal(answer.Body.Bytes(), &tokens))
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(tokens.ID, ".")[1])
		check(s.t, err)
		check(s.t, json.Unmarshal(payload, &claims))
		sid = claims.SID
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_, err = w.Write(answer.Body.Bytes())
		check(s.t, err)
	})
	return s.person(id), sid
}

// fill has the database refuse further lines of the record, as a full disk would.
func fill(t *testing.T, db *database.DB) {
	t.Helper()
	if db.Local() {
		run(t, db, "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
		return
	}
	run(t, db, "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$",
		"CREATE TRIGGER full_disk BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION full_disk()")
}

// TestSignOutLeadsOn: a page and no redirect, since form-action would stop one to another site.
func TestSignOutLeadsOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	thief := maya.copy()
	out := maya.post("/logout", url.Values{"token": {maya.token()}})
	equal(t, "the status", out.status, http.StatusOK)
	equal(t, "Clear-Site-Data", out.header.Get("Clear-Site-Data"), `"cache", "storage"`)
	provider, refresh := strings.CutPrefix(out.header.Get("Refresh"), "0; url=")
	if !refresh || !strings.HasPrefix(provider, strings.TrimSuffix(s.tenant.Issuer(), "/v2.0")+"/oauth2/v2.0/logout?") {
		t.Errorf("Refresh is %q", out.header.Get("Refresh"))
	}
	contains(t, out, `href="`+strings.ReplaceAll(provider, "&", "&amp;")+`"`)
	equal(t, "the cookie, replayed", thief.get("/connectors").status, http.StatusSeeOther)
	ended := maya.follow("GET", provider, nil)
	if ended.status >= 400 {
		t.Errorf("the provider answers %s", ended)
	}
}

// TestAnotherPersonsSignIn ends the session that the browser had, and the record says whose; one's own again ends nobody's.
func TestAnotherPersonsSignIn(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	visitor := s.person("maya")
	visitor.arrive("maya")
	equal(t, "sign-outs after the same person's sign-in", len(s.lines(db, audit.Filter{Action: audit.SignOut})), 0)
	visitor.arrive("ruth")
	out := s.lines(db, audit.Filter{Action: audit.SignOut})
	if len(out) != 1 {
		t.Fatalf("%d sign-outs, want 1", len(out))
	}
	equal(t, "who", out[0].Actor.Name, "Maya Lindqvist")
	equal(t, "why", out[0].Reason, "another person signed in in the same browser")
}
