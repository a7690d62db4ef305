package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

const (
	refreshMargin = 5 * time.Minute  // before the token expires
	refreshAge    = time.Hour        // since the last refresh; roles that are older do not write
	writeAge      = 5 * time.Minute  // since the last refresh, before a write
	usableMargin  = 10 * time.Second // a token that expires sooner may not live to reach Graph
	longestWait   = 20 * time.Second // of a request that cannot go on without a new token
	leasePoll     = 100 * time.Millisecond
	// refreshTimeout is that of a refresh, which its request does not end: the token call, what it takes to read the answer, and
	// the commit.
	refreshTimeout = oidc.SpendTimeout + 2*oidc.AnswerTimeout
)

// ask is what somebody needs of the access token.
type ask struct {
	need graphclient.Scope
	// refused is the token that Graph has refused, "" if none; claims is its challenge.
	refused, claims string
	// fresh is how long ago the last refresh may be: refreshAge, or writeAge for a write.
	fresh time.Duration
}

// Token is a bearer for Graph that is good for the need. It is renewed first if it is due; the first time that somebody
// needs to write, the write scope is asked for. Who had a role, and has none by that renewal, gets none: the page is not theirs to
// see any more.
func (p *Person) Token(ctx context.Context, need graphclient.Scope) (string, error) {
	e, err := p.service.bearer(ctx, p.entry.id, ask{need: need, fresh: freshness(need)})
	switch {
	case err != nil:
		return "", err
	case len(e.roles) == 0 && len(p.actor.Roles) > 0:
		return "", roleGone()
	}
	return e.Access, nil
}

// Renew answers Graph's refusal of a bearer with another one: the newer one if there is one already, else by a refresh.
// claims is the challenge that came with the refusal, as JSON, or "".
func (p *Person) Renew(ctx context.Context, need graphclient.Scope, refused, claims string) (string, error) {
	e, err := p.service.bearer(ctx, p.entry.id, ask{need: need, refused: refused, claims: claims, fresh: freshness(need)})
	if err != nil {
		return "", err
	}
	return e.Access, nil
}

// Allowed is the last look before a write: it reads the person's roles anew, after a refresh if they are older than five
// minutes, and returns who they are now. The error is Forbidden if the roles no longer allow it, SignedOut if the
// session has ended.
func (p *Person) Allowed(ctx context.Context, permission access.Permission) (access.Actor, error) {
	want := ask{need: graphclient.Read, fresh: writeAge}
	if permission == access.Edit && p.Actor().May(permission) {
		want.need = graphclient.Write
	}
	e, err := p.service.bearer(ctx, p.entry.id, want)
	if err != nil {
		return access.Actor{}, err
	}
	if !e.actor().May(permission) {
		return e.actor(), roleGone()
	}
	return e.actor(), nil
}

// roleGone is for somebody who loses a role while they ask for what needs it.
func roleGone() problem.Problem {
	return problem.New(problem.Forbidden, "Your role no longer allows this.").Behind(problem.Role).
		Saying("It was changed while you were signed in. Nothing was sent to Graph.").
		Advising("Ask an administrator of Switchboard for a role that does.")
}

// freshness is how old the roles may be that go with a token: a provider's tokens may live for a day (entra.md, section
// 3), and a role that was taken away must not.
func freshness(need graphclient.Scope) time.Duration {
	if need == graphclient.Write {
		return writeAge
	}
	return refreshAge
}

// due says whether the session needs a new token for that.
func (s *Service) due(e *entry, want ask) bool {
	now := s.now()
	margin := min(refreshMargin, e.Lifetime/2)
	return !s.usable(e, want) || e.Refresh != "" && (now.Add(margin).After(e.Expires) || now.Sub(e.RefreshedAt) > want.fresh)
}

// usable says whether the token may be used as it is while no better one can be had.
func (s *Service) usable(e *entry, want ask) bool {
	return s.alive(e, want) && !s.outdated(e, want) && s.scoped(e, want)
}

// alive says whether Graph can be expected to take the token, for what it is good for.
func (s *Service) alive(e *entry, want ask) bool {
	return e.Access != "" && e.Access != want.refused && !s.now().Add(usableMargin).After(e.Expires)
}

// outdated says whether the roles are too old for that. Only an ID token makes them new, and a refresh need not bring one
// (OpenID Connect Core 1.0 section 12.2): reads go on with the roles of the last one, writes do not after an hour.
func (s *Service) outdated(e *entry, want ask) bool {
	return want.fresh < refreshAge && s.now().Sub(e.RolesAt) > refreshAge
}

