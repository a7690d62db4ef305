// Package signin signs people in with OpenID Connect, keeps their sessions on the server, and hands out their tokens.
package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Database is what sign-in needs of a database: SQL with $1 to $n, and one durable transaction.
type Database interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	Write(ctx context.Context, f func(*sql.Tx) error) error
}

// Options say which provider signs people in, how this client proves itself to it, and how long sessions live.
type Options struct {
	Issuer   string // exactly as the provider writes it in its tokens
	ClientID string
	// One of these three is set.
	ClientSecret          string
	ClientCertificateFile string // PEM: the certificate and its private key
	FederatedTokenFile    string // a JWT of a workload identity, read anew for each use
	// ClientAuth is how the credential is sent, AutoAuth unless given.
	ClientAuth ClientAuth
	// ClaimsFrom is where names and roles are read, IDToken unless given.
	ClaimsFrom ClaimsFrom

	PublicURL  *url.URL // https, or http on loopback
	ReadScope  string   // asked for at sign-in
	WriteScope string   // asked for when somebody first edits
	Roles      Roles

	Keys     [][]byte // each of 32 bytes; the first seals, all open
	Idle     time.Duration
	Absolute time.Duration
	// PerPerson is how many sessions one person may have; 0 is any number. One more ends the one unused longest.
	PerPerson int
	// Address tells where a request comes from, for lists of sessions; the peer unless given.
	Address func(*http.Request) string

	DB   Database
	Now  func() time.Time // time.Now unless given
	Log  *slog.Logger
	HTTP http.RoundTripper // the way to the provider; a transport of its own unless given

	// Ended is told of each session that a refresh or PerPerson brought to its end, and why, in codes and words of ours alone. Of all
	// instances one tells it, once. Nobody is told unless it is given.
	Ended func(ctx context.Context, person *Person, reason string)

	// Patience is how long a request whose token is still valid waits for its renewal, 3 s unless given.
	Patience time.Duration
}

// Service signs people in and out and knows who sent a request. It is safe for concurrent use, and any number of them
// may share a database.
type Service struct {
	o          Options
	provider   *provider
	credential credential
	seals      *seals
	cookies    cookies
	store      *store
	pieces     *pieces
	attempts   *attempts
	flight     singleflight.Group
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
	if o.Issuer == "" || o.ClientID == "" || o.PublicURL == nil || o.DB == nil || o.Idle <= 0 || o.Absolute <= 0 {
		return nil, errors.New("signin: issuer, client id, public URL, database, idle and absolute limits are required")
	}
	seals, err := newSeals(o.Keys)
	if err != nil {
		return nil, err
	}
	credential, err := newCredential(o)
	if err != nil {
		return nil, err
	}
	cookies := newCookies(o.PublicURL)
	pieces := newPieces(cookies, o.Now)
	s := &Service{
		o: o, credential: credential, seals: seals, cookies: cookies, pieces: pieces, log: o.Log, now: o.Now,
		provider: newProvider(o),
		attempts: &attempts{db: o.DB, seals: seals, pieces: pieces, now: o.Now},
	}
	s.store = newStore(o, seals, s.cookies)
	return s, nil
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

const (
	firstPause = 200 * time.Millisecond // between two tries to load the provider's documents
	longPause  = 2 * time.Second
	sweepEvery = time.Minute
	reloadAge  = 24 * time.Hour // of the discovery document
)

// Run loads the provider's documents, trying again until it works once, then sweeps ended sessions and spent states of
// sign-ins, and looks at the discovery document daily. It returns nil when ctx ends.
func (s *Service) Run(ctx context.Context) error {
	if !s.loadProvider(ctx) {
		return nil
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		s.sweep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if s.provider.age() > reloadAge {
			if err := s.provider.load(ctx); err != nil {
				s.log.Warn("the identity provider's discovery document could not be read again", "error", err.Error())
			}
		}
	}
}

// Drain waits, once no request is under way, for the refreshes that are: a token that was spent and never kept signs its
// person out.
func (s *Service) Drain() { s.refreshing.Wait() }

// loadProvider returns true once the documents are there, false when ctx ends first.
func (s *Service) loadProvider(ctx context.Context) bool {
	said := ""
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := s.provider.load(ctx)
		if err == nil {
			s.log.Info("the identity provider's keys are loaded", "issuer", s.o.Issuer)
			return true
		}
		if reason := err.Error(); reason != said {
			s.log.Warn("the identity provider does not answer yet", "error", err.Error())
			said = reason
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

func (s *Service) sweep(ctx context.Context) {
	if err := errors.Join(s.store.sweep(ctx), s.attempts.sweep(ctx)); err != nil && ctx.Err() == nil {
		s.log.Warn("ended sessions could not be swept", "error", err.Error())
	}
}

// Ready is nil once the provider's keys have been loaded once; a provider that fails later changes nothing.
func (s *Service) Ready() error {
	if _, err := s.provider.document(); err != nil {
		return fmt.Errorf("the identity provider %s has not answered yet: %w", s.o.Issuer, err)
	}
	return nil
}
