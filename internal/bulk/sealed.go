package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

// A run goes on by the token of a person who need not look. So whoever writes to the database could have Graph changed, and the audit
// log say that this person did it. Therefore what a run is to do is sealed when a person says so: with the review's rows at its
// start, with whom it stands on at each resuming, and as over at its end. Nothing is sent of a run or row whose seal does not hold.

// charge is what of a run only a person may say, as the database has it.
type charge struct {
	ID, Once, Person, Starter, Holder, SyncType, Reason, Reverts string
	Over                                                         bool
}

func (c charge) seal(keys *seal.Keys) string { return keys.Seal(seal.Run, bound(c), nil) }

func (c charge) holds(keys *seal.Keys, sealed string) bool { return opens(keys, bound(c), sealed) }

// sealRow binds what a row is to hold to its place in the run.
func sealRow(keys *seal.Keys, run string, position int, connector, shown, fields string) string {
	return keys.Seal(seal.Run, boundRow(run, position, connector, shown, fields), nil)
}

func boundRow(run string, position int, connector, shown, fields string) string {
	return bound([]string{run, strconv.Itoa(position), connector, shown, fields})
}

// bound is the value as a text that no other value has.
func bound(value any) string {
	text, _ := json.Marshal(value) // of texts alone
	return string(text)
}

func opens(keys *seal.Keys, owner, sealed string) bool {
	_, _, err := keys.Open(seal.Run, owner, sealed)
	return err == nil
}

// recharge seals the run again after a person has changed what it is to do; how changes what is sealed, and what the database has by then.
// A run whose seal does not hold stays as it is.
func (s *Service) recharge(ctx context.Context, tx *sql.Tx, id string, how func(*charge)) error {
	c := charge{ID: id}
	var sealed string
	err := tx.QueryRowContext(ctx, `SELECT once, person, starter, holder, sync_type, reason, reverts, sealed FROM bulk_runs WHERE id = $1`, id).
		Scan(&c.Once, &c.Person, &c.Starter, &c.Holder, &c.SyncType, &c.Reason, &c.Reverts, &sealed)
	if err != nil {
		return fmt.Errorf("seal a run: %w", err)
	}
	if !c.holds(s.Seals, sealed) {
		return errUnproven
	}
	how(&c)
	if _, err := tx.ExecContext(ctx, `UPDATE bulk_runs SET holder = $2, sealed = $3 WHERE id = $1`, id, c.Holder, c.seal(s.Seals)); err != nil {
		return fmt.Errorf("seal a run: %w", err)
	}
	return nil
}

// errUnproven: what the run is to do is not what a person said, or nobody can tell.
var errUnproven = errors.New("the run is not what was sealed")

// WhyUnproven is what can have brought that about, in a person's words.
const WhyUnproven = "It was begun by an older release, its session key was taken out, or somebody changed it in the database past Switchboard."

func unproven() problem.Problem {
	return problem.New(problem.Conflict, "Nothing proves that this run is what was previewed, so it does not go on.").
		Saying(WhyUnproven + " Nothing more is sent to Graph, and what was done stays done.").
		Advising("Stop it, and begin a new one.").Because(errUnproven)
}

// proven says whether the run and that row of it are what a person asked for, and the row was not sent before; otherwise nothing of it
// is sent.
func (s *Service) proven(ctx context.Context, run Run, row queued) (bool, error) {
	begun, err := s.Changes.BegunInRun(ctx, run.ID, row.Connector)
	if err != nil || !begun && !run.Unproven && !row.Unproven {
		return err == nil, err
	}
	s.Log.ErrorContext(ctx, "a run is not what was sealed; nothing of it is sent", "run", run.ID, "row", row.Position)
	return false, s.Database.Write(ctx, func(tx *sql.Tx) error {
		if err := s.pause(ctx, tx, run.ID, Pause{Why: NotProven}); err != nil {
			return err
		}
		return s.tell(ctx, tx, run.ID)
	})
}
