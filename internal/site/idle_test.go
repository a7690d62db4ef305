package site

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestOfIdleConnectionsTheLongestGoes, and whoever it was of is answered by another.
func TestOfIdleConnectionsTheLongestGoes(t *testing.T) {
	t.Parallel()
	closed := make(chan string, 10)
	waits := newIdle(2, 0)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) }))
	server.Config.ConnState = func(conn net.Conn, now http.ConnState) {
		waits.state(conn, now)
		if now == http.StateClosed {
			closed <- conn.RemoteAddr().String()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	clients := make([]*http.Client, 3)
	var first string
	for i := range clients {
		clients[i] = &http.Client{Transport: &http.Transport{}}
		from := ask(t, clients[i], server.URL)
		if i == 0 {
			first = from
		}
	}
	if gone := <-closed; gone != first {
		t.Errorf("%s is closed, not %s, which waited longest", gone, first)
	}
	if again := ask(t, clients[0], server.URL); again == first {
		t.Error("a connection that was closed is used again")
	}
}

func ask(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestAConnectionTooManyIsToldToGo: where those that are kept have waited for a moment only, none of them is closed, since its browser
// may be about to send a request. The answer says that it is the last one instead.
func TestAConnectionTooManyIsToldToGo(t *testing.T) {
	t.Parallel()
	waits := newIdle(1, time.Hour)
	waiting := make(chan bool, 10)
	server := httptest.NewUnstartedServer(waits.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) })))
	server.Config.ConnState = func(conn net.Conn, now http.ConnState) {
		waits.state(conn, now)
		if now == http.StateIdle {
			waiting <- true
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	first, second := &http.Client{Transport: &http.Transport{}}, &http.Client{Transport: &http.Transport{}}
	kept := ask(t, first, server.URL)
	<-waiting
	if one, other := ask(t, second, server.URL), ask(t, second, server.URL); one == other {
		t.Error("a connection beyond those that are kept is used again")
	}
	if again := ask(t, first, server.URL); again != kept {
		t.Error("a connection that is kept was closed for another that came a moment later")
	}
}

// TestConnectionsThatAreUsedStay, and so do few.
func TestConnectionsThatAreUsedStay(t *testing.T) {
	t.Parallel()
	waits := newIdle(1, 2*time.Second)
	one, other, third := &net.TCPConn{}, &net.TCPConn{}, &net.TCPConn{}
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name  string
		conn  net.Conn
		waits bool
		after time.Duration
		want  net.Conn
	}{
		{"one waits", one, true, 0, nil},
		{"one is used", one, false, time.Second, nil},
		{"one waits again", one, true, 5 * time.Second, nil},
		{"another waits, a moment later", other, true, 6 * time.Second, nil},
		{"a third waits", third, true, 7 * time.Second, one},
		{"the other has ended", other, false, 8 * time.Second, nil},
		{"one that was closed has ended", one, false, 9 * time.Second, nil},
	} {
		if got := waits.note(step.conn, step.waits, noon.Add(step.after)); got != step.want {
			t.Errorf("%s: %p is closed, want %p", step.name, got, step.want)
		}
	}
}
