package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/database"
	"switchboard/database/databasetest"
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
	if !refresh || !strings.HasPrefix(provider, s.tenant.Issuer()) {
		t.Errorf("Refresh is %q", out.header.Get("Refresh"))
	}
	contains(t, out, `href="`+strings.ReplaceAll(provider, "&", "&amp;")+`"`)
	equal(t, "the cookie, replayed", thief.get("/connectors").status, http.StatusSeeOther)
	ended := maya.follow("GET", provider, nil)
	if ended.status >= 400 {
		t.Errorf("the provider answers %s", ended)
	}
}
