package changes

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
)

const (
	// syncPatience is how long a sync may take to show in the last sync.
	syncPatience = 20 * time.Minute
	// lookWithin bounds one read that is made to resolve something. A page need not wait for it.
	lookWithin  = 8 * time.Second
	looksAtOnce = 4
	// mostLooks bounds the changes that one page resolves; those at which nobody has looked for longest come first.
	mostLooks = 20
)

// Resolve reads the connector again with the person's token, if a change of it is in doubt or a sync is awaited, and records
// what the read proves. What cannot be read stays as it is. The read goes on if ctx ends before it; that is no error.
func (s *Service) Resolve(ctx context.Context, p Person, from audit.Origin, connectorID string) error {
	return s.resolveAt(ctx, p, from, connectorID, func(Change) time.Duration { return 0 })
}

// Look is Resolve for a page of the connector that is opened, unless somebody has looked just now.
func (s *Service) Look(ctx context.Context, p Person, from audit.Origin, connectorID string) error {
	return s.resolveAt(ctx, p, from, connectorID, ownPage)
}

func (s *Service) resolveAt(ctx context.Context, p Person, from audit.Origin, connectorID string, apart spacing) error {
	if s.nothingToResolve(ctx, connector.Key(connectorID), `lower(connector) = lower($1) AND `, connectorID) {
		return nil
	}
	return s.joinOrResolve(ctx, p, connector.Key(connectorID), func(ctx context.Context) error {
		return s.resolveWhere(ctx, p, from, apart, `lower(connector) = lower($2) AND `, mostLooks, connectorID)
	})
}

// ResolveAll reads every connector of which a change is in doubt or a sync is awaited and at which nobody has looked for a while. It
// is what a page that shows many connectors does.
func (s *Service) ResolveAll(ctx context.Context, p Person, from audit.Origin) error {
	if s.nothingToResolve(ctx, "", "") {
		return nil
	}
	return s.joinOrResolve(ctx, p, "", func(ctx context.Context) error {
		return s.resolveWhere(ctx, p, from, byPace, "", mostLooks)
	})
}

