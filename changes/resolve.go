package changes

import (
	"context"
	"errors"
	"time"

	"switchboard/audit"
	"switchboard/connector"
	"switchboard/graphclient"
)

// syncPatience is how long a sync in doubt may still turn out to have been accepted.
const syncPatience = 20 * time.Minute

// LookAt reads the connector again with the person's token, if a change of it is in doubt, and records what the reading
// proves. What cannot be read stays in doubt.
func (s *Service) LookAt(ctx context.Context, p Person, from Origin, connectorID string) error {
	open, err := s.inDoubt(ctx, `WHERE connector = $1 AND outcome IN ('pending', 'in_doubt') ORDER BY seq`, connectorID)
	if err != nil || len(open) == 0 {
		return err
	}
	return s.look(ctx, p, from, open)
}

// LookAtAll reads every connector of which a change is in doubt. It is what a page that shows many connectors does.
func (s *Service) LookAtAll(ctx context.Context, p Person, from Origin) error {
	open, err := s.inDoubt(ctx, `WHERE outcome IN ('pending', 'in_doubt') ORDER BY seq LIMIT 20`)
	if err != nil || len(open) == 0 {
		return err
	}
	return s.look(ctx, p, from, open)
}

func (s *Service) look(ctx context.Context, p Person, from Origin, open []Change) error {
	looking, cancel := within(ctx, observeWithin)
	defer cancel()
	for _, change := range open {
		now, err := s.Graph.For(p).Get(looking, change.Connector)
		var failed *graphclient.Error
		switch {
		case err == nil:
			err = s.judge(looking, p, from, change, now)
		case errors.As(err, &failed) && failed.Class == graphclient.NotFound:
			err = s.resolve(looking, p, from, change, audit.Superseded)
		default:
			s.Log.InfoContext(ctx, "a change in doubt could not be read", "change", change.ID, "error", err.Error())
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inDoubt are the changes of which nobody knows what became. One that is pending because its process died is put in
// doubt on the way: on SQLite at start (see Recover), on PostgreSQL once no living process can still be sending it.
func (s *Service) inDoubt(ctx context.Context, condition string, args ...any) ([]Change, error) {
	open, err := find(ctx, s.Database, condition, args...)
	if err != nil {
		return nil, err
	}
	var doubtful []Change
	for _, change := range open {
		if change.Outcome == audit.Pending {
			if s.Now().Sub(change.IntendedAt) < orphanAfter {
				continue
			}
			if change, err = s.orphan(ctx, change); err != nil {
				return nil, err
			}
		}
		if change.Outcome == audit.InDoubt {
			doubtful = append(doubtful, change)
		}
	}
	return doubtful, nil
}

// Recover puts in doubt what a process that is gone left pending. It is called once, at start: on SQLite this process is
// the only one, so every pending change is such an orphan.
func (s *Service) Recover(ctx context.Context) error {
	pending, err := find(ctx, s.Database, `WHERE outcome = 'pending' ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, change := range pending {
		if !s.Database.Local() && s.Now().Sub(change.IntendedAt) < orphanAfter {
			continue
		}
		if _, err := s.orphan(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// orphan records that nobody knows what became of a change whose process died.
func (s *Service) orphan(ctx context.Context, change Change) (Change, error) {
	change.Outcome = audit.InDoubt
	err := s.conclude(ctx, nil, Origin{}, &change, change.Action)
	if errors.Is(err, errSettled) {
		return one(ctx, s.Database, `WHERE id = $1`, change.ID)
	}
	s.Log.WarnContext(ctx, "a change was left without an outcome by a process that is gone; it is in doubt", "change", change.ID)
	return change, err
}

// judge records what a reading proves of a change in doubt, if it proves anything.
func (s *Service) judge(ctx context.Context, p Person, from Origin, change Change, now connector.Connector) error {
	switch verdict := s.verdict(change, now); verdict {
	case audit.InDoubt:
		if change.LookedAt.IsZero() {
			_, err := s.Database.ExecContext(ctx, `UPDATE changes SET looked_at = $2 WHERE id = $1 AND looked_at = 0`,
				change.ID, s.Now().UnixMicro())
			return err
		}
		return nil
	default:
		return s.resolve(ctx, p, from, change.returning(now), verdict)
	}
}

// verdict compares what is stored with what was asked and with what was there before. It is in doubt where the values
// before may still be overtaken by a PATCH that Intune is working on.
func (s *Service) verdict(change Change, now connector.Connector) audit.Outcome {
	if change.Action == audit.Sync {
		return s.syncVerdict(change, now)
	}
	asked, before := true, true
	for _, field := range change.Fields {
		is := now.Value(field.Name)
		asked = asked && connector.Same(field.Name, is, field.Requested)
		before = before && connector.Same(field.Name, is, field.Before)
	}
	switch {
	case asked:
		return audit.AppliedObserved
	case !before:
		return audit.Superseded
	case change.LookedAt.IsZero(), s.Now().Before(change.IntendedAt.Add(s.Settle)):
		return audit.InDoubt
	}
	return audit.NotApplied
}

// syncVerdict takes a last sync after the request for the sync that was asked for.
func (s *Service) syncVerdict(change Change, now connector.Connector) audit.Outcome {
	at, synced := now.LastSync()
	switch {
	case synced && at.After(change.IntendedAt):
		return audit.AppliedObserved
	case s.Now().Sub(change.IntendedAt) >= syncPatience:
		return audit.NotApplied
	}
	return audit.InDoubt
}

// resolve records the outcome of a change in doubt, with the reader as actor. Another reader may have been first.
func (s *Service) resolve(ctx context.Context, p Person, from Origin, change Change, outcome audit.Outcome) error {
	change.Outcome = outcome
	err := s.conclude(ctx, p, from, &change, audit.Resolved)
	if errors.Is(err, errSettled) {
		return nil
	}
	return err
}
