package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/bulk"
	"switchboard/internal/session"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// OpenRuns are a person's runs that are neither done nor stopped.
type OpenRuns interface {
	OpenRuns(context.Context, access.Actor) ([]bulk.Run, error)
}

// ownRuns lead, in the menu, to the person's run that has not ended, with the connectors that it has left.
func (k *kernel) ownRuns(c echo.Context, person *session.Person, current string) []frame.Link {
	if !person.Actor().May(access.Edit) {
		return nil
	}
	open, err := k.openRuns.OpenRuns(c.Request().Context(), person.Actor())
	if err != nil {
		k.log(c).Warn("the runs could not be read", "error", err.Error())
		return nil
	}
	rows := make([]frame.Link, len(open))
	for i, run := range open {
		label := "Bulk edit"
		if run.SyncType != "" {
			label = "Bulk sync"
		}
		if run.State == bulk.Paused {
			label += ", paused"
		}
		to := links.RunURL(run.ID)
		rows[i] = frame.Link{Label: label, Href: to, Icon: "list-check", Count: run.Counts.Left, Counted: true, Current: current == to}
	}
	return rows
}
