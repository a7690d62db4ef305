// Package session keeps people's sessions on the server and hands out their tokens: the store, who a person is, the refresh
// of tokens under a lease, and how sessions end.
package session

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

// Database is what sessions need of a database: SQL with $1 to $n, and one durable transaction.
type Database interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	Write(ctx context.Context, f func(*sql.Tx) error) error
}

// Options say where sessions are kept, how long they live, and what makes a role.
type Options struct {
	Client *oidc.Client // renews tokens
	Seals  *seal.Keys
	Roles  Roles

	Idle     time.Duration
	Absolute time.Duration
	// PerPerson is how many sessions one person may have; 0 is any number. One more ends the one unused longest.
	PerPerson int
	// Address tells where a request comes from, for lists of sessions; the peer unless given.
	Address func(*http.Request) string

	DB  Database
	Now func() time.Time // time.Now unless given
	Log *slog.Logger

	// Ended is told of each session that a refresh or PerPerson brought to its end, and why, in codes and words of ours alone. Of all
	// instances one tells it, once. Nobody is told unless it is given.
	Ended func(ctx context.Context, person *Person, reason string)

	// Patience is how long a request whose token is still valid waits for its renewal, 3 s unless given.
	Patience time.Duration
}

// Service knows who sent a request, and renews and ends sessions. It is safe for concurrent use, and any number of them may
// share a database.
type Service struct {
	o          Options
	client     *oidc.Client
	cookies    Cookies
	store      *store
	inFlight   singleflight.Group
	refreshing sync.WaitGroup // the refreshes under way
	log        *slog.Logger
	now        func() time.Time
}

// New checks the options; it asks nothing of the network or the database.
func New(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Address == nil {
		o.Address = peer
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
	if o.Client == nil || o.Seals == nil || o.DB == nil || o.Idle <= 0 || o.Absolute <= 0 {
		return nil, errors.New("session: client, seals, database, idle and absolute limits are required")
	}
	cookies := NewCookies(o.Client.PublicURL())
	return &Service{o: o, client: o.Client, cookies: cookies, store: newStore(o, cookies), log: o.Log, now: o.Now}, nil
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// RolesClaim is the claim, or the path to it, that roles are read from.
func (s *Service) RolesClaim() string { return s.o.Roles.Claim }

// Drain waits, once no request is under way, for the refreshes that are: a token that was spent and never kept signs its
// person out.
func (s *Service) Drain() { s.refreshing.Wait() }

// Sweep removes the sessions that came to their end a while ago.
func (s *Service) Sweep(ctx context.Context) error { return s.store.sweep(ctx) }

// DatabaseFailed is the problem of a database that does not do its part.
func DatabaseFailed(err error) problem.Problem {
	return problem.New(problem.Unavailable, "Switchboard cannot reach its database at the moment.").
		Advising("Try again in a moment. You are not signed out by this.").After(oidc.RetryPause).Because(err)
}
