package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// attempt is one row on its way: for which run, under which lease, and with which change.
type attempt struct {
	run   Run
	lease string
	row   queued
}

// row takes one row as far as it gets; sent says that something of it may have left. An error is the database's: what is left of the row
// is for whoever has the lease next, or for this process in a moment, which frees it.
func (s *Service) row(ctx context.Context, run Run, lease string, row queued) (sent bool, err error) {
	claimed, err := s.claim(ctx, run.ID, lease, row)
	if err != nil || !claimed {
		return false, err
	}
	a := attempt{run, lease, row}
	result, failed := s.ask(ctx, a)
	if failed != nil && ctx.Err() != nil { // what was given up tells nothing of Graph
		failed = changes.ErrHeld
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewEvery)
	defer cancel()
	if result.State == changes.Recorded && result.Change.ID != "" { // the row follows its change
		return true, nil
	}
	return false, s.settle(settling, a, result, failed)
}

// ask asks for the row's change by the first of the holder's sessions that can. The error is that of the last one.
func (s *Service) ask(ctx context.Context, a attempt) (changes.Result, error) {
	people, err := s.Live(ctx, a.run.Holder)
	if err != nil {
		return changes.Result{}, fmt.Errorf("%w: %w", errDatabase, err)
	}
	if len(people) == 0 {
		return changes.Result{}, errNobody
	}
	var result changes.Result
	for _, p := range people {
		result, err = s.change(ctx, p, a)
		if what := changes.ObstacleOf(err); result.Change.ID != "" || what != changes.NotSignedIn && what != changes.Barred {
			break
		}
	}
	return result, err
}

// errDatabase: the database does not say who is signed in.
var errDatabase = errors.New("sessions cannot be looked for")

// errNobody: whom the run stands on is signed in nowhere.
var errNobody = problem.New(problem.SignedOut, "Nobody is signed in by whose token the run could go on.")

func (s *Service) change(ctx context.Context, p changes.Person, a attempt) (changes.Result, error) {
	once := s.NewID()
	in := changes.InRun{
		ID: a.run.ID,
		Begin: func(ctx context.Context, tx *sql.Tx, change changes.Change) error {
			return s.begin(ctx, tx, a.lease, a.row, change)
		},
		Again: func(ctx context.Context) error { return s.again(ctx, a.lease) },
	}
	if a.run.SyncType != "" {
		return s.Changes.SyncInRun(ctx, p, in, changes.SyncRequest{
			ID: a.row.Connector, SyncType: a.run.SyncType, Reason: a.run.Reason, IdempotencyKey: once, Shown: a.row.shown,
		})
	}
	return s.Changes.SaveInRun(ctx, p, in, connector.Edit{
		ID: a.row.Connector, Shown: a.row.shown, Wanted: a.row.wanted(), Reason: a.run.Reason, IdempotencyKey: once,
	})
}

// again waits for another turn of the pace, for what has to be sent a second time.
func (s *Service) again(ctx context.Context, lease string) error {
	if err := s.give(ctx, lease, true); err != nil {
		return err
	}
	for {
		slot, wait, err := s.take(ctx, lease)
		if err != nil || slot != 0 {
			return err
		}
		if err := s.Sleep(ctx, min(wait, time.Second)); err != nil {
			return err
		}
	}
}

// settled is where a row goes for which nothing was recorded.
type settled struct {
	outcome Outcome
	note    Note
	tried   bool          // it counts as a try
	block   bool          // nothing is to be sent for a while, as long as Graph asked
	asked   time.Duration // how long Graph asked to wait
	trouble bool          // nothing good is known of Graph
	pause   Pause
}

// settle puts a row where it belongs for which nothing was recorded.
func (s *Service) settle(ctx context.Context, a attempt, result changes.Result, failed error) error {
	to := placed(result, failed)
	tries := a.row.Tries
	if to.tried {
		if tries++; tries >= mostTries {
			to.outcome, to.note.Why = Skipped, NotRead
		}
	}
	note := ""
	if to.outcome != Waiting {
		text, err := json.Marshal(to.note)
		if err != nil {
			return fmt.Errorf("settle a row of a run: %w", err)
		}
		note = string(text)
	}
	ours, err := s.place(ctx, a, to, note, tries)
	if ours && to.outcome != Waiting { // what is recorded has a line of its change
		s.Log.InfoContext(ctx, "a row of a run is not sent", "run", a.run.ID, "connector", a.row.Connector, "outcome", to.outcome, "why", to.note.Why)
	}
	return err
}

