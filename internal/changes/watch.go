package changes

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/problem"
)

// The timer looks once a second for what is to be resolved: changes in doubt, and syncs that Graph accepted and that have not
// ended. It reads each 1 s after it first saw it, then 2, 4 and so on to 30. The database tells what is due, and the sign-in
// whose session can read, so that a restart, another replica or a sign-out elsewhere ends no watch.
const (
	tick         = time.Second
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// mostWatched bounds what the timer resolves; the latest come first, since their authors are the likeliest to be there.
	mostWatched = 1_000
	// followFor is how long the timer goes on looking for a sync whose author is signed in nowhere; pages always do.
	followFor = 24 * time.Hour
)

// paces are how soon the timer looks again at each change, by its id.
type paces map[string]pace

type pace struct {
	next  time.Time
	pause time.Duration
}

// due are the changes whose time has come, and the paces from then on: those of these changes and of no others.
func (p paces) due(all []Change, now time.Time) (due []Change, then paces) {
	then = paces{}
	for _, change := range all {
		each, known := p[change.ID]
		switch {
		case !known:
			each = pace{now.Add(firstPause), firstPause}
		case !now.Before(each.next):
			due = append(due, change)
			each.pause = min(2*each.pause, longestPause)
			each.next = now.Add(each.pause)
		}
		then[change.ID] = each
	}
	return due, then
}

// Run looks at what is in doubt and at syncs that are under way, and records what could not be recorded before, until ctx
// ends. Then it returns nil.
func (s *Service) Run(ctx context.Context) error {
	watched, failing := paces{}, false
	for s.Sleep(ctx, tick) == nil {
		s.retryRecordings(ctx)
		all, err := s.unresolved(ctx)
		if err != nil && !failing && ctx.Err() == nil { // once, and not at every tick
			s.Log.WarnContext(ctx, "changes in doubt cannot be looked for", "error", err.Error())
		}
		if failing = err != nil; failing {
			continue
		}
		var due []Change
		due, watched = watched.due(all, s.Now())
		s.round(ctx, due)
	}
	return nil
}

// unresolved are the changes in doubt and the syncs that have not ended. What a process that died left pending is put in doubt
// on the way.
func (s *Service) unresolved(ctx context.Context) ([]Change, error) {
	found, err := s.findInDoubt(ctx, `WHERE `+open+` ORDER BY seq DESC LIMIT $1`, mostWatched)
	if err != nil {
		return nil, err
	}
	syncs, err := s.readLogged(ctx, `WHERE `+awaited+` AND intended_at > $1 ORDER BY seq DESC LIMIT $2`,
		s.Now().Add(-followFor).UnixMicro(), mostWatched)
	return append(found, syncs...), err
}

// round looks at what is due.
func (s *Service) round(ctx context.Context, due []Change) {
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for _, change := range due {
		group.Go(func() error {
			s.follow(ctx, change)
			return nil
		})
	}
	_ = group.Wait() // follow logs its own
}

// follow looks at one change in its author's name, if they are signed in anywhere.
func (s *Service) follow(ctx context.Context, change Change) {
	p, read, err := s.readAsAuthor(ctx, change)
	if err == nil && p == nil {
		return
	}
	if err == nil {
		err = s.resolveFrom(ctx, p, audit.Origin{}, []Change{change}, read)
	}
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "what became of a change could not be found out this time", "change", change.ID, "error", err.Error())
	}
}

// readAsAuthor reads the change's connector with a live session of its author, and says which person that session makes
// them. The person is nil if the author is signed in nowhere or may no longer read, or if somebody has looked meanwhile. Other people's sessions are used for their
// own requests only.
func (s *Service) readAsAuthor(ctx context.Context, change Change) (Person, reading, error) {
	people, err := s.Live(ctx, change.Actor)
	if err != nil {
		return nil, reading{}, err
	}
	claimed := false
	for _, p := range people {
		if !p.Actor().May(access.See) {
			continue
		}
		if !claimed {
			mine, err := s.claim(ctx, []Change{change}, byPace)
			if claimed = len(mine) > 0; err != nil || !claimed {
				return nil, reading{}, err
			}
		}
		if read := s.readFor(ctx, p, change.Connector, lookWithin); !tokenless(read.err) {
			return p, read, nil
		}
	}
	return nil, reading{}, nil
}

// readFor reads a connector. What counts is when the read began: a PATCH may come in while it is on its way.
func (s *Service) readFor(ctx context.Context, p Person, connectorID string, limit time.Duration) reading {
	looking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return s.read(looking, p, connectorID)
}

func (s *Service) read(ctx context.Context, p Person, connectorID string) reading {
	at := s.Now().UTC()
	now, err := s.Graph.For(p).Get(ctx, connectorID)
	return reading{now, at, err}
}

// tokenless says that a session has no token that Graph takes; another one of the same person may.
func tokenless(err error) bool {
	var said problem.Problem
	var failed *graphclient.Error
	return errors.As(err, &said) && said.Kind() == problem.SignedOut ||
		errors.As(err, &failed) && (failed.Class == graphclient.SignInAgain || failed.Class == graphclient.NoToken)
}