func (s *Service) scoped(e *entry, want ask) bool {
	return want.need != graphclient.Write || oidc.HasScope(e.Scopes, s.client.WriteScope())
}

// bearer returns the session with a token that serves the need. A write looks at the database, and not at what this
// instance remembers: a session that was ended elsewhere must not change anything.
func (s *Service) bearer(ctx context.Context, id string, want ask) (*entry, error) {
	e, err := s.current(ctx, id, want.fresh < refreshAge || want.refused != "")
	if err != nil || !s.due(e, want) {
		return e, err
	}
	if refusal := s.barred(e, want); refusal != nil {
		return nil, refusal.Problem()
	}
	usable := s.usable(e, want)
	underWay := want.fresh == refreshAge && s.now().Before(e.leaseEnd)
	if usable && (underWay || e.LastRefreshError.stands(s, e, want) != nil) {
		return e, nil
	}
	renewed := s.inFlight.DoChan(fmt.Sprint(id, want), func() (any, error) {
		s.refreshing.Add(1)
		defer s.refreshing.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
		defer cancel()
		return s.refresh(ctx, id, want)
	})
	if usable {
		return s.await(ctx, renewed, s.o.Patience, e)
	}
	return s.await(ctx, renewed, longestWait, nil)
}

// await waits for a refresh. If it fails or takes too long the session as it was serves instead, nil if that cannot.
func (s *Service) await(ctx context.Context, renewed <-chan singleflight.Result, wait time.Duration, instead *entry) (*entry, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	err := error(oidc.Unanswered(s.now(), errors.New("no token in time")).Problem())
	select {
	case done := <-renewed:
		if done.Err == nil {
			return done.Val.(*entry), nil
		}
		err = done.Err
	case <-timer.C:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a token: %w", ctx.Err())
	}
	if instead != nil && !isKind(err, problem.SignedOut) {
		return instead, nil
	}
	return nil, err
}

// current is the live session; the error is SignedOut if there is none.
func (s *Service) current(ctx context.Context, id string, anew bool) (*entry, error) {
	read := s.store.held
	if anew {
		read = s.store.load
	}
	e, err := read(ctx, id)
	if err != nil {
		return nil, DatabaseFailed(err)
	}
	if e == nil || s.store.over(e) {
		return nil, ended(nil)
	}
	return e, nil
}

func ended(cause error) problem.Problem {
	return problem.New(problem.SignedOut, "Your session has ended.").Advising("Sign in again.").Because(cause)
}

func isKind(err error, kind problem.Kind) bool {
	var p problem.Problem
	return errors.As(err, &p) && p.Kind() == kind
}

// refresh gets the session a new token. Of all instances and requests only the one that holds the lease asks the
// provider; the others wait for what it gets.
func (s *Service) refresh(ctx context.Context, id string, want ask) (*entry, error) {
	holder := seal.Random()
	for {
		e, err := s.current(ctx, id, true)
		if err != nil || !s.due(e, want) {
			return e, err
		}
		if e.Refresh == "" {
			return nil, s.expire(ctx, e, want)
		}
		if refusal := e.LastRefreshError.stands(s, e, want); refusal != nil {
			return nil, refusal.Problem()
		}
		leased, err := s.store.lease(ctx, e, holder)
		if err != nil {
			return nil, DatabaseFailed(err)
		}
		if leased {
			s.store.cache.evict(id) // so that others see the lease, and do not wait for a slow provider one by one
			return s.refreshLeased(ctx, e, want, holder)
		}
		if s.usable(e, want) {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return nil, oidc.Unanswered(s.now(), ctx.Err()).Problem()
		case <-time.After(leasePoll):
		}
	}
}

// expire is for a provider that gave no refresh token: the session is good for as long as its access token.
func (s *Service) expire(ctx context.Context, e *entry, want ask) error {
	switch {
	case !s.scoped(e, want):
		return s.unasked().Problem()
	case s.alive(e, want):
		return s.outdatedRoles().Problem()
	}
	const reason = "the access token has expired and there is no refresh token"
	if err := s.endLeased(ctx, e, nobody, reason); err != nil {
		return err
	}
	return ended(errors.New(reason))
}

// outdatedRoles is the refusal of a write whose roles only a sign-in makes new.
func (s *Service) outdatedRoles() *oidc.Refusal {
	return &oidc.Refusal{Class: oidc.StepUp, OutdatedRoles: true, At: s.now(), Path: oidc.SignInPath}
}
