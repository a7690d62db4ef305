package handlers_test

import (
	"bufio"
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/live"
	"switchboard/simulator"
)

// listening is a page's stream, line by line.
type listening struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
}

// listen opens a stream, as soon as the instance hears its database; it ends with the test.
func (v *visitor) listen(headers ...string) *listening {
	v.site.t.Helper()
	ctx, cancel := context.WithCancel(v.site.t.Context())
	v.site.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.site.url.String()+"/events", nil)
	check(v.site.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	var answer *http.Response
	eventually(v.site.t, "heard", func() bool {
		answer, err = v.client.Do(request)
		check(v.site.t, err)
		v.site.t.Cleanup(func() { answer.Body.Close() })
		return answer.StatusCode != http.StatusServiceUnavailable
	})
	return &listening{v.site.t, answer, bufio.NewScanner(answer.Body)}
}

// hears is the next event, as "name data"; empty where the stream ends.
func (l *listening) hears() string {
	l.t.Helper()
	var event, data string
	for l.lines.Scan() {
		switch name, value, _ := strings.Cut(l.lines.Text(), ": "); {
		case name == "event":
			event = value
		case name == "data":
			data = value
		case name == "" && event != "":
			return event + " " + data
		}
	}
	return ""
}

// TestAPageHearsOfASave: the stream tells which connector and which change, once the outcome is recorded.
func TestAPageHearsOfASave(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		stream := tom.listen()
		equal(t, "status", stream.answer.StatusCode, http.StatusOK)
		equal(t, "type", stream.answer.Header.Get("Content-Type"), "text/event-stream")
		equal(t, "buffering", stream.answer.Header.Get("X-Accel-Buffering"), "no")
		id := simulator.ID("s2s-na")
		saved := maya.post("/connectors/"+id, maya.edit(id, "version", "15.02.1544.009"))
		equal(t, "the save", saved.status, http.StatusSeeOther)
		if heard := stream.hears(); !strings.HasPrefix(heard, `change {"connector":"`+id+`","change":"`) {
			t.Errorf("heard %q", heard)
		}
	})
}

// TestAStreamEndsWithItsSession: wherever that was ended, and it says so.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.beat = 20 * time.Millisecond })
	tom := s.person("tom")
	stream := tom.listen()
	tom.copy().post("/logout", map[string][]string{"token": {tom.token()}})
	equal(t, "what is told last", stream.hears(), "end {}")
	equal(t, "after it", stream.hears(), "")
	equal(t, "a stream without a session", tom.get("/events").status, http.StatusUnauthorized)
}

// TestTheHeadOfAStream: HEAD ends with it, and nothing of it is compressed.
func TestTheHeadOfAStream(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom := s.person("tom")
	head := tom.follow(http.MethodHead, s.url.String()+"/events", nil)
	equal(t, "HEAD", head.status, http.StatusOK)
	equal(t, "its type", head.header.Get("Content-Type"), "text/event-stream")
	stream := tom.listen("Accept-Encoding", "gzip")
	equal(t, "encoding", stream.answer.Header.Get("Content-Encoding"), "")
	equal(t, "cache", stream.answer.Header.Get("Cache-Control"), "no-store")
	equal(t, "a visitor's", s.visitor().get("/events").status, http.StatusUnauthorized)
	equal(t, "a visitor's who says that the page asks by itself", s.visitor().get("/events", "Switchboard-Passive", "true").status, http.StatusUnauthorized)
	equal(t, "of somebody without a role", s.person("deniz").get("/events").status, http.StatusForbidden)
}

// TestOneStreamTooMany: the seventh of a session is refused, with when to try again; one that ends makes room, and leaves nothing.
func TestOneStreamTooMany(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom := s.person("tom")
	var last *listening
	for range live.MostStreams {
		last = tom.listen()
		equal(t, "status", last.answer.StatusCode, http.StatusOK)
	}
	refused := tom.get("/events")
	equal(t, "the seventh", refused.status, http.StatusServiceUnavailable)
	equal(t, "again in", refused.header.Get("Retry-After"), "30")
	equal(t, "of another session", s.person("maya").listen().answer.StatusCode, http.StatusOK)
	equal(t, "open", s.bus.Streams(), live.MostStreams+1)
	check(t, last.answer.Body.Close())
	eventually(t, "one ends", func() bool { return s.bus.Streams() == live.MostStreams })
	equal(t, "in its place", tom.listen().answer.StatusCode, http.StatusOK)
	families, err := s.metrics.Gather()
	check(t, err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "switchboard_http_request_duration_seconds" && metric.GetLabel()[0].GetValue() == "/events" {
				t.Error("the duration of a stream is measured")
			}
		}
	}
}

// TestToListenIsNotToUseASession: one whose pages only listen, and ask for what they heard of, ends after its idle time.
func TestToListenIsNotToUseASession(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with, func(set *setting) { set.beat = 20 * time.Millisecond })
		tom := s.person("tom")
		equal(t, "the page", tom.get("/connectors").status, http.StatusOK)
		for range 2 {
			stream := tom.listen()
			equal(t, "listens", stream.answer.StatusCode, http.StatusOK)
			clock.Add(14 * time.Minute)
			equal(t, "asks", tom.get("/connectors", passive...).status, http.StatusOK)
			check(t, stream.answer.Body.Close())
		}
		stream := tom.listen()
		clock.Add(3 * time.Minute)
		equal(t, "the last it hears", stream.hears(), "end {}")
		equal(t, "and then", tom.get("/events").status, http.StatusUnauthorized)
	})
}

