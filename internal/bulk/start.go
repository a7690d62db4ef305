package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/problem"
)

// Order is the form of a review as somebody sent it.
type Order struct {
	// Review is the id that KeepReview gave; it is the form's one-time id as well.
	Review string
	// Ticked are the ids of the connectors to change; those that the review did not find to be changed are passed over.
	Ticked []string
	Reason string
}

// Start is how an order ended.
type Start int

// The ways. All but Begun are a conflict: nothing was begun.
const (
	Begun       Start = iota // Run goes on, or went on: the same review leads to the same run, however often it is sent
	NothingToDo              // no row is ticked that would change
	OpenRun                  // Run is another one of this person that is neither done nor stopped
	ReviewGone               // the review is too old, or was never this person's
)

// Start makes a run of a review. An error is a problem: the reason is missing, the person may not, or nothing can be begun now.
func (s *Service) Start(ctx context.Context, who access.Actor, order Order) (Start, Run, error) {
	if err := mayEdit(who); err != nil {
		return 0, Run{}, err
	}
	if run, known, err := s.byReview(ctx, who, order.Review); err != nil || known {
		return Begun, run, err
	}
	plan, there, err := s.FindReview(ctx, who, order.Review)
	if err != nil || !there {
		return ReviewGone, Run{}, err
	}
	if err := s.checkReason(order.Reason); err != nil {
		return 0, Run{}, err
	}
	rows := plan.ticked(order.Ticked)
	if len(rows) == 0 {
		return NothingToDo, Run{}, nil
	}
	if err := s.Changes.MayBegin(); err != nil {
		return 0, Run{}, err
	}
	id := s.NewID()
	err = s.insert(ctx, id, who, plan, rows, order)
	if errors.Is(err, errTaken) {
		return s.taken(ctx, who, order.Review)
	}
	if err != nil {
		return 0, Run{}, unavailable(err)
	}
	s.Log.InfoContext(ctx, "a run begins", "run", id, "rows", len(rows), "sync", plan.SyncType)
	s.look()
	run, err := s.Run(ctx, id)
	return Begun, run, err
}

// errTaken: the review has led to a run, or the person has an open one.
var errTaken = errors.New("there is a run already")

func (s *Service) byReview(ctx context.Context, who access.Actor, review string) (Run, bool, error) {
	run, err := s.one(ctx, `WHERE once = $1 AND person = $2`, review, who.Key())
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, unavailable(err)
	}
	return run, true, nil
}

func (s *Service) taken(ctx context.Context, who access.Actor, review string) (Start, Run, error) {
	if run, known, err := s.byReview(ctx, who, review); err != nil || known {
		return Begun, run, err
	}
	open, err := s.OpenRuns(ctx, who)
	if err != nil || len(open) == 0 { // it has ended in this moment
		return OpenRun, Run{}, err
	}
	return OpenRun, open[0], nil
}

func (s *Service) insert(ctx context.Context, id string, who access.Actor, plan Plan, rows []PlanRow, order Order) error {
	actor, err := json.Marshal(who)
	if err != nil {
		return fmt.Errorf("start a run: %w", err)
	}
	now := s.Now().UnixMicro()
	c := charge{ID: id, Once: order.Review, Person: who.Key(), Starter: string(actor), Holder: string(actor), SyncType: plan.SyncType,
		Reason: order.Reason, Reverts: plan.Reverts}
	return s.Database.Write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO bulk_runs (id, once, person, starter, holder, state, sync_type, reason, reverts,
			started_at, changed_at, sealed) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $9, $10) ON CONFLICT DO NOTHING`,
			id, c.Once, c.Person, c.Starter, string(Running), c.SyncType, c.Reason, c.Reverts, now, c.seal(s.Seals))
		if err != nil {
			return fmt.Errorf("start a run: %w", err)
		}
		if begun, err := done.RowsAffected(); err != nil || begun == 0 {
			return errors.Join(err, errTaken)
		}
		if err := s.insertRows(ctx, tx, id, rows, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM bulk_reviews WHERE id = $1`, order.Review); err != nil {
			return fmt.Errorf("start a run: %w", err)
		}
		return s.tell(ctx, tx, id)
	})
}

// rowsAtOnce bounds the placeholders of a statement.
const rowsAtOnce = 100

func (s *Service) insertRows(ctx context.Context, tx *sql.Tx, run string, rows []PlanRow, now int64) error {
	position := 0
	for chunk := range slices.Chunk(rows, rowsAtOnce) {
		var values [][]any
		for _, row := range chunk {
			position++
			shown, err := json.Marshal(row.Shown)
			if err != nil {
				return fmt.Errorf("start a run: %w", err)
			}
			fields, err := json.Marshal(row.Fields)
			if err != nil {
				return fmt.Errorf("start a run: %w", err)
			}
			values = append(values, []any{run, position, row.ID, string(shown), string(fields), string(Waiting), now,
				sealRow(s.Seals, run, position, row.ID, string(shown), string(fields))})
		}
		groups, args := database.Rows(values)
		_, err := tx.ExecContext(ctx, `INSERT INTO bulk_rows (run, position, connector, shown, fields, outcome, changed_at, sealed) VALUES `+groups, args...)
		if err != nil {
			return fmt.Errorf("start a run: %w", err)
		}
	}
	return nil
}

func (s *Service) checkReason(reason string) error {
	edit := connector.Edit{Reason: reason}
	found := edit.FieldErrors()
	if s.RequireReason && edit.LacksReason() {
		found = append(found, connector.FieldError{Field: connector.Reason,
			Message: "Say why, for instance with a ticket number. The audit log keeps the reason with every connector."})
	}
	if len(found) == 0 {
		return nil
	}
	return problem.New(problem.Invalid, "The reason has to be corrected.").Saying("Nothing has been sent and your ticks are kept.").
		At(problem.Field{Name: found[0].Field, Message: found[0].Message})
}

func mayEdit(who access.Actor) error {
	if who.May(access.Edit) {
		return nil
	}
	return problem.New(problem.Forbidden, "You may not edit connectors.").Behind(problem.Role).Saying("Nothing was sent to Graph.").
		Advising("Editing needs the role admin. Ask an administrator of Switchboard for it.")
}

func unavailable(err error) error {
	return problem.New(problem.Unavailable, "The database does not answer.").
		Saying("Nothing was begun. You are still signed in.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").After(10 * time.Second).Because(err)
}
