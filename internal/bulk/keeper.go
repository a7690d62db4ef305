package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
)

const (
	// mostTries is how often a row is tried that Graph asks to wait with, or that cannot be read.
	mostTries = 5
	// Where Graph asks to slow down and does not say for how long, the wait begins with the first and doubles up to the longest.
	firstWait   = 2 * time.Second
	longestWait = time.Minute
	// longestAsked bounds what is believed of how long Graph asks to wait: it holds back all runs of everybody, and nobody can end it.
	longestAsked = 24 * time.Hour
)

var _ changes.RunKeeper = (*Service)(nil)

// begin ties the row to its change in the transaction of the intent: only while the run goes on, under the lease, and nobody has to
// wait for Graph.
func (s *Service) begin(ctx context.Context, tx *sql.Tx, lease string, row queued, change changes.Change) error {
	var state State
	var holder string
	err := tx.QueryRowContext(ctx, `SELECT state, lease FROM bulk_runs WHERE id = $1`, change.Run).Scan(&state, &holder)
	if err != nil {
		return fmt.Errorf("begin a row of a run: %w", err)
	}
	blocked, err := s.blocked(ctx, tx)
	switch {
	case err != nil:
		return err
	case state != Running, holder != lease, blocked > 0:
		return changes.ErrHeld
	}
	done, err := tx.ExecContext(ctx, `UPDATE bulk_rows SET change = $1, claim = '', changed_at = $2
		WHERE run = $3 AND position = $4 AND outcome = 'sending' AND claim = $5`, change.ID, s.Now().UnixMicro(), change.Run, row.Position, lease)
	if err != nil {
		return fmt.Errorf("begin a row of a run: %w", err)
	}
	if begun, err := done.RowsAffected(); err != nil || begun == 0 {
		return errors.Join(err, changes.ErrHeld)
	}
	return s.tell(ctx, tx, change.Run)
}

// Concluded has the row follow its change, in the transaction that records the outcome, whoever found it out. The audit log's lock
// admits one at a time.
func (s *Service) Concluded(ctx context.Context, tx *sql.Tx, change changes.Change, was audit.Outcome) error {
	var position, tries int
	err := tx.QueryRowContext(ctx, `SELECT position, tries FROM bulk_rows WHERE run = $1 AND change = $2`, change.Run, change.ID).Scan(&position, &tries)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow a change of a run: %w", err)
	}
	outcome := Outcome(change.Outcome)
	if slowDown(change) {
		if tries++; tries < mostTries {
			outcome = Waiting
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE bulk_rows SET outcome = $1, tries = $2, changed_at = $3 WHERE run = $4 AND position = $5`,
		string(outcome), tries, s.Now().UnixMicro(), change.Run, position)
	if err != nil {
		return fmt.Errorf("follow a change of a run: %w", err)
	}
	if was == audit.Pending && !change.Orphaned() { // what its own process tells of it, and so of Graph as it is now
		if err := s.learn(ctx, tx, change, position); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, change.Run)
}

func slowDown(change changes.Change) bool {
	return change.Outcome == audit.Rejected && change.GraphStatus == http.StatusTooManyRequests
}

// learn draws from an answer what it means for the rows that follow.
func (s *Service) learn(ctx context.Context, tx *sql.Tx, change changes.Change, position int) error {
	switch change.Outcome {
	case audit.InDoubt, audit.NotApplied:
		return s.count(ctx, tx, change.Run, position)
	case audit.Applied:
		if _, err := tx.ExecContext(ctx, `UPDATE bulk_pace SET refused = 0 WHERE refused <> 0`); err != nil {
			return fmt.Errorf("keep the pace: %w", err)
		}
	case audit.Rejected:
		if err := s.refused(ctx, tx, change); err != nil {
			return err
		}
	}
	return s.calm(ctx, tx, change.Run)
}

func (s *Service) refused(ctx context.Context, tx *sql.Tx, change changes.Change) error {
	switch change.GraphStatus {
	case http.StatusTooManyRequests:
		return s.block(ctx, tx, change.Run, change.AskedToWait())
	case http.StatusUnauthorized, http.StatusForbidden:
		return s.pause(ctx, tx, change.Run, Pause{Why: ByGraph, Title: change.Refusal(), Advice: change.Advice(), Change: change.ID})
	}
	return nil
}

// block keeps all runs from sending for as long as Graph asked; where it did not say how long, for longer each time.
func (s *Service) block(ctx context.Context, tx *sql.Tx, run string, asked time.Duration) error {
	var refused, until int64
	if err := tx.QueryRowContext(ctx, `SELECT refused, blocked_until FROM bulk_pace`).Scan(&refused, &until); err != nil {
		return fmt.Errorf("read the pace: %w", err)
	}
	now, err := s.clock(ctx, tx)
	if err != nil {
		return err
	}
	if asked <= 0 {
		asked = min(firstWait<<min(refused, 10), longestWait)
	}
	until = max(until, now.Add(min(asked, longestAsked)).UnixMicro())
	if _, err = tx.ExecContext(ctx, `UPDATE bulk_pace SET refused = refused + 1, blocked_until = $1`, until); err != nil {
		return fmt.Errorf("keep the pace: %w", err)
	}
	return s.Database.AfterCommit(tx, func() {
		s.Log.InfoContext(ctx, "no run sends anything for a while, since Graph asked to slow down", "until", moment(until), "run", run)
	})
}

// count counts a row of which nothing good is known, and pauses the run at the third one after another. The run remembers the first two,
// since a row that is tried again is no further one.
func (s *Service) count(ctx context.Context, tx *sql.Tx, run string, position int) error {
	var first, second int
	err := tx.QueryRowContext(ctx, `UPDATE bulk_runs SET trouble = CASE WHEN trouble = 0 THEN $2 ELSE trouble END,
		troubled = CASE WHEN trouble IN (0, $2) OR troubled <> 0 THEN troubled ELSE $2 END
		WHERE id = $1 RETURNING trouble, troubled`, run, position).Scan(&first, &second)
	if err != nil {
		return fmt.Errorf("count the trouble of a run: %w", err)
	}
	if position == first || position == second {
		return nil
	}
	return s.pause(ctx, tx, run, Pause{Why: Trouble})
}

// calm forgets the trouble, since Graph has answered.
func (s *Service) calm(ctx context.Context, tx *sql.Tx, run string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET trouble = 0, troubled = 0 WHERE id = $1 AND trouble <> 0`, run); err != nil {
		return fmt.Errorf("count the trouble of a run: %w", err)
	}
	return nil
}
