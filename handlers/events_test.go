package handlers_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// listening is a page's stream, line by line.
type listening struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
}

// listen opens a stream; it ends with the test.
func (v *visitor) listen(headers ...string) *listening {
	v.site.t.Helper()
	ctx, cancel := context.WithCancel(v.site.t.Context())
	v.site.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.site.url.String()+"/events", nil)
	check(v.site.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := v.client.Do(request)
	check(v.site.t, err)
	v.site.t.Cleanup(func() { answer.Body.Close() })
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
