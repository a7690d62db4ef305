package handlers_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"testing"
	"time"

	"switchboard/handlers"
	"switchboard/internal/database/databasetest"
)

// TestLimits: who starts or finishes too many sign-ins, or ends too many sessions, waits; others do not, and nobody who
// is signed in does.
func TestLimits(t *testing.T) {
	t.Parallel()
	limit := handlers.Limit{Burst: 3, Every: 10 * time.Second}
	for path, first := range map[string]int{
		"/login": http.StatusSeeOther, "/auth/callback?state=x": http.StatusBadRequest, "/auth/front-channel-logout?sid=x": http.StatusOK,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			s := newSite(t, databasetest.SQLite(t), clock.with, func(set *setting) {
				set.limits = handlers.Limits{SignIns: limit, Logouts: limit}
				set.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			})
			maya := s.person("maya")
			from := func(address string) page { return s.visitor().get(path, "X-Forwarded-For", address) }
			for range limit.Burst {
				equal(t, "before the limit", from("192.0.2.7").status, first)
			}
			held := from("192.0.2.7")
			equal(t, "after it", held.status, http.StatusTooManyRequests)
			if wait, err := strconv.Atoi(held.header.Get("Retry-After")); err != nil || wait < 1 || wait > 10 {
				t.Errorf("Retry-After is %q", held.header.Get("Retry-After"))
			}
			equal(t, "the neighbour", from("192.0.2.8").status, first)
			equal(t, "somebody who is signed in", maya.get("/connectors").status, http.StatusOK)
			clock.Add(limit.Every)
			equal(t, "a while later", from("192.0.2.7").status, first)
			equal(t, "and again", from("192.0.2.7").status, http.StatusTooManyRequests)
		})
	}
}

// TestLimitCountsNetworks: one customer has a whole IPv6 network, and an address that is not trusted to speak for others
// is taken for itself.
func TestLimitCountsNetworks(t *testing.T) {
	t.Parallel()
	limits := handlers.Limits{SignIns: handlers.Limit{Burst: 2, Every: time.Hour}, Logouts: handlers.Limit{Burst: 1, Every: time.Hour}}
	statuses := func(s *site, addresses ...string) (all string) {
		for _, address := range addresses {
			all += fmt.Sprint(s.visitor().get("/login", "X-Forwarded-For", address).status, " ")
		}
		return all
	}
	behind := newSite(t, databasetest.SQLite(t), func(set *setting) {
		set.limits, set.proxies = limits, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	equal(t, "one network", statuses(behind, "2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1"), "303 303 429 303 ")
	direct := newSite(t, databasetest.SQLite(t), func(set *setting) { set.limits = limits })
	equal(t, "without a trusted proxy", statuses(direct, "192.0.2.1", "192.0.2.2", "192.0.2.3"), "303 303 429 ")
}

// TestLimitsLetAnOfficeIn: a hundred people behind one address sign in at once.
func TestLimitsLetAnOfficeIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for range 100 {
		v := s.visitor()
		start := v.get("/login")
		equal(t, "a start", start.status, http.StatusSeeOther)
		to, err := url.Parse(start.location())
		check(t, err)
		answer := v.get("/auth/callback?error=access_denied&state=" + url.QueryEscape(to.Query().Get("state")))
		equal(t, "an answer", answer.status, http.StatusForbidden)
	}
}
