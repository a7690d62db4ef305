package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/auditlog"
	"switchboard/views/frame"
)

// auditPages show the audit log and hand it out.
type auditPages struct {
	*presenter
	auditLog  AuditLog
	witnesses Witnesses // nil: none
	exporting exporting
}

// AuditSearch searches the audit log.
type AuditSearch interface {
	// Query are the newest matching lines older than the line before, Newer those next after the line after.
	Query(ctx context.Context, f audit.Filter, before int64, limit int) (audit.Page, error)
	Newer(ctx context.Context, f audit.Filter, after int64, limit int) (page audit.Page, more bool, err error)
	// People are all whom the log knows.
	People(context.Context) ([]access.Actor, error)
	// Bearers are the ids of the connectors that by the log are or were called so, Aliases some of what they are or were.
	Bearers(ctx context.Context, text string) ([]string, error)
	Aliases(ctx context.Context, limit int) ([]string, error)
}

// linesShown is how many lines of the audit log a page is made of; a change and its outcome are two lines and one entry.
const linesShown = 100

// list shows the log: what matches the filter, the newest first.
func (h *auditPages) list(c echo.Context, person *session.Person) error {
	filter, faults, err := h.auditFilter(c, person, "before", "after")
	if err != nil {
		return err
	}
	at, misplaced := placeInLog(c)
	faults = append(faults, misplaced...)
	model := h.auditModel(c, person, filter, faults)
	if len(faults) == 0 {
		found, err := h.stretch(c.Request().Context(), filter, at)
		if err != nil {
			return unreadableLog(err)
		}
		if err := h.fill(c, person, &model, filter, found); err != nil {
			return unreadableLog(err)
		}
	} else {
		model.Chain, _ = h.chain(c, nil)
	}
	shown := page{
		status: http.StatusOK, title: model.Title(), fragment: auditlog.Content(model), current: "/audit",
		crumbs: []frame.Crumb{{Label: "Audit log"}},
	}
	if len(faults) > 0 {
		shown.status = http.StatusBadRequest
	}
	if swapsResults(c.Request()) {
		shown.fragment = auditlog.Swap(model)
	}
	return h.send(c, person, shown)
}

func unreadableLog(err error) error {
	if errors.Is(err, audit.ErrUnindexed) {
		return problem.New(problem.Unavailable, "The words of older lines are still being read in.").
			Saying("Until they are, a text would not be found in all of them, so nothing was searched or exported.").
			Advising("Try again in a few minutes, or leave the text out.").After(exportAgain).Because(err)
	}
	return problem.New(problem.Unavailable, "The audit log cannot be read just now.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").Because(err)
}

// place is where in the log a page begins; the zero place is the newest line.
type place struct{ before, after int64 }

func placeInLog(c echo.Context) (at place, faults []problem.Field) {
	for name, target := range map[string]*int64{"before": &at.before, "after": &at.after} {
		text := c.QueryParam(name)
		if text == "" {
			continue
		}
		seq, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seq < 1 {
			faults = append(faults, problem.Field{Name: name, Message: "Enter a line number, such as 128."})
		}
		*target = seq
	}
	return at, faults
}

// stretch is a part of the log: its lines, and whether there are newer and older ones.
type stretch struct {
	lines        []audit.Entry
	newer, older bool
}

func (h *auditPages) stretch(ctx context.Context, filter audit.Filter, at place) (stretch, error) {
	if at.after > 0 {
		page, more, err := h.auditLog.Newer(ctx, filter, at.after, linesShown)
		if err != nil || more {
			return stretch{page.Entries, more, true}, err
		}
		at = place{} // the newest page, and a whole one
	}
	page, err := h.auditLog.Query(ctx, filter, at.before, linesShown)
	return stretch{page.Entries, at.before > 0, page.Before > 0}, err
}

// fill puts what was found into the page.
func (h *auditPages) fill(c echo.Context, person *session.Person, model *auditlog.Log, filter audit.Filter, found stretch) error {
	teller, err := h.teller(c, person, found.lines)
	if err != nil {
		return err
	}
	chain, altered := h.chain(c, found.lines)
	model.Chain = chain
	rows := rowMaker{teller, filter}
	for _, line := range found.lines {
		if rows.standsElsewhere(line) {
			continue
		}
		row := rows.row(line)
		row.Altered = altered[line.Seq]
		model.Rows = append(model.Rows, row)
	}
	if len(found.lines) > 0 {
		first, last := found.lines[0].Seq, found.lines[len(found.lines)-1].Seq
		model.Newest = auditlog.Cursor{There: found.newer}
		model.Newer = auditlog.Cursor{There: found.newer, After: first}
		model.Older = auditlog.Cursor{There: found.older, Before: last}
	}
	return nil
}
