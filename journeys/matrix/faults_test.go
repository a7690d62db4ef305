package matrix

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/provider"
)

// fault is one row of the matrix.
type fault struct {
	group, name string
	// graph is met by Graph's calls of the cell, token by the token endpoint; strike brings anything else, until its end.
	graph  func(*site) faults.Fault
	token  faults.Fault
	strike func(*site) (end func())
	// hangs, tls: how the site has to be built for it.
	hangs, tls bool
	// ends says that a session may end by it, since Graph or the provider took it back.
	ends bool
	// later is how much time passes before it, so that what it needs is due.
	later time.Duration
	// sample is tried on PostgreSQL as well.
	sample bool
}

func (f fault) String() string { return f.group + ": " + f.name }

// table is every fault.
func table() []fault {
	all := graphStatuses()
	for _, more := range [][]fault{graphBetween(), graphTransport(), graphBodies(), atProvider(), ofDatabase()} {
		all = append(all, more...)
	}
	return all
}

func always(given faults.Fault) func(*site) faults.Fault {
	return func(*site) faults.Fault { return given }
}

// says is a fault by which Graph itself answers so.
func says(name string, answer graph.Problem, more ...func(*fault)) fault {
	f := fault{group: "Graph's status", name: name, graph: always(faults.Answer(answer))}
	for _, also := range more {
		also(&f)
	}
	return f
}

func endsSession(f *fault) { f.ends = true }
func onBoth(f *fault)      { f.sample = true }

func graphStatuses() []fault {
	all := []fault{
		says("400", graph.NoReason), says("400, another tenant", graph.WrongTenant),
		says("401, expired", graph.ExpiredToken, endsSession), says("401, claims (CAE)", graph.ClaimsChallenge, endsSession),
		says("401, no licence", graph.NoIntuneAccess),
		says("403, role", graph.RoleForbids, onBoth), says("403, directory", graph.Directory), says("403, claims", graph.PolicyChallenge, endsSession),
		says("404", graph.NotFound), says("409", graph.Conflict), says("412", graph.ConditionFail),
		says("429, no Retry-After", graph.ThrottledBare), says("500", graph.Internal), says("503", graph.Unavailable, onBoth),
		says("503, after its own time-out", graph.ServiceTimeout), says("504", graph.GatewayTimeout),
	}
	date := time.Now().Add(48 * time.Hour).UTC().Format(http.TimeFormat)
	for _, value := range []string{"0", "1", "1.5", "9", "3600", "-1", "rubbish", date} {
		name := value
		if value == date {
			name = "a date"
		}
		all = append(all, says("429, Retry-After: "+name, graph.Throttled.With(value)))
	}
	for _, status := range []int{405, 406, 408, 410, 415, 422, 423, 507} {
		all = append(all, says(strconv.Itoa(status), graph.Problem{Status: status, Code: "Odd", Text: "Odd."}))
	}
	return all
}

// graphBetween are answers under Graph's address that are not Graph's, and those of Graph after it applied the request.
func graphBetween() (all []fault) {
	for _, status := range []int{302, 400, 401, 403, 404, 407, 409, 429, 500, 502, 503, 504, 599} {
		all = append(all, fault{group: "a proxy's status", name: strconv.Itoa(status), graph: always(faults.Answer(graph.Proxy(status)))})
	}
	for _, status := range []int{500, 502, 503, 504} {
		applied := faults.Applied(status, "application/json", `{"error":{"code":"UnknownError","message":"","innerError":{}}}`)
		all = append(all, fault{group: "applied all the same", name: strconv.Itoa(status), graph: always(applied), sample: status == 504})
	}
	return all
}

func graphTransport() []fault {
	const group = "the way to Graph"
	return []fault{
		{group: group, name: "dials are refused", strike: (*site).refuse, sample: true},
		{group: group, name: "bad certificate", strike: (*site).badCertificate, tls: true},
		{group: group, name: "reset before the answer, not applied", graph: always(faults.Reset())},
		{group: group, name: "reset before the answer, applied", graph: always(faults.LoseAnswer()), sample: true},
		{group: group, name: "half of the body", graph: always(faults.Truncate())},
		{group: group, name: "no HTTP", graph: always(faults.Garbage())},
		{group: group, name: "no answer", hangs: true, graph: func(s *site) faults.Fault { return faults.Silent(s.patience.end) }},
		{group: group, name: "a stall after the headers", hangs: true, graph: func(s *site) faults.Fault { return faults.Hang(0, s.patience.endOfBody) }},
		{group: group, name: "a stall within the body", hangs: true, graph: func(s *site) faults.Fault { return faults.Hang(7, s.patience.endOfBody) }},
	}
}

