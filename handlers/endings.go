package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/links"
)

// giveUp closes a change in doubt for a reason, and shows its connector. Graph is sent nothing that would ask for the roles
// of now.
func (h *Handlers) giveUp(c echo.Context, person *signin.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if person, err = person.Confirmed(c.Request().Context()); err != nil {
		c.Set(returnKey, links.ChangeURL(change.ID))
		return err
	}
	change, err = h.Endings.Close(c.Request().Context(), person, h.from(c), change.ID, sentForm(c).Get(reasonField))
	if err != nil {
		return err
	}
	return h.settled(c, person, change)
}

// revert shows the edit form filled with the values that a change replaced. A save of it goes the way of every edit.
func (h *Handlers) revert(c echo.Context, person *signin.Person) error {
	asked, err := h.askedFor(c)
	if err != nil {
		return err
	}
	before, err := h.Endings.BeforeOf(c.Request().Context(), asked.ID)
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
	form.Reverts = &receipt
	return h.sendForm(c, person, http.StatusOK, form)
}

// lost says which values of before cannot be put back; the zero Problem is none.
func lost(before changes.Before) problem.Problem {
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
