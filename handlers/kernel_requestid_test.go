package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
	"switchboard/simulator/provider"
)

// TestTheProvidersNoIsOfARequest: an operator who is told a request's id finds what the provider said meanwhile, at a sign-in
// and at a refresh.
func TestTheProvidersNoIsOfARequest(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with, func(set *setting) { set.idle = 4 * time.Hour })
	maya := s.person("maya")
	back := func(query url.Values) page {
		start, err := url.Parse(maya.get("/login").location())
		check(t, err)
		query.Set("state", start.Query().Get("state"))
		return maya.get("/auth/callback?" + query.Encode())
	}
	equal(t, "a sign-in that the provider refuses", back(url.Values{"error": {"access_denied"}}).status, http.StatusForbidden)
	s.tenant.Faults.Next("POST /token", faults.Answer(provider.OldSecret))
	equal(t, "a client that the provider refuses", back(url.Values{"code": {"any"}}).status, http.StatusServiceUnavailable)
	s.tenant.Faults.Next("POST /token", faults.Status(http.StatusOK, "text/html", "<p>"))
	equal(t, "an answer that does not hold", back(url.Values{"code": {"any"}}).status, http.StatusForbidden)
	clock.Add(time.Hour + time.Minute)
	s.tenant.Faults.Next("POST /token", faults.Answer(provider.Revoked))
	equal(t, "a refresh that the provider refuses", maya.get("/connectors").status, http.StatusSeeOther)

	lines := 0
	for line := range strings.Lines(s.log.String()) {
		if !strings.Contains(line, `"msg":"the identity provider refuse`) && !strings.Contains(line, `"msg":"a sign-in was refused`) {
			continue
		}
		if lines++; !strings.Contains(line, `"request_id":"`) {
			t.Errorf("a line names no request: %s", line)
		}
	}
	equal(t, "lines about it", lines, 4)
}
