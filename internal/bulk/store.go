package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/problem"
)

// Run is the run with that id as it stands now; the problem of an unknown one is NotFound.
func (s *Service) Run(ctx context.Context, id string) (Run, error) {
	run, err := s.one(ctx, `WHERE id = $1`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Run{}, problem.New(problem.NotFound, "There is no run with this id.").Advising("Check the link.")
	case err != nil:
		return Run{}, unavailable(err)
	}
	return run, nil
}

// OpenRuns are the person's runs that are neither done nor stopped: one at most.
func (s *Service) OpenRuns(ctx context.Context, who access.Actor) ([]Run, error) {
	const condition = `WHERE person = $1 AND state IN ('running', 'paused') ORDER BY started_at`
	none, err := database.Unchanged(ctx, s.Database, "no runs of "+who.Key(), func() (bool, error) {
		found, err := s.findRuns(ctx, s.Database, condition, who.Key())
		return len(found) == 0, err
	})
	if err == nil && none {
		return nil, nil
	}
	return s.runs(ctx, condition, who.Key())
}

// LatestRuns are everybody's, those that are not over first, then the latest.
func (s *Service) LatestRuns(ctx context.Context, most int) ([]Run, error) {
	return s.runs(ctx, `ORDER BY CASE WHEN state IN ('running', 'paused') THEN 0 ELSE 1 END, started_at DESC LIMIT $1`, most)
}

// RowsLeft is how many rows of runs that are not over wait or are being sent.
func (s *Service) RowsLeft(ctx context.Context) (left int, err error) {
	err = s.Database.QueryRowContext(ctx, `SELECT count(*) FROM bulk_rows w JOIN bulk_runs r ON r.id = w.run
		WHERE r.state IN ('running', 'paused') AND w.outcome IN ('waiting', 'sending')`).Scan(&left)
	return left, err
}

// Applied are what the run's changes replaced, for those that Graph stored: what putting back asks for.
func (s *Service) Applied(ctx context.Context, id string) ([]changes.Revert, error) {
	return s.Changes.RevertsOf(ctx, id)
}

const runColumns = `id, once, person, starter, holder, state, pause, sync_type, reason, reverts, started_at, changed_at, ended_at, sealed`

func (s *Service) one(ctx context.Context, condition string, args ...any) (Run, error) {
	found, err := s.find(ctx, condition, args...)
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Run{}, err
	}
	return found[0], nil
}

func (s *Service) runs(ctx context.Context, condition string, args ...any) ([]Run, error) {
	found, err := s.find(ctx, condition, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	return found, nil
}

// find are the runs for which the condition holds, each with counts that are of one moment.
func (s *Service) find(ctx context.Context, condition string, args ...any) (found []Run, err error) {
	err = s.Database.Read(ctx, func(tx *sql.Tx) error {
		if found, err = s.findRuns(ctx, tx, condition, args...); err != nil {
			return err
		}
		until, err := blockedUntil(ctx, tx)
		if err != nil {
			return err
		}
		for i := range found {
			if found[i].State == Running && until.After(s.Now()) {
				found[i].WaitsUntil = until
			}
			if err := countRows(ctx, tx, &found[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Service) findRuns(ctx context.Context, q queryer, condition string, args ...any) ([]Run, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+runColumns+` FROM bulk_runs `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("find runs: %w", err)
	}
	defer rows.Close()
	var found []Run
	for rows.Next() {
		var r Run
		var c charge
		var pause, sealed string
		var started, changed, ended int64
		if err := rows.Scan(&c.ID, &c.Once, &c.Person, &c.Starter, &c.Holder, &r.State, &pause, &c.SyncType, &c.Reason, &c.Reverts, &started, &changed, &ended, &sealed); err != nil {
			return nil, fmt.Errorf("find runs: %w", err)
		}
		r.ID, r.SyncType, r.Reason, r.Reverts, c.Over = c.ID, c.SyncType, c.Reason, c.Reverts, r.Over()
		r.Unproven = !c.holds(s.Seals, sealed)
		r.StartedAt, r.ChangedAt, r.EndedAt = moment(started), moment(changed), moment(ended)
		if errors.Join(into(c.Starter, &r.Starter), into(c.Holder, &r.Holder), into(pause, &r.Pause)) != nil {
			r.Unproven = true
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

func countRows(ctx context.Context, q queryer, run *Run) error {
	rows, err := q.QueryContext(ctx, `SELECT outcome, count(*) FROM bulk_rows WHERE run = $1 GROUP BY outcome`, run.ID)
	if err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var outcome Outcome
		var many int
		if err := rows.Scan(&outcome, &many); err != nil {
			return fmt.Errorf("count rows: %w", err)
		}
		run.Counts.add(outcome, many)
	}
	return rows.Err()
}

// Rows are a part of the run's rows, in its order.
func (s *Service) Rows(ctx context.Context, run string, page Page) ([]Row, error) {
	args := []any{run, page.Most, page.After}
	condition := ""
	if len(page.Outcomes) > 0 {
		condition = ` AND outcome IN (` + database.Placeholders(len(args)+1, len(page.Outcomes)) + ")"
		for _, outcome := range page.Outcomes {
			args = append(args, string(outcome))
		}
	}
	found, err := s.findRows(ctx, s.Database, run, `WHERE run = $1`+condition+` ORDER BY position LIMIT $2 OFFSET $3`, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	rows := make([]Row, len(found))
	for i := range found {
		rows[i] = found[i].Row
	}
	return rows, nil
}

// queued is a row with what its change is compared with.
type queued struct {
	Row
	shown connector.Connector
}

// wanted is what a form would send.
func (q queued) wanted() map[string]string {
	wanted := map[string]string{}
	for _, field := range q.Fields {
		wanted[field.Name] = field.Requested.Text()
	}
	return wanted
}

// findRows are rows of the run for which the condition holds.
func (s *Service) findRows(ctx context.Context, q queryer, run, condition string, args ...any) ([]queued, error) {
	rows, err := q.QueryContext(ctx, `SELECT position, connector, shown, fields, outcome, note, change, tries, changed_at, sealed FROM bulk_rows `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("find rows of a run: %w", err)
	}
	defer rows.Close()
	var found []queued
	for rows.Next() {
		var r queued
		var shown, fields, note, sealed string
		var changed int64
		if err := rows.Scan(&r.Position, &r.Connector, &shown, &fields, &r.Outcome, &note, &r.Change, &r.Tries, &changed, &sealed); err != nil {
			return nil, fmt.Errorf("find rows of a run: %w", err)
		}
		r.ChangedAt = moment(changed)
		r.Unproven = !opens(s.Seals, boundRow(run, r.Position, r.Connector, shown, fields), sealed) || r.unsaid()
		if errors.Join(into(shown, &r.shown), into(fields, &r.Fields), into(note, &r.Note)) != nil {
			r.Unproven = true
		}
		r.Name = r.shown.Name()
		found = append(found, r)
	}
	return found, rows.Err()
}

func into(text string, value any) error {
	if text == "" {
		return nil
	}
	return json.NewDecoder(strings.NewReader(text)).Decode(value)
}

// moment reads Unix microseconds; 0 is the zero time.
func moment(microseconds int64) time.Time {
	if microseconds == 0 {
		return time.Time{}
	}
	return time.UnixMicro(microseconds).UTC()
}
