package desk

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/live"
	"switchboard/internal/problem"
)

// Form is what every form of the room brings.
type Form struct {
	Actor access.Actor
	From  audit.Origin
	// Once is the form's one-time id, a UUID, which becomes its line's. The same form again leads to the line that it led to.
	Once string
	// Connector is its id; acknowledging takes that of the change made elsewhere.
	Connector string
	// Text is what was typed: a note, a sentence, a reason.
	Text string
}

// Left is what came of a form.
type Left struct {
	// Line is the one that was recorded, by this form or by the same before.
	Line audit.Entry
	// Over is the claim that this one took the place of; the zero Claim for none.
	Over Claim
	// Moved says that nothing was recorded, since somebody else came first.
	Moved bool
}

var (
	// errSpent: the form's one-time id has been spent.
	errSpent = errors.New("the form was sent before")
	// errMoved: somebody else came first.
	errMoved = errors.New("what the form is about is no longer so")
)

// recordWithin is how long a line may take. A browser's disconnect does not end it.
const recordWithin = 4 * time.Second

// Note leaves a note at a connector.
func (d *Desk) Note(ctx context.Context, form Form) (Left, error) {
	if err := check(form, required, ""); err != nil {
		return Left{}, err
	}
	return d.leave(ctx, form, audit.Entry{Action: audit.Note}, nil)
}

// Claim says that the actor is on it, in the place of anybody who was.
func (d *Desk) Claim(ctx context.Context, form Form, ticket string) (Left, error) {
	if err := check(form, optional, ticket); err != nil {
		return Left{}, err
	}
	var over Claim
	left, err := d.leave(ctx, form, audit.Entry{Action: audit.Claim, Further: audit.Further{Ticket: ticket}}, func(before *Board) error {
		over = Claim{} // of an attempt before
		if claim, there := before.Claim(form.Connector, d.Now()); there && !claim.By.Is(form.Actor) {
			over = claim
		}
		return nil
	})
	left.Over = over
	return left, err
}

// EndClaim ends the claim of that line, whose it is. Where it has ended by now nothing is recorded.
func (d *Desk) EndClaim(ctx context.Context, form Form, claim int64) (Left, error) {
	form.Text = ""
	return d.leave(ctx, form, audit.Entry{Action: audit.ClaimEnd}, func(before *Board) error {
		if now, there := before.Claim(form.Connector, d.Now()); !there || now.Seq != claim {
			return errMoved
		}
		return nil
	})
}

// Observed is the line of a change made elsewhere.
func (d *Desk) Observed(ctx context.Context, seq int64) (audit.Entry, error) {
	line, there, err := d.AuditLog.Entry(ctx, seq)
	if err != nil {
		return audit.Entry{}, unreadable(err)
	}
	if !there || line.Action != audit.Observed {
		return audit.Entry{}, problem.New(problem.NotFound, "No change made outside Switchboard has this number.").
			Advising("Look for the change under 'Changed elsewhere'.")
	}
	return line, nil
}

// Acknowledge settles the change made elsewhere that the line tells: the text says why it may stay.
func (d *Desk) Acknowledge(ctx context.Context, form Form, observed audit.Entry) (Left, error) {
	form.Connector = observed.Connector
	if board, err := d.Look(ctx); err == nil && !board.Waits(observed.Seq) && observed.Seq <= board.seen {
		if left, spent, err := d.spent(ctx, form, audit.Acknowledged); err != nil || spent {
			return left, err
		}
		return Left{}, settled()
	}
	if err := check(form, required, ""); err != nil {
		return Left{}, err
	}
	left, err := d.leave(ctx, form, audit.Entry{Action: audit.Acknowledged, Further: audit.Further{Observed: observed.Seq}}, func(before *Board) error {
		if !before.Waits(observed.Seq) {
			return errMoved
		}
		return nil
	})
	if err == nil && left.Moved {
		return left, settled()
	}
	return left, err
}

// leave records a line, unless may, which is told what lay there just before it, finds that somebody else came first.
func (d *Desk) leave(ctx context.Context, form Form, line audit.Entry, may func(before *Board) error) (Left, error) {
	if !form.Actor.May(access.Propose) {
		return Left{}, notAllowed()
	}
	if d.AuditLog.Standing().Broken {
		return Left{}, broken(audit.ErrBroken)
	}
	line.ID, line.Actor, line.Origin, line.Connector, line.Reason = form.Once, form.Actor, form.From, form.Connector, form.Text
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	known, err := d.Look(recording)
	if err != nil {
		return Left{}, unrecorded(err)
	}
	var left Left
	err = d.Database.Write(recording, func(tx *sql.Tx) (err error) {
		// The line is added first: from then on nobody else adds one, and what lies before it stays so.
		if left.Line, err = d.AuditLog.Append(recording, tx, line); err != nil {
			return err
		}
		if err = d.first(recording, tx, known, left.Line, may); err != nil {
			return err
		}
		return d.Pages.Tell(recording, tx, live.Event{Kind: live.Desk, Connector: form.Connector})
	})
	switch {
	case errors.Is(err, errSpent):
		left, _, err := d.spent(recording, form, line.Action)
		return left, err
	case errors.Is(err, errMoved):
		return Left{Moved: true}, nil
	case errors.Is(err, audit.ErrBroken):
		return Left{}, broken(err)
	case err != nil:
		return Left{}, unrecorded(err)
	}
	return left, nil
}

// first says whether the line that was just added is the first of its form, and may stand after what lay there before.
func (d *Desk) first(ctx context.Context, tx *sql.Tx, known *Board, added audit.Entry, may func(*Board) error) error {
	same, err := d.AuditLog.SharingIn(ctx, tx, added.ID)
	if err != nil {
		return err
	}
	if len(same) > 1 {
		return errSpent
	}
	if may == nil {
		return nil
	}
	lines, err := d.AuditLog.LeftIn(ctx, tx, known.seen)
	if err != nil {
		return err
	}
	lines = slices.DeleteFunc(lines, func(line audit.Entry) bool { return line.Seq == added.Seq })
	return may(known.with(lines, added.Seq-1, d.Expire))
}

// spent is the line that the form led to before; it is nobody else's, and of no other form.
func (d *Desk) spent(ctx context.Context, form Form, action audit.Action) (left Left, spent bool, err error) {
	lines, err := d.AuditLog.Of(ctx, form.Once)
	switch {
	case err != nil:
		return Left{}, false, unreadable(err)
	case len(lines) == 0:
		return Left{}, false, nil
	case lines[0].Action != action || !lines[0].Actor.Is(form.Actor) || !connector.SameID(lines[0].Connector, form.Connector):
		return Left{}, true, problem.New(problem.BadRequest, "This form was sent before, for something else.").
			Saying("Nothing was recorded.").Advising("Open the connector again.")
	}
	return Left{Line: lines[0]}, true, nil
}
