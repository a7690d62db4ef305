package bulk

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// Work takes the rows of runs until ctx ends, those of several runs side by side; then it waits for what is being sent, gives back what
// it has and returns nil. Each process runs it once.
func (s *Service) Work(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	if s.Database.Local() {
		s.reclaim(ctx)
	}
	mine := map[string]bool{}
	ended := make(chan string)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	swept := time.Time{}
	for {
		if now := s.Now(); now.Sub(swept) >= sweepEvery {
			s.sweep(ctx)
			swept = now
		}
		for _, run := range s.waiting(ctx) {
			if mine[run] {
				continue
			}
			mine[run] = true
			all.Go(func() {
				s.drive(ctx, run)
				select {
				case ended <- run:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case run := <-ended:
			delete(mine, run)
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// reclaim ends the leases of processes that have ended: on SQLite all others have.
func (s *Service) reclaim(ctx context.Context) {
	err := s.Database.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET lease = '', lease_ends = 0 WHERE lease <> ''`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE bulk_slots SET holder = '', free_at = $1 WHERE holder <> ''`, s.Now().Add(coolFor).UnixMicro())
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "the runs of an earlier process are taken over in a moment", "error", err.Error())
	}
}

// sweepEvery is how often old reviews are removed.
const sweepEvery = 5 * time.Minute

// waiting are the runs that go on and whose lease nobody holds.
func (s *Service) waiting(ctx context.Context) []string {
	rows, err := s.Database.QueryContext(ctx, `SELECT id FROM bulk_runs WHERE state = 'running' AND lease_ends <= $1`, s.Now().UnixMicro())
	if err != nil {
		return nil // the database's trouble is told by all others
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id string
		if rows.Scan(&id) == nil {
			found = append(found, id)
		}
	}
	if rows.Err() != nil {
		return nil
	}
	return found
}

// drive takes the run's rows one after another, while it goes on and the lease is held.
func (s *Service) drive(ctx context.Context, run string) {
	lease := s.NewID()
	ours, err := s.acquire(ctx, run, lease)
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "a run could not be taken", "run", run, "error", err.Error())
	}
	if !ours {
		return
	}
	held, lost := context.WithCancel(ctx)
	defer lost()
	defer s.release(ctx, run, lease)
	var keeping sync.WaitGroup
	defer keeping.Wait()
	defer lost() // before the wait
	keeping.Go(func() { s.keep(held, run, lease, lost) })
	failed := false
	for held.Err() == nil {
		wait, more, err := s.next(held, run, lease, failed)
		failed = err != nil
		if err != nil && held.Err() == nil {
			s.Log.WarnContext(ctx, "a row of a run could not be taken", "run", run, "error", err.Error())
			wait = lookEvery
		}
		if !more && err == nil {
			return
		}
		if wait > 0 {
			_ = s.Sleep(held, min(wait, lookEvery)) // held is looked at next
		}
	}
}

// next is the next step; after one that failed it first frees what that has left.
func (s *Service) next(ctx context.Context, id, lease string, failed bool) (wait time.Duration, more bool, err error) {
	if failed {
		if err := s.free(ctx, id, lease); err != nil {
			return 0, true, err
		}
	}
	return s.step(ctx, id, lease)
}

// free gives back what a step that failed may hold still: the row that it claimed and its turn. The database may have said of neither
// whether it has them, nobody else takes them while the lease is kept, and between two steps nothing is on its way under it.
func (s *Service) free(ctx context.Context, run, lease string) error {
	err := s.Database.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE bulk_rows SET outcome = 'waiting', claim = '' WHERE run = $1 AND outcome = 'sending' AND claim = $2`, run, lease)
		if err != nil {
			return fmt.Errorf("free the rows of a run: %w", err)
		}
		return s.tell(ctx, tx, run)
	})
	if err != nil {
		return err
	}
	return s.give(ctx, lease, true)
}

// step takes one row, or says how long to wait before looking again; more is false once the run does not go on.
func (s *Service) step(ctx context.Context, id, lease string) (wait time.Duration, more bool, err error) {
	runs, err := s.findRuns(ctx, s.Database, `WHERE id = $1 AND state = 'running' AND lease = $2`, id, lease)
	if err != nil || len(runs) == 0 {
		return 0, false, err
	}
	rows, err := s.findRows(ctx, s.Database, id, `WHERE run = $1 AND outcome = 'waiting' ORDER BY tries, position LIMIT 1`, id)
	if err != nil {
		return 0, false, err
	}
	if len(rows) == 0 {
		done, err := s.finish(ctx, id)
		return lookEvery, !done, err
	}
	if proven, err := s.proven(ctx, runs[0], rows[0]); err != nil || !proven {
		return 0, true, err
	}
	slot, wait, err := s.take(ctx, lease)
	if err != nil || slot == 0 {
		return wait, true, err
	}
	sent, err := s.row(ctx, runs[0], lease, rows[0])
	giving, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewEvery)
	defer cancel()
	if gave := s.give(giving, lease, sent); err == nil {
		err = gave
	}
	return 0, true, err
}

// finish ends a run of which no row waits, once none is being sent either: the change of a process that died may still be.
func (s *Service) finish(ctx context.Context, id string) (done bool, err error) {
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		var left int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM bulk_rows WHERE run = $1 AND outcome IN ('waiting', 'sending')`, id).Scan(&left)
		if err != nil {
			return fmt.Errorf("finish a run: %w", err)
		}
		if done = left == 0; !done {
			return nil
		}
		if err := s.end(ctx, tx, id, Done); err != nil {
			return err
		}
		return s.tell(ctx, tx, id)
	})
	if done && err == nil {
		s.Log.InfoContext(ctx, "a run is done", "run", id)
	}
	return done && err == nil, err
}

// claim makes the row this lease's, durably, before anything is asked of anybody.
func (s *Service) claim(ctx context.Context, run, lease string, row queued) (claimed bool, err error) {
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE bulk_rows SET outcome = 'sending', claim = $1, note = '', changed_at = $2
			WHERE run = $3 AND position = $4 AND outcome = 'waiting'
			AND EXISTS (SELECT 1 FROM bulk_runs WHERE id = $3 AND state = 'running' AND lease = $1)`,
			lease, s.Now().UnixMicro(), run, row.Position)
		if err != nil {
			return fmt.Errorf("claim a row of a run: %w", err)
		}
		rows, err := done.RowsAffected()
		if claimed = rows == 1; err != nil || !claimed {
			return err
		}
		return s.tell(ctx, tx, run)
	})
	return claimed && err == nil, err
}
