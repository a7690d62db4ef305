package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// revert shows the edit form filled with the values that a change replaced. A save of it goes the way of every edit.
func (h *editPages) revert(c echo.Context, person *session.Person) error {
	id, err := changeID(c)
	if err != nil {
		return err
	}
	before, err := h.changeActions.RevertOf(c.Request().Context(), id)
	if err != nil {
		return err
	}
	reading, err := h.readAnew(c, person, before.Change.Connector)
	if err != nil {
		return err
	}
	form := h.emptyForm(person, formState{
		ID: before.Change.Connector, Shown: reading.Connector, Opened: reading.At, Reverts: before.Change.ID,
	})
	form.Wanted, form.Problem = before.Wanted, lost(before)
	receipt := h.receipt(c, person, before.Change)
	if before.Change.Action == audit.Observed {
		outside, _ := inventory.OutsideOf(audit.Entry{Action: audit.Observed, Reason: before.Change.Reason})
		receipt.Window.From, receipt.Window.To = outside.From, outside.To
	}
	form.Reverts = &receipt
	return h.sendForm(c, person, http.StatusOK, form)
}

// lost says which values of before cannot be put back; the zero Problem where all can.
func lost(before changes.Revert) problem.Problem {
	if len(before.Lost) == 0 {
		return problem.Problem{}
	}
	var labels []string
	for _, name := range before.Lost {
		property, _ := connector.Lookup(name)
		labels = append(labels, property.Label)
	}
	return problem.New(problem.Invalid, "Not everything can be put back.").
		Saying("Graph held something in " + strings.Join(labels, " and ") + " that no form may offer, a word of its own or more than " +
			connector.Thousands(connector.LongestValue) + " characters, so that stays as it is now.").
		Advising("Check the other values, then review and save them.")
}
