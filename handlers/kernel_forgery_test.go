package handlers_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestForgery sends a save under every mix of Sec-Fetch-Site, Origin, token and session: only what comes from a page of
// this site, with a token of this session, passes.
func TestForgery(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, priya, nobody := s.person("maya"), s.person("priya"), s.visitor()
	path := "/connectors/" + simulator.ExampleID
	own, foreign := s.url.String(), "https://evil.example"
	sites := map[string]bool{"same-origin": true, "same-site": false, "cross-site": false, "none": false, "": false}
	origins := map[string]bool{own: true, foreign: false, "null": false, "": false, "http://127.0.0.1:1": false}
	tokens := map[string]func() string{
		"own":      maya.token,
		"priya's":  priya.token,
		"none":     func() string { return "" },
		"junk":     func() string { return strings.Repeat("A", 86) },
		"cut":      func() string { return maya.token()[:20] },
		"unmasked": func() string { return strings.Repeat("A", 43) },
	}
	for site, siteGood := range sites {
		for origin, originGood := range origins {
			for kind, token := range tokens {
				for who, sender := range map[string]*visitor{"maya": maya, "nobody": nobody} {
					want := http.StatusForbidden
					trusted := siteGood || site == "" && originGood
					switch {
					case trusted && who == "nobody":
						want = http.StatusSeeOther
					case trusted && kind == "own":
						want = http.StatusBadRequest // past every check: the form lacks its state
					}
					got := sender.post(path, url.Values{"token": {token()}}, "Sec-Fetch-Site", site, "Origin", origin)
					equal(t, "Sec-Fetch-Site "+site+", Origin "+origin+", token "+kind+", "+who, got.status, want)
				}
			}
		}
	}
	equal(t, "PATCH requests", s.patches(), 0)
}

func TestHost(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for _, host := range []string{"evil.example", "localhost", "127.0.0.1", s.url.Host + ".evil.example"} {
		for path, want := range map[string]int{"/": 421, "/login": 421, "/no/such": 421, "/static/x": 421, "/healthz": 200} {
			equal(t, "GET "+path+" of "+host, maya.get(path, "Host", host).status, want)
		}
	}
}

// restated is a form's hidden state with one text replaced by another.
func restated(t *testing.T, state, old, new string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("the state %q, %v, holds no %s", text, err, old)
	}
	return base64.RawURLEncoding.EncodeToString(bytes.Replace(text, []byte(old), []byte(new), 1))
}

// TestOddForms: what no form of this site sends is refused, and nothing reaches Graph.
func TestOddForms(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	path := "/connectors/" + simulator.ExampleID
	good := maya.edit(simulator.ExampleID, "version", "typed")
	with := func(alter func(url.Values)) url.Values {
		form := url.Values{}
		for name, values := range good {
			form[name] = append([]string(nil), values...)
		}
		alter(form)
		return form
	}
	tests := []struct {
		name string
		form url.Values
		kind string
		want int
	}{
		{"too large", with(func(f url.Values) { f.Set("reason", strings.Repeat("x", 1<<20)) }), "", 413},
		{"a field twice", with(func(f url.Values) { f.Add("version", "again") }), "", 400},
		{"an unknown field", with(func(f url.Values) { f.Set("isAdmin", "true") }), "", 400},
		{"the id as a field", with(func(f url.Values) { f.Set("id", "other") }), "", 400},
		{"a choice of no side", with(func(f url.Values) { f.Set("choice.version", "mine") }), "", 400},
		{"no state", with(func(f url.Values) { f.Del("state") }), "", 400},
		{"junk for a state", with(func(f url.Values) { f.Set("state", "AAAA") }), "", 400},
		{"a one-time id that is none", with(func(f url.Values) { f.Set("state", restated(t, f.Get("state"), `"once":"`, `"once":"\u0000`)) }), "", 400},
		{"a change to revert that is none", with(func(f url.Values) {
			f.Set("state", restated(t, f.Get("state"), `"once":`, `"reverts":"\u0000","once":`))
		}), "", 400},
		{"another connector's state", with(func(f url.Values) {
			f.Set("state", maya.edit(simulator.ID("s2s-emea")).Get("state"))
		}), "", 400},
		{"JSON", good, "application/json", 400},
		{"no content type", good, "", 400},
		{"NUL", with(func(f url.Values) { f.Set("serverName", "a\x00b") }), "", 422},
		{"a direction mark", with(func(f url.Values) { f.Set("serverName", "a\u202eb") }), "", 422},
		{"no UTF-8", with(func(f url.Values) { f.Set("serverName", "\xff\xfe") }), "", 422},
	}
	for _, test := range tests {
		kind := test.kind
		if kind == "" && test.name != "no content type" {
			kind = "application/x-www-form-urlencoded"
		}
		equal(t, test.name, maya.post(path, test.form, "Content-Type", kind).status, test.want)
	}
	for _, id := range []string{"%2e%2e%2f", "..%2fx", "%00", "a%2fb", "a%3fb", "a%23b", "%e2%80%ae", ".", "..", "%5c"} {
		got := maya.get("/connectors/" + id + "/edit")
		if got.status < 400 || got.status > 499 {
			t.Errorf("GET of the id %s: %d", id, got.status)
		}
	}
	equal(t, "PATCH requests", s.patches(), 0)
	equal(t, "the good form, after all", maya.post(path, good).status, 303)
	equal(t, "PATCH requests of it", s.patches(), 1)
}
