package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"switchboard/internal/access"
)

// Pause holds the run back; what is being sent is waited for. It is returned as it stands afterwards, also where it does not run.
func (s *Service) Pause(ctx context.Context, who access.Actor, id string) (Run, error) {
	return s.steer(ctx, who, id, func(tx *sql.Tx) error {
		return s.pause(ctx, tx, id, Pause{Why: ByHand, By: who})
	})
}

// Resume has a paused run go on by the token of this person, whoever started it.
func (s *Service) Resume(ctx context.Context, who access.Actor, id string) (Run, error) {
	if err := mayEdit(who); err != nil {
		return Run{}, err
	}
	if err := s.Changes.MayBegin(); err != nil {
		return Run{}, err
	}
	holder, err := json.Marshal(who)
	if err != nil {
		return Run{}, fmt.Errorf("resume a run: %w", err)
	}
	return s.steer(ctx, who, id, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET state = 'running', pause = '', trouble = 0, troubled = 0, changed_at = $2
			WHERE id = $1 AND state = 'paused'`, id, s.Now().UnixMicro())
		if err != nil {
			return err
		}
		if resumed, err := done.RowsAffected(); err != nil || resumed == 0 {
			return err
		}
		if err := s.recharge(ctx, tx, id, func(c *charge) { c.Holder = string(holder) }); err != nil {
			return err
		}
		return s.resealRows(ctx, tx, id)
	})
}

// Stop ends the run for good. What is being sent is waited for; the rows that wait are never sent.
func (s *Service) Stop(ctx context.Context, who access.Actor, id string) (Run, error) {
	return s.steer(ctx, who, id, func(tx *sql.Tx) error { return s.end(ctx, tx, id, Stopped) })
}

func (s *Service) steer(ctx context.Context, who access.Actor, id string, f func(*sql.Tx) error) (Run, error) {
	if err := mayEdit(who); err != nil {
		return Run{}, err
	}
	err := s.Database.Write(ctx, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, id)
	})
	if errors.Is(err, errUnproven) {
		return Run{}, unproven()
	}
	if err != nil {
		return Run{}, unavailable(fmt.Errorf("steer a run: %w", err))
	}
	s.look()
	run, err := s.Run(ctx, id)
	if err == nil {
		s.Log.InfoContext(ctx, "a run was steered", "run", id, "state", run.State)
	}
	return run, err
}

// pause pauses the run if it runs.
func (s *Service) pause(ctx context.Context, tx *sql.Tx, id string, why Pause) error {
	why.At = s.Now().UTC()
	text, err := json.Marshal(why)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET state = 'paused', pause = $2, changed_at = $3 WHERE id = $1 AND state = 'running'`,
		id, string(text), why.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("pause a run: %w", err)
	}
	if paused, err := done.RowsAffected(); err != nil || paused == 0 {
		return err
	}
	return s.Database.AfterCommit(tx, func() { s.Log.InfoContext(ctx, "a run is paused", "run", id, "why", why.Why) })
}

// end ends the run. Nobody takes it over after that, so what a process that died has claimed is freed here.
func (s *Service) end(ctx context.Context, tx *sql.Tx, id string, as State) error {
	done, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET state = $2, pause = '', changed_at = $3, ended_at = $3
		WHERE id = $1 AND state IN ('running', 'paused')`, id, string(as), s.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("end a run: %w", err)
	}
	ended, err := done.RowsAffected()
	if err == nil && ended > 0 {
		err = s.recharge(ctx, tx, id, func(c *charge) { c.Over = true })
	}
	if err != nil && !errors.Is(err, errUnproven) { // one that is not what was sealed ends all the same, and stays unproven
		return err
	}
	return unclaim(ctx, tx, id)
}

func (s *Service) tell(ctx context.Context, tx *sql.Tx, run string) error {
	if s.Tell == nil {
		return nil
	}
	return s.Tell(ctx, tx, run)
}

// look has Run look for what there is to do, without a wait.
func (s *Service) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
