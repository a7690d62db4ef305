package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/graphclient"
	"switchboard/graphclient/write"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// InRun makes a change one of a run. The zero InRun is of a change that was begun alone.
type InRun struct {
	// ID is the run's UUID; the lines of the change carry it.
	ID string
	// Begin is called in the transaction of the intent. Its error, which wraps ErrHeld, keeps the intent from being committed.
	Begin func(context.Context, *sql.Tx, Change) error
	// Again waits until the change may be sent a second time. An error leaves it at what the first brought.
	Again func(context.Context) error
}

// ErrHeld says that the run does not let the change begin now.
var ErrHeld = errors.New("the run holds the change back")

// RunKeeper follows the changes of runs.
type RunKeeper interface {
	// Concluded is called in the transaction that records an outcome of a change of a run; was is the outcome before.
	Concluded(ctx context.Context, tx *sql.Tx, change Change, was audit.Outcome) error
}

// KeptBy has the outcomes of the changes of runs told to that keeper. It is called before anything else of the room's.
func (s *Service) KeptBy(keeper RunKeeper) { s.runs = keeper }

func (s *Service) tellRun(ctx context.Context, tx *sql.Tx, change Change, was audit.Outcome) error {
	if change.Run == "" || s.runs == nil {
		return nil
	}
	return s.runs.Concluded(ctx, tx, change, was)
}

func (r InRun) begin(ctx context.Context, tx *sql.Tx, change Change) error {
	if r.ID == "" {
		return nil
	}
	return r.Begin(ctx, tx, change)
}

// part is the change as one of the run.
func (r InRun) part(change Change) Change {
	if r.ID != "" {
		change.Run, change.Action = r.ID, audit.BulkEdit
	}
	return change
}

// errand is on whose behalf a change is made, from where, and as a part of what.
type errand struct {
	Person
	from audit.Origin
	run  InRun
}

func (e errand) writer(graph *graphclient.Client) *graphclient.Writer {
	writer := write.For(graph, e.Person)
	if e.run.ID == "" {
		return writer
	}
	return writer.InTurn(e.run.Again)
}

// SaveInRun is Save as one change of a run. Where Graph asks to slow down it is not sent again; that is the run's to do.
func (s *Service) SaveInRun(ctx context.Context, p Person, run InRun, edit connector.Edit) (Result, error) {
	return s.save(ctx, errand{Person: p, run: run}, edit)
}

// SyncInRun is Sync as one change of a run.
func (s *Service) SyncInRun(ctx context.Context, p Person, run InRun, request SyncRequest) (Result, error) {
	return s.sync(ctx, errand{Person: p, run: run}, request)
}

// begunInRun is the query of BegunInRun. coalesce keeps SQLite from going through all lines of that outcome: few have the id.
const begunInRun = `SELECT EXISTS (SELECT 1 FROM audit_entries e WHERE connector IS NOT NULL AND lower(connector) = lower($1) AND outcome = 'pending' AND line LIKE $2
	AND NOT EXISTS (SELECT 1 FROM audit_entries o WHERE o.id = e.id AND coalesce(o.outcome, '') = 'rejected' AND o.line LIKE '%"graph":{"status":429,%'))`

// BegunInRun says whether a change of the connector was begun in the run and not put off by Graph, by the audit log's lines: then the run
// begins no other, whatever its own rows say.
func (s *Service) BegunInRun(ctx context.Context, run, connectorID string) (begun bool, err error) {
	if err := s.Database.QueryRowContext(ctx, begunInRun, connectorID, `%"run":"`+run+`"%`).Scan(&begun); err != nil {
		return false, fmt.Errorf("look for changes of a run: %w", err)
	}
	return begun, nil
}

// RevertsOf are what the changes of a run replaced, for those that Graph stored, in the order in which they were begun.
func (s *Service) RevertsOf(ctx context.Context, run string) ([]Revert, error) {
	found, err := s.logged(ctx, `WHERE run = $1 ORDER BY seq`, run)
	if err != nil {
		return nil, unreadable(err)
	}
	var reverts []Revert
	for _, change := range found {
		if change.Revertible() {
			reverts = append(reverts, putBack(change))
		}
	}
	return reverts, nil
}

// OpenEdits are the connectors, by connector.Key, of which a change is being sent or in doubt that is no sync.
func (s *Service) OpenEdits(ctx context.Context) (map[string]bool, error) {
	rows, err := s.Database.QueryContext(ctx, `SELECT connector FROM changes WHERE `+open+` AND action <> 'sync'`)
	if err != nil {
		return nil, unreadable(err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, unreadable(err)
		}
		found[connector.Key(id)] = true
	}
	if err := rows.Err(); err != nil {
		return nil, unreadable(err)
	}
	return found, nil
}

// Obstacle is why nothing was sent to Graph, as a run has to know it.
type Obstacle int

// The obstacles.
const (
	NoObstacle  Obstacle = iota
	Unreadable           // Graph or the provider did not answer the question before the write
	SlowDown             // Graph asked to wait, in answer to the read before the write
	NotSignedIn          // this session has no token that Graph takes
	Barred               // Switchboard, the provider or Graph does not let this person
	Gone                 // Graph knows no such connector
	Unfit                // what was wanted cannot be asked of Graph
	Unrecorded           // the database cannot be written
	Broken               // the audit log is not what was signed
	Held                 // the run itself held it back
)

// ObstacleOf says which of them the error of a change that was not recorded stands for.
func ObstacleOf(err error) Obstacle {
	said, _ := errors.AsType[problem.Problem](err)
	failed, graph := errors.AsType[*graphclient.Error](err)
	switch {
	case err == nil:
		return NoObstacle
	case errors.Is(err, ErrHeld):
		return Held
	case errors.Is(err, audit.ErrBroken):
		return Broken
	case errors.Is(err, errUnrecorded):
		return Unrecorded
	case graph && failed.Class == graphclient.Throttled:
		return SlowDown
	}
	switch said.Kind() {
	case problem.SignedOut:
		return NotSignedIn
	case problem.NotFound:
		return Gone
	case problem.Forbidden:
		return Barred
	case problem.Invalid, problem.BadRequest:
		return Unfit
	}
	return Unreadable
}

// AskedToWait is how long Graph asked to wait when it refused the change; 0 where it did not.
func (c Change) AskedToWait() time.Duration { return c.failure.Asked }

// Advice is what the person can do about a refusal; it may be empty.
func (c Change) Advice() string { return c.failure.Advice }