// place puts the row where it belongs, unless another process has the run by now.
func (s *Service) place(ctx context.Context, a attempt, to settled, note string, tries int) (ours bool, err error) {
	err = s.Database.Write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE bulk_rows SET outcome = $1, note = $2, tries = $3, claim = '', changed_at = $4
			WHERE run = $5 AND position = $6 AND outcome = 'sending' AND claim = $7`,
			string(to.outcome), note, tries, s.Now().UnixMicro(), a.run.ID, a.row.Position, a.lease)
		if err != nil {
			return fmt.Errorf("settle a row of a run: %w", err)
		}
		rows, err := done.RowsAffected()
		if ours = rows == 1; err != nil || !ours {
			return err
		}
		if err := s.follow(ctx, tx, a, to); err != nil {
			return err
		}
		return s.tell(ctx, tx, a.run.ID)
	})
	return ours && err == nil, err
}

// follow draws from a row for which nothing was recorded what it means for those that come after it.
func (s *Service) follow(ctx context.Context, tx *sql.Tx, a attempt, to settled) error {
	switch {
	case to.pause.Why != "":
		return s.pause(ctx, tx, a.run.ID, to.pause)
	case to.block:
		return s.block(ctx, tx, a.run.ID, to.asked)
	case to.trouble:
		return s.count(ctx, tx, a.run.ID, a.row.Position)
	case to.outcome == Conflict, to.note.Why == SameByNow, to.note.Why == IsGone: // Graph has answered
		return s.calm(ctx, tx, a.run.ID)
	}
	return nil
}

// placed says where a row goes for which nothing was recorded, given why.
func placed(result changes.Result, failed error) settled {
	switch {
	case failed == nil:
		return compared(result)
	case errors.Is(failed, errDatabase):
		return settled{outcome: Waiting}
	}
	said, _ := errors.AsType[problem.Problem](failed)
	skipped := settled{outcome: Skipped, note: Note{Said: said.Title()}}
	switch changes.ObstacleOf(failed) {
	case changes.Gone:
		skipped.note.Why = IsGone
		return skipped
	case changes.Unfit:
		skipped.note.Why = NotAskedSuch
		return skipped
	case changes.NotSignedIn:
		return settled{outcome: Waiting, pause: Pause{Why: NoSession}}
	case changes.Barred:
		why := NoAccess
		if said.Gate() == problem.Role {
			why = NoRole
		}
		return settled{outcome: Waiting, pause: Pause{Why: why, Title: said.Title(), Advice: said.Advice()}}
	case changes.Broken:
		return settled{outcome: Waiting, pause: Pause{Why: BrokenLog}}
	case changes.SlowDown:
		return settled{outcome: Waiting, tried: true, block: true, asked: said.RetryAfter()}
	case changes.Unreadable:
		return settled{outcome: Waiting, tried: true, trouble: true}
	}
	return settled{outcome: Waiting} // held back, or the database cannot be written: nothing is known that speaks against the row
}

// compared is where a row goes that was compared with what Graph holds, and for which there was nothing to send.
func compared(result changes.Result) settled {
	switch {
	case result.State == changes.Conflicted:
		return settled{outcome: Conflict, note: Note{Conflicts: result.Merge.Conflicts}}
	case result.State == changes.Nothing:
		return settled{outcome: Skipped, note: Note{Why: SameByNow}}
	case result.State == changes.Waiting && result.Change.Outcome == audit.InDoubt:
		return settled{outcome: Skipped, note: Note{Why: BehindDoubt, Behind: result.Change.ID}}
	}
	return settled{outcome: Waiting} // another change of it is on its way just now, and is over or in doubt within a minute
}