func graphBodies() []fault {
	const group, kind = "Graph's body", "application/json"
	body := func(name string, graph func(*site) faults.Fault) fault {
		return fault{group: group, name: name, graph: graph}
	}
	collection := func(s *site) string { return s.tenant.GraphURL() + graph.Collection }
	return []fault{
		body("HTML with 200", always(faults.Status(200, "text/html", "<h1>Sign in</h1>"))),
		body("HTML with 200, applied", always(faults.Applied(200, "text/html", "<h1>Sign in</h1>"))),
		body("empty with 200", always(faults.Applied(200, kind, ""))), body("204", always(faults.NoContent())),
		body("100 MiB", always(faults.Behind(faults.Huge(100<<20)))), body("a gzip bomb", always(faults.GzipBomb(100<<20))),
		body("depth 10,000", always(faults.Deep(10_000))), body("a property twice", always(faults.Twice("serverName"))),
		body("a byte order mark", always(faults.Mark())), body("UTF-16", always(faults.UTF16())), body("not UTF-8", always(faults.NotUTF8("serverName"))),
		body("a number for a text", always(faults.WrongType("serverName"))), body("cut short", always(faults.Cut())),
		body("an unknown value", always(faults.Rename("status", "connected", "hibernating"))),
		body("an array", always(faults.Applied(200, kind, "[]"))), body("null", always(faults.Applied(200, kind, "null"))),
		body("{}", always(faults.Applied(200, kind, "{}"))), body("an empty list", always(faults.Applied(200, kind, `{"value":[]}`))),
		body("the next page in a circle", func(s *site) faults.Fault { return faults.NextLink(collection(s)) }),
		body("the next page at another host", func(s *site) faults.Fault { return faults.NextLink(s.elsewhere()) }),
		body("another connector", always(faults.Swap())),
		body("pages without end", func(s *site) faults.Fault { return faults.Endless(collection(s)) }),
	}
}

// atProvider are faults while a token is due: after a day the old one is over, and reads need another.
func atProvider() []fault {
	const group, due = "the provider, a token due", 25 * time.Hour
	all := []fault{
		{group: group, name: "503", token: faults.Answer(provider.Busy), sample: true}, {group: group, name: "500, HTML", token: faults.Status(500, "text/html", "<h1>")},
		{group: group, name: "429", token: faults.Status(429, "application/json", `{"error":"temporarily_unavailable"}`, "Retry-After", "1")},
		{group: group, name: "reset", token: faults.Reset()}, {group: group, name: "half of the body", token: faults.Truncate()},
		{group: group, name: "HTML with 200", token: faults.Status(200, "text/html", "<h1>")}, {group: group, name: "100 MiB", token: faults.Huge(100 << 20)},
		{group: group, name: "302", token: faults.Status(302, "", "", "Location", "https://login.example/")},
		{group: group, name: "403", token: faults.Status(403, "text/html", "no")},
		{group: group, name: "the client's secret is over", token: faults.Answer(provider.OldSecret)},
		{group: group, name: "the grant is revoked", token: faults.Answer(provider.Revoked), ends: true},
	}
	for i := range all {
		all[i].later = due
	}
	return all
}

func ofDatabase() []fault {
	pragma := func(begin, end string) func(*site) func() {
		set := func(s *site, what string) {
			_, err := s.db.ExecContext(context.Background(), "PRAGMA "+what)
			check(s.t, err)
		}
		return func(s *site) func() { set(s, begin); return func() { set(s, end) } }
	}
	const group = "the database"
	return []fault{
		{group: group, name: "full", strike: pragma("max_page_count = 1", "max_page_count = 1000000")},
		{group: group, name: "read-only", strike: pragma("query_only = 1", "query_only = 0")},
	}
}

// elsewhere is an address at another host, where nothing of ours may arrive.
func (s *site) elsewhere() string {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.t.Errorf("another host was asked for %s, with %d bytes of a bearer", r.URL, len(r.Header.Get("Authorization")))
	}))
	s.t.Cleanup(server.Close)
	return server.URL + graph.Collection
}

func (s *site) refuse() (end func()) {
	if err := s.tenant.Refuse(); err != nil {
		s.t.Error(err)
	}
	s.rooms.Close() // or a kept connection would be found broken sooner or later
	return func() { check(s.t, s.tenant.Resume()) }
}

func (s *site) badCertificate() (end func()) {
	s.tenant.Present(bad)
	s.rooms.Close()
	return func() { s.tenant.Present(good) }
}

// TestTheTableNamesEachFaultOnce, by which results are found in the document.
func TestTheTableNamesEachFaultOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range table() {
		if seen[f.String()] {
			t.Errorf("%s comes twice", f)
		}
		seen[f.String()] = true
	}
}
