package changes

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"switchboard/audit"
	"switchboard/graphclient"
	"switchboard/problem"
)

// The timer looks once a second whether something is due: at a change in doubt, or at a sync that Graph accepted, after
// 1 s, then 2, 4 and so on to 30.
const (
	tick         = time.Second
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// sweepEvery is how often the timer puts in doubt what processes that died left pending.
	sweepEvery = 15 * time.Second
	// mostWatches bounds what one process holds; what is beyond is found out when somebody looks.
	mostWatches = 1_000
)

// watches are the changes that the timer looks at, each with the person who is their author: while that person's session
// lives, this process may read in their name. Nobody else's session is used without their asking.
type watches struct {
	mu   sync.Mutex
	each map[string]*watch
}

type watch struct {
	person Person
	from   Origin
	change string
	next   time.Time
	pause  time.Duration
}

// watch has the timer look at a change of this person of which something is still to be found out.
func (s *Service) watch(p Person, from Origin, change Change) {
	open := change.Open() || change.Action == audit.Sync && change.Outcome == audit.Applied
	if !open || !p.Actor().Is(change.Actor) {
		return
	}
	s.watches.mu.Lock()
	defer s.watches.mu.Unlock()
	if known, there := s.watches.each[change.ID]; there {
		known.person = p // the session of the latest request lives the longest
		return
	}
	if len(s.watches.each) < mostWatches {
		s.watches.each[change.ID] = &watch{person: p, from: from, change: change.ID, next: s.Now().Add(firstPause), pause: firstPause}
	}
}

func (w *watches) end(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.each, id)
}

// due are the watches whose time has come; each is put off until its next time.
func (w *watches) due(now time.Time) []watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	var due []watch
	for _, each := range w.each {
		if now.Before(each.next) {
			continue
		}
		due = append(due, *each)
		each.pause = min(2*each.pause, longestPause)
		each.next = now.Add(each.pause)
	}
	return due
}

// Run looks at what is in doubt and at syncs that are under way, and records what could not be recorded before, until ctx
// ends. Then it returns nil.
func (s *Service) Run(ctx context.Context) error {
	swept := s.Now()
	for s.Sleep(ctx, tick) == nil {
		s.payAll(ctx)
		if now := s.Now(); now.Sub(swept) >= sweepEvery {
			s.sweep(ctx)
			swept = now
		}
		s.round(ctx)
	}
	return nil
}

// sweep puts in doubt what processes that died left pending.
func (s *Service) sweep(ctx context.Context) {
	if _, err := s.inDoubt(ctx, `WHERE outcome = 'pending' ORDER BY seq`); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "changes without an outcome could not be looked for", "error", err.Error())
	}
}

// round looks at what is due.
func (s *Service) round(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for _, due := range s.watches.due(s.Now()) {
		group.Go(func() error {
			if s.follow(ctx, due) {
				s.watches.end(due.change)
			}
			return nil
		})
	}
	_ = group.Wait() // follow logs its own
}

// follow looks at one watched change and says whether that was the last time.
func (s *Service) follow(ctx context.Context, w watch) (over bool) {
	change, err := one(ctx, s.Database, `WHERE id = $1`, w.change)
	if err == nil {
		change, err = s.aged(ctx, change)
	}
	switch {
	case err != nil:
		return errors.Is(err, errUnknown)
	case change.Outcome == audit.Pending:
		return false
	case change.Outcome != audit.InDoubt && !change.awaited(s.Now()):
		return true
	}
	read := s.readFor(ctx, w.person, change)
	if signedOut(read.err) {
		return true
	}
	if change.Outcome == audit.InDoubt {
		err = s.judge(ctx, w.person, w.from, []Change{change}, read)
	} else {
		err = s.sawSync(ctx, change, read)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "what was read of a change could not be recorded", "change", w.change, "error", err.Error())
	}
	return false // a change that was settled has ended its watch, or does so next time
}

func (s *Service) readFor(ctx context.Context, p Person, change Change) reading {
	looking, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	at := s.Now().UTC()
	now, err := s.Graph.For(p).Get(looking, change.Connector)
	return reading{now, at, err}
}

// signedOut says whether the person's session has ended.
func signedOut(err error) bool {
	var said problem.Problem
	var failed *graphclient.Error
	return errors.As(err, &said) && said.Kind() == problem.SignedOut ||
		errors.As(err, &failed) && failed.Class == graphclient.SignInAgain
}
