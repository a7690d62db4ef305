package handlers_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/audit"
	"switchboard/internal/database/databasetest"
)

// behindProxy trusts whoever is on this machine, and another network.
func behindProxy(set *setting) {
	set.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48")}
}

// TestClientAddress: the record has the address of whoever is behind the trusted proxies, however these write it, and of the
// peer where they write none.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db, behindProxy)
	for _, test := range []struct{ forwarded, want string }{
		{"203.0.113.9", "203.0.113.9"},
		{"203.0.113.9:51234", "203.0.113.9"},
		{"2001:db8::1", "2001:db8::1"},
		{"[2001:db8::1]:443", "2001:db8::1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"::ffff:203.0.113.9", "203.0.113.9"},
		{"198.51.100.1, 203.0.113.9:51234,10.1.2.3:80", "203.0.113.9"},
		{"198.51.100.1, 203.0.113.9 , [2001:db8:ffff::7]:443, ", "203.0.113.9"},
		{"10.9.9.9, 10.1.2.3", "10.9.9.9"},
		{"", "127.0.0.1"},
		{"unknown", "127.0.0.1"},
		{"203.0.113.9, unknown", "127.0.0.1"},
		{"203.0.113.9, unknown, 10.1.2.3", "127.0.0.1"},
		{"203.0.113.9:port", "127.0.0.1"},
		{"203.0.113.9:70000", "127.0.0.1"},
		{"203.0.113.999", "127.0.0.1"},
		{"[203.0.113.9", "127.0.0.1"},
		{"proxy.example:443", "127.0.0.1"},
		{"unknown, 203.0.113.9", "203.0.113.9"},
	} {
		v := s.visitor()
		v.follow("GET", v.begun("/connectors", "tom"), nil, "X-Forwarded-For", test.forwarded)
		lines := s.lines(db, audit.Filter{Action: audit.SignIn})
		equal(t, "the client of "+test.forwarded, lines[len(lines)-1].Origin.ClientAddress, test.want)
	}
	direct := newSite(t, databasetest.SQLite(t))
	v := direct.visitor()
	equal(t, "the sign-in", v.follow("GET", v.begun("/connectors", "tom"), nil, "X-Forwarded-For", "203.0.113.9").status, http.StatusSeeOther)
}

// TestForwardedScheme: the last trusted proxy says whether the browser came over TLS, in whichever case.
func TestForwardedScheme(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), behindProxy)
	for said, want := range map[string]bool{
		"https": true, "HTTPS": true, "Https": true, "http, https": true, "http,HTTPS ": true, "https,": true,
		"http": false, "https, http": false, "": false, "httpss": false, "wss": false,
	} {
		secure := s.visitor().get("/signed-out", "X-Forwarded-Proto", said).header.Get("Strict-Transport-Security") != ""
		equal(t, "over TLS by "+said, secure, want)
	}
	direct := newSite(t, databasetest.SQLite(t)).visitor().get("/signed-out", "X-Forwarded-Proto", "https")
	equal(t, "by somebody who is not trusted", direct.header.Get("Strict-Transport-Security"), "")
}

// TestAnotherNameOfThisMachine: localhost in place of 127.0.0.1 is refused with a link to the same page that works, and a
// foreign name with one to the product.
func TestAnotherNameOfThisMachine(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	port := s.url.Port()
	for _, test := range []struct{ host, path, want string }{
		{"localhost:" + port, "/connectors?q=na&page=2", "/connectors?q=na&page=2"},
		{"LOCALHOST:" + port, "/", "/"},
		{"localhost", "/audit", "/audit"},
		{"[::1]:" + port, "/no%2Fsuch?%22%3E", "/no%2Fsuch?%22%3E"},
		{"127.0.0.2:" + port, "/changes", "/changes"},
		{"localhost:" + port, "/auth/callback?code=secret-code&state=x", "/"},
		{"switchboard.example", "/connectors", "/"},
		{"localhost.evil.example", "/connectors", "/"},
		{`"><script>alert(1)</script>`, "/", "/"},
	} {
		lost := s.visitor().get(test.path, "Host", test.host)
		equal(t, "the status", lost.status, http.StatusMisdirectedRequest)
		links := hrefs(t, lost)
		if len(links) != 1 || links[0] != s.url.String()+test.want {
			t.Errorf("%s of %s links to %q, want %s alone", test.path, test.host, links, s.url.String()+test.want)
			continue
		}
		if strings.Contains(lost.body, "evil.example") || strings.Contains(lost.body, "<script") || strings.Contains(lost.body, "secret-code") {
			t.Errorf("the page shows what was sent: %s", lost)
		}
		if found := s.visitor().follow("GET", links[0], nil); found.status == http.StatusMisdirectedRequest {
			t.Errorf("the link leads to %s", found)
		}
	}
	posted := s.visitor().post("/connectors/x", url.Values{"reason": {"typed"}}, "Host", "localhost:"+port)
	equal(t, "a form's status", posted.status, http.StatusMisdirectedRequest)
	equal(t, "a form's link", hrefs(t, posted)[0], s.url.String()+"/")
	fragment := s.visitor().get("/connectors", "Host", "localhost:"+port, "HX-Request", "true")
	if strings.Contains(fragment.body, "<html") {
		t.Error("htmx is sent a whole page")
	}
}

func hrefs(t *testing.T, p page) (all []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(t, err)
	for node := range root.Descendants() {
		if has(node, "href") {
			all = append(all, attribute(node, "href"))
		}
	}
	return all
}

// TestInstancesOnOneHost: cookies ignore ports, so those of two instances on one host have names of their own.
func TestInstancesOnOneHost(t *testing.T) {
	t.Parallel()
	names := func(public string) map[string]bool {
		at, err := url.Parse(public)
		check(t, err)
		s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.public = at })
		v := s.visitor()
		found := map[string]bool{}
		for _, answer := range []page{
			v.get("/connectors", "Host", at.Host), v.get("/login", "Host", at.Host),
			v.post("/theme", url.Values{"theme": {"dark"}}, "Host", at.Host),
		} {
			for _, cookie := range (&http.Response{Header: answer.header}).Cookies() {
				name := cookie.Name
				if begins := "switchboard-sign-in-"; strings.Contains(name, begins) { // whichever piece it is
					name = strings.Replace(name, begins+strings.TrimPrefix(name[strings.Index(name, begins):], begins)[:1], begins, 1)
				}
				found[name] = true
			}
		}
		return found
	}
	publics := []string{"https://switchboard.example", "https://switchboard.example:8443", "https://switchboard.example:9443"}
	seen := map[string]string{}
	for _, public := range publics {
		all := names(public)
		if len(all) < 2 {
			t.Errorf("%s sets the cookies %v, want those of a sign-in and the theme", public, all)
		}
		for name := range all {
			if !strings.HasPrefix(name, "__Host-switchboard") {
				t.Errorf("%s has the cookie %s", public, name)
			}
			if other, taken := seen[name]; taken {
				t.Errorf("%s and %s both have the cookie %s", other, public, name)
			}
			seen[name] = public
		}
	}
	if own := names(publics[0]); !own["__Host-switchboard_theme"] {
		t.Errorf("the cookies of the scheme's own port are %v", own)
	}
}
