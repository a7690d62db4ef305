package bulk

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A process that takes a run's rows has its lease, and says so again while it lives. One that stops saying so has the run taken from it:
// it begins nothing more then, since an intent is committed only under the run's lease.
const (
	leaseLife  = 10 * time.Second
	renewEvery = 3 * time.Second
	// lookEvery is how soon a run whose process died is found once its lease has ended.
	lookEvery = time.Second
)

// acquire takes the run's lease, unless another has it or the run does not go on. What was claimed under older leases, and has no
// intent, waits again.
func (s *Service) acquire(ctx context.Context, run, lease string) (ours bool, err error) {
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		done, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET lease = $2, lease_ends = $3 WHERE id = $1 AND state = 'running' AND lease_ends <= $4`,
			run, lease, now.Add(leaseLife).UnixMicro(), now.UnixMicro())
		if err != nil {
			return fmt.Errorf("take a run: %w", err)
		}
		taken, err := done.RowsAffected()
		if ours = taken == 1; err != nil || !ours {
			return err
		}
		if err := unclaim(ctx, tx, run); err != nil {
			return err
		}
		return s.tell(ctx, tx, run)
	})
	if ours = ours && err == nil; ours {
		s.Log.InfoContext(ctx, "a run goes on here", "run", run)
	}
	return ours, err
}

// unclaim has what was claimed and has no intent wait again. It gets none in the same moment: begin needs the claim.
func unclaim(ctx context.Context, tx *sql.Tx, run string) error {
	_, err := tx.ExecContext(ctx, `UPDATE bulk_rows SET outcome = 'waiting', claim = '' WHERE run = $1 AND outcome = 'sending' AND claim <> ''`, run)
	if err != nil {
		return fmt.Errorf("free the rows of a run: %w", err)
	}
	return nil
}

// keep says every few seconds that the lease is still held, and calls lost once it is not, or may not be.
func (s *Service) keep(ctx context.Context, run, lease string, lost func()) {
	defer lost()
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	kept := s.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held, err := s.renew(ctx, run, lease)
		switch {
		case err == nil && !held:
			s.Log.WarnContext(ctx, "another process has taken a run over", "run", run)
			return
		case err == nil:
			kept = s.Now()
		case s.Now().Sub(kept)+renewEvery >= leaseLife:
			return
		}
	}
}

func (s *Service) renew(ctx context.Context, run, lease string) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		ends := s.Now().Add(leaseLife).UnixMicro()
		done, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET lease_ends = $3 WHERE id = $1 AND lease = $2`, run, lease, ends)
		if err != nil {
			return fmt.Errorf("keep a run: %w", err)
		}
		kept, err := done.RowsAffected()
		if held = kept == 1; err != nil || !held {
			return err
		}
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE bulk_slots SET free_at = $2 WHERE holder = $1`, lease, now.Add(heldFor).UnixMicro())
		return err
	})
	return held, err
}

// release gives the run to whoever takes it next, at once.
func (s *Service) release(ctx context.Context, run, lease string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewEvery)
	defer cancel()
	if err := s.give(ctx, lease, true); err != nil {
		s.Log.WarnContext(ctx, "a turn could not be given back, and is free in a moment", "run", run, "error", err.Error())
	}
	_, err := s.Database.ExecContext(ctx, `UPDATE bulk_runs SET lease = '', lease_ends = 0 WHERE id = $1 AND lease = $2`, run, lease)
	if err != nil {
		s.Log.WarnContext(ctx, "a run could not be given back, and is taken over in a moment", "run", run, "error", err.Error())
	}
}