// passive is what a page sends with that for which it asks by itself.
var passive = []string{"Switchboard-Passive", "true", "HX-Request", "true", "HX-Request-Type", "partial"}

// TestReplicasTellEachOther: a save on one is heard on the other, and its list shows it without a read of Graph.
func TestReplicasTellEachOther(t *testing.T) {
	t.Parallel()
	s := replicated(t)
	maya, tom := s.person("maya"), s.person("tom")
	id := simulator.ID("s2s-na")
	equal(t, "the list", tom.get("/connectors", instanceHeader, second).status, http.StatusOK)
	stream := tom.listen(instanceHeader, second)
	maya.post("/connectors/"+id, maya.edit(id, "serverName", "LIVE01.contoso.com"), instanceHeader, first)
	if heard := stream.hears(); !strings.Contains(heard, id) {
		t.Fatalf("heard %q", heard)
	}
	before := len(s.tenant.Requests())
	for _, path := range []string{"/connectors", "/"} {
		shown := tom.get(path, append(passive, instanceHeader, second)...)
		equal(t, path, shown.status, http.StatusOK)
		if path == "/connectors" {
			contains(t, shown, "LIVE01.contoso.com")
		}
	}
	equal(t, "the list where nothing was read", tom.get("/connectors", append(passive, instanceHeader, first)...).status, http.StatusNoContent)
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)
	contains(t, tom.get("/connectors/"+id, append(passive, instanceHeader, second)...), "LIVE01.contoso.com")
}

// TestManyOpenPages: of 500 that listen, each that shows the connector reads it once, and none has the list read.
func TestManyOpenPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, shows := s.person("maya"), 20
	id := simulator.ID("s2s-na")
	var people []*visitor
	var streams []*listening
	for i := range 84 { // six pages of each session
		tom := s.person([]string{"tom", "maya", "ruth"}[i%3])
		tom.get("/connectors")
		people = append(people, tom)
		for range live.MostStreams {
			streams = append(streams, tom.listen())
		}
	}
	form := maya.edit(id, "serverName", "LIVE01.contoso.com")
	saved := maya.post("/connectors/"+id, form)
	equal(t, "the save", saved.status, http.StatusSeeOther)
	before := len(s.tenant.Requests())
	for _, stream := range streams {
		if heard := stream.hears(); !strings.Contains(heard, id) {
			t.Fatalf("heard %q", heard)
		}
	}
	for i, one := range people {
		if i < shows {
			contains(t, one.get("/connectors/"+id, passive...), "LIVE01.contoso.com")
			continue
		}
		contains(t, one.get("/connectors", passive...), "LIVE01.contoso.com")
		equal(t, "the overview", one.get("/", passive...).status, http.StatusOK)
	}
	var single, list int
	for _, request := range s.tenant.Requests()[before:] {
		switch {
		case request.Method == http.MethodGet && strings.HasSuffix(request.Path, "/exchangeConnectors/"+id):
			single++
		case request.Method == http.MethodGet && strings.HasSuffix(request.Path, "/exchangeConnectors"):
			list++
		}
	}
	equal(t, "reads of the connector", single, shows)
	equal(t, "reads of the list", list, 0)
}

// TestAListCatchesUpWithAll: it misses nothing, however many lines the audit log has since the session read it.
func TestAListCatchesUpWithAll(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	maya, tom := s.person("maya"), s.person("tom")
	id := simulator.ID("s2s-na")
	tom.get("/connectors")
	maya.post("/connectors/"+id, maya.edit(id, "serverName", "LIVE01.contoso.com"))
	log := s.record(db)
	check(t, db.Write(t.Context(), func(tx *sql.Tx) error {
		for range toldAtOnce + 1 {
			if _, err := log.Append(t.Context(), tx, audit.Entry{Action: audit.SignIn, Actor: access.Actor{OID: "o", TID: "t", Name: "somebody"}}); err != nil {
				return err
			}
		}
		return nil
	}))
	contains(t, tom.get("/connectors", passive...), "LIVE01.contoso.com")
}

// toldAtOnce is how many lines a list reads at once.
const toldAtOnce = 500

// TestTheMenuAsksForItself: a page that shows nothing of connectors has its counts up to date, and keeps the link that is lit.
func TestTheMenuAsksForItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom := s.person("tom")
	tom.get("/connectors")
	before := len(s.tenant.Requests())
	menu := tom.get("/menu?at=%2Frunbooks", passive...)
	equal(t, "status", menu.status, http.StatusOK)
	contains(t, menu, `hx-swap-oob="outerMorph:.side-links"`, "Newly broken", `aria-current="page"`)
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)
	equal(t, "as a page", tom.get("/menu").leads(), "/")
}
