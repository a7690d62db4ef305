package graphclient

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// reset cuts the connection so that the client sees RST, not an orderly end.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestFailedDialsAreNotInDoubt(t *testing.T) {
	t.Parallel()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = quiet()
	t.Cleanup(untrusted.Close)
	for name, address := range map[string]string{
		"refused":             "http://" + closedPort(t),
		"no TLS there":        "https://" + serving(t, func(c net.Conn) { io.WriteString(c, "HTTP/1.0 400 Bad Request\r\n\r\n") }),
		"hung up in TLS":      "https://" + serving(t, func(net.Conn) {}),
		"unknown certificate": untrusted.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, slept := client(t, address)
			for _, send := range []func(allCalls) error{patched, syncedNow} {
				slept.all = nil
				if got := failure(t, send(allOf(c, newPerson()))); got.Class != NotSent || len(slept.all) != 1 {
					t.Errorf("%v after waits %v, want one", got, slept.all)
				}
			}
			slept.all = nil
			_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
			if got := failure(t, err); got.Class != Unavailable || len(slept.all) != 2 {
				t.Errorf("GET: %v after waits %v, want two", got, slept.all)
			}
		})
	}
}

// serving accepts connections, reads what comes first and lets answer reply before it hangs up.
func serving(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096))
			answer(conn)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// TestSecondDialSucceeds opens the port while the client waits for its second try.
func TestSecondDialSucceeds(t *testing.T) {
	t.Parallel()
	address := closedPort(t)
	g := &graph{queue: []http.HandlerFunc{says(200, object(exampleID, "x"))}}
	open := func(context.Context, time.Duration) error {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		server := &http.Server{Handler: g}
		t.Cleanup(func() { server.Close() })
		go server.Serve(listener)
		return nil
	}
	c, _ := client(t, "http://"+address, func(o *Options) { o.Sleep = open })
	answer, err := allOf(c, newPerson()).Patch(t.Context(), exampleID, serverName("x"), changeID)
	if err != nil || !answer.HasObject || len(g.arrived()) != 1 {
		t.Errorf("answer %+v, %v after %d requests", answer, err, len(g.arrived()))
	}
}

// TestOneChangePerSend lets a server close connections in every way that makes net/http send idempotent requests again: as
// soon as they are idle, and when the second request of a connection has arrived.
func TestOneChangePerSend(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]func(net.Conn, []byte){
		"closed while idle":           nil,
		"closed at its second":        func(c net.Conn, _ []byte) { c.Close() },
		"reset at its second":         func(c net.Conn, _ []byte) { c.(*net.TCPConn).SetLinger(0); c.Close() },
		"half an answer to the first": func(c net.Conn, _ []byte) { io.WriteString(c, "HTTP/1.1 20"); c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var arrived atomic.Int32
			c, _ := client(t, "http://"+keptAlive(t, &arrived, second))
			sends := int32(0)
			for range 20 {
				before := arrived.Load()
				err := patched(allOf(c, newPerson()))
				sends++
				if got := arrived.Load() - before; got > 1 || got == 0 && classOf(err) == -1 {
					t.Fatalf("%d requests of one change (%v)", got, err)
				}
				if class := classOf(err); class != -1 && class != InDoubt {
					t.Fatalf("class %v", class)
				}
			}
			if got := arrived.Load(); got > sends {
				t.Errorf("%d requests for %d changes", got, sends)
			}
		})
	}
}

// keptAlive answers the first request of each connection with 204; second gets the connection when another arrives, nil
// closes it at once after the first.
func keptAlive(t *testing.T, arrived *atomic.Int32, second func(net.Conn, []byte)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	serve := func(conn net.Conn) {
		defer conn.Close()
		request := make([]byte, 8192)
		for number := 0; ; number++ {
			n, err := conn.Read(request)
			if err != nil {
				return
			}
			arrived.Add(1)
			if number > 0 {
				second(conn, request[:n])
				return
			}
			io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			if second == nil {
				return
			}
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for r.Context().Err() == nil {
			io.WriteString(w, " ")
			http.NewResponseController(w).Flush()
			select {
			case <-time.After(5 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	}
	for _, test := range []struct {
		name    string
		answer  http.HandlerFunc
		patched Class // -1: applied
		timeout time.Duration
	}{
		{"no answer", silent, InDoubt, 200 * time.Millisecond},
		{"one byte after another", drip, -1, 6 * time.Second}, // of which the body gets one
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, test.answer)
			c, _ := client(t, g.URL, func(o *Options) { o.ReadTimeout, o.WriteTimeout = 100*time.Millisecond, test.timeout })
			start := time.Now()
			_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
			if got := failure(t, err); got.Class != Unavailable || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("GET: %v", got)
			}
			if got := classOf(patched(allOf(c, newPerson()))); got != test.patched {
				t.Errorf("PATCH: class %d, want %d", got, test.patched)
			}
			if took := time.Since(start); took > max(test.timeout, time.Second) {
				t.Errorf("took %v", took)
			}
			if got := len(g.arrived()); got != 2 {
				t.Errorf("%d requests, want one of each", got)
			}
		})
	}
}

func TestAnEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(200, "{}"))
	c, _ := client(t, g.URL)
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := allOf(c, newPerson()).Patch(ended, exampleID, serverName("x"), changeID)
	if got := failure(t, err); got.Class != NotSent || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", got)
	}
	if got := len(g.arrived()); got != 0 {
		t.Errorf("%d requests", got)
	}
}

// TestHTTP2IsForReads: HTTP/2 may send a refused stream again by itself.
func TestHTTP2IsForReads(t *testing.T) {
	t.Parallel()
	var protocols []string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocols = append(protocols, r.Method+" "+r.Proto)
		says(200, object(exampleID, "x"))(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c, _ := client(t, server.URL)
	for _, carrier := range []http.RoundTripper{c.http.reads, c.http.writes} {
		carrier.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	}
	if _, err := allOf(c, newPerson()).Get(t.Context(), exampleID); err != nil {
		t.Fatal(err)
	}
	if err := patched(allOf(c, newPerson())); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(protocols, ", "); got != "GET HTTP/2.0, PATCH HTTP/1.1" {
		t.Errorf("protocols %s", got)
	}
}

// TestNothingIsLeftOpen: whatever Graph answered, no connection survives Close.
func TestNothingIsLeftOpen(t *testing.T) {
	t.Parallel()
	g := &graph{queue: []http.HandlerFunc{
		says(200, object(exampleID, "x")), says(503, `{}`), endless(2 << 20), says(200, `{`, "Content-Length", "50"), says(404, ``), says(204, ``),
	}}
	server := httptest.NewUnstartedServer(g)
	var open atomic.Int32
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c, _ := client(t, server.URL)
	for range 8 {
		allOf(c, newPerson()).Get(t.Context(), exampleID)
		patched(allOf(c, newPerson()))
	}
	c.Close()
	for deadline := time.Now().Add(10 * time.Second); open.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if got := open.Load(); got != 0 {
		t.Errorf("%d connections are open", got)
	}
}