// nothingToResolve says that no change for which the condition holds is in doubt, and no sync is awaited. What another process has
// begun just now is looked at by the next page, or by the one that waits for it.
func (s *Service) nothingToResolve(ctx context.Context, at, condition string, args ...any) bool {
	found, err := database.Lately(ctx, s.Database, "to resolve at "+at, func() (found bool, err error) {
		err = s.Database.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM changes WHERE `+condition+open+`)
			OR EXISTS (SELECT 1 FROM changes WHERE `+condition+awaited+`)`, args...).Scan(&found)
		return found, err
	})
	return err == nil && !found
}

// joinOrResolve joins the same resolving for the same person that is under way, or begins it, and waits until it or ctx ends.
func (s *Service) joinOrResolve(ctx context.Context, p Person, at string, resolve func(context.Context) error) error {
	if !p.Actor().May(access.See) {
		return nil
	}
	done := s.resolving.DoChan(p.Whose()+" at "+at, func() (any, error) { return nil, resolve(context.WithoutCancel(ctx)) })
	select {
	case ended := <-done:
		return ended.Err
	case <-ctx.Done():
		return nil
	}
}

// resolveWhere resolves the changes for which the condition holds; $1 is how many at most.
func (s *Service) resolveWhere(ctx context.Context, p Person, from audit.Origin, apart spacing, condition string, args ...any) error {
	found, err := s.findInDoubt(ctx, `WHERE `+condition+open+` ORDER BY look_began, seq LIMIT $1`, args...)
	if err != nil {
		return unreadable(err)
	}
	syncs, err := s.readLogged(ctx, `WHERE `+condition+awaited+` ORDER BY look_began, seq DESC LIMIT $1`, args...)
	if err != nil {
		return unreadable(err)
	}
	if found, err = s.claim(ctx, append(found, syncs...), apart); err != nil {
		return unreadable(err)
	}
	if len(found) == 0 {
		return nil
	}
	return s.readAndResolve(ctx, p, from, found)
}

// findInDoubt are the changes in doubt for which the condition holds, as the audit log's lines tell them: what a look finds is compared
// with them, and signed.
func (s *Service) findInDoubt(ctx context.Context, condition string, args ...any) ([]Change, error) {
	found, err := s.readLogged(ctx, condition, args...)
	if err != nil {
		return nil, err
	}
	var inDoubt []Change
	for _, change := range found {
		change, err := s.reconcile(ctx, change)
		if err != nil {
			s.Log.WarnContext(ctx, "a change without an outcome cannot be put in doubt yet", "change", change.ID, "error", err.Error())
		} else if change.Outcome == audit.InDoubt {
			inDoubt = append(inDoubt, change)
		}
	}
	return inDoubt, nil
}

// readAndResolve reads each connector once for all its changes, and a few connectors at a time. A connector that hangs has
// one read at a time, for all people together.
func (s *Service) readAndResolve(ctx context.Context, p Person, from audit.Origin, all []Change) error {
	of := map[string][]Change{}
	for _, change := range all {
		key := connector.Key(change.Connector)
		of[key] = append(of[key], change)
	}
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for key, changes := range of {
		group.Go(func() error {
			_, err, _ := s.reads.Do(key, func() (any, error) {
				return nil, s.resolveFrom(ctx, p, from, changes, s.readFor(ctx, p, changes[0].Connector, lookWithin))
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return unreadable(err)
	}
	return nil
}

// reading is what a read of a connector gave.
type reading struct {
	connector connector.Connector
	at        time.Time
	err       error
}

// gone says that Graph knows no such connector.
func (r reading) gone() bool {
	var failed *graphclient.Error
	return errors.As(r.err, &failed) && failed.Class == graphclient.NotFound
}

// resolveFrom records what a reading proves of the connector's changes in doubt and of its syncs, if it proves anything.
func (s *Service) resolveFrom(ctx context.Context, p Person, from audit.Origin, all []Change, read reading) error {
	recording, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	for _, change := range all {
		if change.Action == audit.Sync {
			if err := s.resolveSyncFrom(recording, p, from, change, read); err != nil {
				return err
			}
			continue
		}
		verdict, before := s.verdict(change, read)
		if verdict == audit.Superseded && read.err == nil {
			if old, err := s.isOld(recording, change, read); err != nil || old {
				verdict = audit.InDoubt
			}
		}
		if verdict == audit.InDoubt {
			s.countLook(recording, change, read, before)
			continue
		}
		if read.err == nil && verdict != audit.NotApplied { // reads that all show what was there before may all be old
			change = change.returning(read.connector)
		}
		if err := s.recordResolution(recording, p, from, change, verdict); err != nil {
			return err
		}
	}
	return nil
}

// verdict compares what is stored with what was asked and with what was there before; before says that it is the latter.
// It is in doubt where nothing can be read, and where the values before may still be overtaken by a PATCH that Intune is
// working on.
func (s *Service) verdict(change Change, read reading) (verdict audit.Outcome, before bool) {
	switch {
	case read.gone():
		return audit.Superseded, false
	case read.err != nil:
		return audit.InDoubt, false
	}
	asked, before := true, true
	for _, field := range change.Fields {
		is := read.connector.Value(field.Name)
		asked = asked && connector.Same(field.Name, is, field.Requested)
		before = before && connector.Same(field.Name, is, field.Before)
	}
	switch {
	case asked:
		return audit.AppliedObserved, false
	case !before:
		return audit.Superseded, false
	case change.LookedAt.IsZero(), !change.LookedAt.Before(read.at), read.at.Before(change.sentBy().Add(s.Settle)):
		return audit.InDoubt, true
	}
	return audit.NotApplied, true
}

// sentBy is the latest time at which a PATCH of a change in doubt may have left: no later than the change was put in doubt,
// and no later than its process was allowed to send, should that have ended long before.
func (c Change) sentBy() time.Time {
	if last := c.IntendedAt.Add(sendWithin); last.Before(c.OutcomeAt) {
		return last
	}
	return c.OutcomeAt
}

// countLook counts a read that told nothing new of the change. If it cannot be counted, the next one starts anew.
func (s *Service) countLook(ctx context.Context, change Change, read reading, before bool) {
	var found, failed int64
	if before {
		found = read.at.UnixMicro()
	}
	if read.err != nil {
		failed = 1
	}
	_, err := s.Database.ExecContext(ctx, `UPDATE changes SET looks = looks + 1, last_look = $2,
		looked_at = CASE WHEN looked_at = 0 THEN $3 ELSE looked_at END,
		sync_before = CASE WHEN sync_before = $4 THEN $5 ELSE sync_before END, look_failed = $6 WHERE id = $1`,
		change.ID, read.at.UnixMicro(), found, notRead, change.syncBefore, failed)
	if err != nil {
		s.Log.WarnContext(ctx, "a look at a change could not be counted", "change", change.ID, "error", err.Error())
	}
	if read.err != nil {
		s.Log.InfoContext(ctx, "the connector of a change could not be read", "change", change.ID, "error", read.err.Error())
	}
}

// recordResolution records the outcome of a change in doubt, with the reader as actor. Another reader may have been first.
func (s *Service) recordResolution(ctx context.Context, p Person, from audit.Origin, change Change, outcome audit.Outcome) error {
	change.Outcome, change.Resolver = outcome, p.Actor()
	err := s.conclude(ctx, p, from, &change, audit.Resolved)
	if errors.Is(err, errFinished) {
		return nil
	}
	if err == nil {
		s.Log.InfoContext(ctx, "a change in doubt was found out by reading", "change", change.ID, "outcome", outcome)
	}
	return err
}
