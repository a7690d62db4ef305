package handlers

import (
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// Limit is how often one client may ask for something: Burst at once, and one more each Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// Limits are those of the addresses that nobody has to be signed in for and that cost something.
type Limits struct {
	// SignIns holds back the starts of sign-ins, and the provider's answers to them, separately. It has to let a whole
	// office behind one address in.
	SignIns Limit
	// Logouts holds back the provider's calls to end sessions.
	Logouts Limit
}

// DefaultLimits are meant for hundreds of people behind one address.
func DefaultLimits() Limits {
	return Limits{SignIns: Limit{Burst: 200, Every: 500 * time.Millisecond}, Logouts: Limit{Burst: 50, Every: 200 * time.Millisecond}}
}

// mostClients bounds what a limiter remembers; each takes about 200 bytes.
const mostClients = 20_000

// limiter holds back each client by itself. It is safe for concurrent use.
type limiter struct {
	limit Limit
	now   func() time.Time

	mu      sync.Mutex
	clients map[netip.Prefix]*rate.Limiter
}

func newLimiter(limit Limit, now func() time.Time) *limiter {
	return &limiter{limit: limit, now: now, clients: map[netip.Prefix]*rate.Limiter{}}
}

// wait is how long that client has to wait before it may ask again; 0 lets it through.
func (l *limiter) wait(address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, client := l.now(), network(address)
	one, known := l.clients[client]
	if !known {
		l.makeRoom(now)
		one = rate.NewLimiter(rate.Every(l.limit.Every), l.limit.Burst)
		l.clients[client] = one
	}
	if one.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - one.TokensAt(now)) * float64(l.limit.Every))
}

// makeRoom forgets clients that have their whole burst again, which is as if they had never asked. Where that does not
// help, everybody starts anew: a flood from that many addresses is not for this limit to stop.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.clients) < mostClients {
		return
	}
	for client, one := range l.clients {
		if one.TokensAt(now) >= float64(l.limit.Burst) {
			delete(l.clients, client)
		}
	}
	if len(l.clients) >= mostClients {
		clear(l.clients)
	}
}

// network is whom an address counts for: one IPv4 address, or the /64 that one IPv6 customer has. Texts that are not
// addresses count together.
func network(address string) netip.Prefix {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	at = at.Unmap().WithZone("")
	bits := at.BitLen()
	if at.Is6() {
		bits = 64
	}
	prefix, err := at.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// limited stands before a handler that a client may ask for only so often.
func limited(l *limiter, next handler) handler {
	return func(c echo.Context, person *session.Person) error {
		if wait := l.wait(c.RealIP()); wait > 0 {
			return problem.New(problem.TooMany, "Too many sign-ins or sign-outs come from your address.").
				Saying("Nobody is signed in or out by this request.").Advising("Try again in a moment.").After(wait)
		}
		return next(c, person)
	}
}
