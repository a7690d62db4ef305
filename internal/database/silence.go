package database

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// lookAgain is how often a server that says nothing is asked whether it is back.
const lookAgain = time.Second

var errSilent = errors.New("the database's server says nothing; it is asked again every second")

// silence notices a server that hangs: it takes connections and requests, and answers none. A request then fails after
// limit, and while nobody has heard of the server, at once, but for one a second.
type silence struct {
	mu    sync.Mutex
	limit time.Duration // 0: requests wait without limit
	heard time.Time     // when any connection last brought something
	until time.Time     // when the next request may be made; zero for any
}

func (s *silence) giveUpAfter(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
}

func (s *silence) patience() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

// ask says whether a request may be made now.
func (s *silence) ask() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Before(s.until) {
		return false
	}
	if !s.until.IsZero() {
		s.until = now.Add(lookAgain)
	}
	return true
}

func (s *silence) heardFrom() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard, s.until = time.Now(), time.Time{}
}

// unanswered notes that nothing came for a request that waited since then. Where another heard of the server meanwhile, it is that
// request which takes long.
func (s *silence) unanswered(since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.limit > 0 && now.Sub(since) >= s.limit/2 && !s.heard.After(since) {
		s.until = now.Add(lookAgain)
	}
}

// dialer has connections notice the silence.
func (s *silence) dialer(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !s.ask() {
			return nil, errSilent
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &watchedConn{Conn: conn, silence: s, asked: true}, nil
	}
}

// watchedConn is a connection that waits for an answer no longer than the silence's limit. Deadlines of the driver's, by which
// it ends a wait, come first.
type watchedConn struct {
	net.Conn
	silence *silence

	mu    sync.Mutex
	set   time.Time // the driver's deadline
	asked bool      // something was sent since the last answer
}

// Write sends a request, or a further part of one.
func (l *watchedConn) Write(p []byte) (int, error) {
	l.mu.Lock()
	begun := l.asked
	l.asked = true
	l.mu.Unlock()
	if !begun && !l.silence.ask() {
		return 0, errSilent
	}
	l.limit(l.Conn.SetWriteDeadline)
	return l.Conn.Write(p)
}

// Read waits for an answer.
func (l *watchedConn) Read(p []byte) (int, error) {
	since := time.Now()
	l.limit(l.Conn.SetReadDeadline)
	n, err := l.Conn.Read(p)
	switch {
	case n > 0:
		l.mu.Lock()
		l.asked = false
		l.mu.Unlock()
		l.silence.heardFrom()
	case errors.Is(err, os.ErrDeadlineExceeded):
		l.silence.unanswered(since)
	}
	return n, err
}

// limit sets the deadline of what follows, unless the driver has.
func (l *watchedConn) limit(set func(time.Time) error) {
	limit := l.silence.patience()
	l.mu.Lock()
	defer l.mu.Unlock()
	if limit > 0 && l.set.IsZero() {
		_ = set(time.Now().Add(limit)) // a connection that takes none is closed, and says so itself
	}
}

// SetDeadline is the driver's.
func (l *watchedConn) SetDeadline(at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set = at
	return l.Conn.SetDeadline(at)
}
