// Package signin leads people through the OpenID provider: where a sign-in starts, its callback, the sign-ins that are pending
// in a browser, and the page that they lead back to.
package signin

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
	"switchboard/internal/session"
)

// Database is what sign-in needs of a database: one durable transaction.
type Database interface {
	Write(ctx context.Context, f func(*sql.Tx) error) error
}

// Options say which provider signs people in, and where their sessions are kept.
type Options struct {
	Client   *oidc.Client
	Sessions *session.Service
	Seals    *seal.Keys

	DB  Database
	Now func() time.Time // time.Now unless given
	Log *slog.Logger

	// SweepEvery is the pause between two sweeps, a minute unless given.
	SweepEvery time.Duration
}

// Service signs people in and out. It is safe for concurrent use, and any number of them may share a database.
type Service struct {
	publicURL *url.URL
	client    *oidc.Client
	sessions  *session.Service
	seals     *seal.Keys
	cookies   session.Cookies
	pieces    *pieces
	pending   *pendingSignIns
	instances *instances
	every     time.Duration // between two sweeps
	log       *slog.Logger
}

// New checks the options; it asks nothing of the network or the database.
func New(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil || o.Sessions == nil || o.Seals == nil || o.DB == nil {
		return nil, errors.New("signin: client, sessions, seals and database are required")
	}
	if o.SweepEvery == 0 {
		o.SweepEvery = time.Minute
	}
	cookies := session.NewCookies(o.Client.PublicURL())
	pieces := newPieces(cookies, o.Now)
	return &Service{
		publicURL: o.Client.PublicURL(), client: o.Client, sessions: o.Sessions, seals: o.Seals, cookies: cookies, pieces: pieces, log: o.Log,
		pending:   &pendingSignIns{db: o.DB, seals: o.Seals, pieces: pieces, now: o.Now},
		instances: newInstances(o), every: o.SweepEvery,
	}, nil
}

// Run loads the provider's documents, trying again until it works once, then sweeps ended sessions and spent states of
// sign-ins, meets the other instances, and looks at the discovery document daily. It returns nil when ctx ends.
func (s *Service) Run(ctx context.Context) error {
	if !s.client.Load(ctx) {
		return nil
	}
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		s.sweep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		s.client.Reload(ctx)
	}
}

func (s *Service) sweep(ctx context.Context) {
	if err := errors.Join(s.sessions.Sweep(ctx), s.pending.sweep(ctx)); err != nil && ctx.Err() == nil {
		s.log.Warn("ended sessions could not be swept", "error", err.Error())
	}
	s.share(ctx)
}

// share takes this instance's share of the pieces, of as many as there are instances by now.
func (s *Service) share(ctx context.Context) {
	count, before, err := s.instances.meet(ctx)
	if err == nil {
		s.pieces.share(count, before)
	} else if ctx.Err() == nil {
		s.log.Warn("this instance does not know of the others, so tabs that sign in at once may collide", "error", err.Error())
	}
}

// Ready is nil once the provider's keys have been loaded once; a provider that fails later changes nothing.
func (s *Service) Ready() error { return s.client.Ready() }

// unreachable is for a provider that has not answered yet.
func unreachable(err error) problem.Problem {
	return problem.New(problem.Unavailable, "Sign-in is not possible at the moment.").
		Saying("The identity provider does not answer.").Advising("Try again in a moment.").After(oidc.RetryPause).Because(err)
}
