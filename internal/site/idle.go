package site

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// mostIdle is how many connections without a request are kept; each takes 20 KB, as much as eight sessions.
	mostIdle = 100
	// idleAtLeast is how long one has had no request before it is closed for others: its browser may be about to send one, which
	// it then has to send again.
	idleAtLeast = 15 * time.Second
)

// idle are the connections that wait for their next request, the one that has waited longest first. Beyond most, that one is closed; its
// browser opens another, as it does after IdleTimeout. Where even that one has waited for less than atLeast, none is closed: the answer
// to the next request says that its connection ends with it.
type idle struct {
	most    int
	atLeast time.Duration

	mu      sync.Mutex
	waiting *list.List // of waiter
	of      map[net.Conn]*list.Element
}

type waiter struct {
	conn  net.Conn
	since time.Time
}

func newIdle(most int, atLeast time.Duration) *idle {
	return &idle{most: most, atLeast: atLeast, waiting: list.New(), of: map[net.Conn]*list.Element{}}
}

// serve answers with next. Its answer is the connection's last one while as many wait as are kept, and none may go for it.
func (i *idle) serve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.full(time.Now()) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

func (i *idle) full(at time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.waiting.Len() >= i.most && at.Sub(i.waiting.Front().Value.(waiter).since) < i.atLeast
}

// state is told of each connection how it is.
func (i *idle) state(conn net.Conn, now http.ConnState) {
	if now == http.StateNew {
		return
	}
	if longest := i.note(conn, now == http.StateIdle, time.Now()); longest != nil {
		_ = longest.Close() // the server, which reads from it, tells its end
	}
}

// note keeps that a connection waits, or no longer does, and takes out the one that is to be closed for it; nil for none.
func (i *idle) note(conn net.Conn, waits bool, at time.Time) net.Conn {
	i.mu.Lock()
	defer i.mu.Unlock()
	if one, there := i.of[conn]; there {
		i.waiting.Remove(one)
		delete(i.of, conn)
	}
	if !waits {
		return nil
	}
	i.of[conn] = i.waiting.PushBack(waiter{conn, at})
	longest := i.waiting.Front().Value.(waiter)
	if i.waiting.Len() <= i.most || at.Sub(longest.since) < i.atLeast {
		return nil
	}
	i.waiting.Remove(i.waiting.Front())
	delete(i.of, longest.conn)
	return longest.conn
}
