package databasetest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Hanging is the way to a PostgreSQL server that can be made to hang, as one does that was stopped: it takes connections and
// requests, and answers none.
type Hanging struct {
	// URL is the database's address by this way.
	URL string

	mu    sync.Mutex
	moves *sync.Cond
	stop  bool
	ended bool
	conns []net.Conn
}

// Hang is a way to the database at the URL. It ends with the test.
func Hang(t testing.TB, to string) *Hanging {
	t.Helper()
	address, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := address.Host
	address.Host = listener.Addr().String()
	h := &Hanging{URL: address.String()}
	h.moves = sync.NewCond(&h.mu)
	t.Cleanup(func() {
		listener.Close()
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ended = true
		h.moves.Broadcast()
		for _, conn := range h.conns {
			conn.Close()
		}
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go h.lead(conn, server)
		}
	}()
	return h
}

// Stop has the server answer nothing until Continue.
func (h *Hanging) Stop() { h.set(true) }

// Continue lets it answer, what was asked meanwhile too.
func (h *Hanging) Continue() { h.set(false) }

func (h *Hanging) set(stop bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop = stop
	h.moves.Broadcast()
}

func (h *Hanging) lead(conn net.Conn, server string) {
	there, err := net.Dial("tcp", server)
	if err != nil {
		conn.Close()
		return
	}
	h.mu.Lock()
	h.conns = append(h.conns, conn, there)
	h.mu.Unlock()
	go h.copy(there, conn)
	h.copy(conn, there)
}

func (h *Hanging) copy(to, from net.Conn) {
	defer to.Close()
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		h.mu.Lock()
		for h.stop && !h.ended {
			h.moves.Wait()
		}
		h.mu.Unlock()
		if _, failed := to.Write(piece[:n]); err != nil || failed != nil && failed != io.ErrShortWrite {
			return
		}
	}
}
