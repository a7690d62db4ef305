package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/edit"
)

// save issues the PATCH of what the form changed and shows the object that Graph returned.
func (h *editPages) save(c echo.Context, person *session.Person) error {
	id, sent, err := h.sentEdit(c)
	if err != nil {
		return err
	}
	result, err := h.edits.Save(c.Request().Context(), person, h.from(c), sent.edit())
	var said problem.Problem
	if errors.As(err, &said) && result.State == changes.Conflicted {
		h.logProblem(c, said)
		return h.conflict(c, person, sent, result, said)
	}
	if err != nil {
		return h.unsaved(c, person, sent, err)
	}
	switch result.State {
	case changes.Conflicted:
		return h.conflict(c, person, sent, result, problem.Problem{})
	case changes.Waiting:
		return h.wait(c, person, sent, result.Change)
	case changes.Nothing:
		h.saved(c, person, id)
		return h.nothing(c, person, result)
	}
	h.saved(c, person, id)
	return h.recorded(c, person, result.Change)
}

// wait answers 409 with the change that has to be found out first, and keeps what was typed.
func (h *editPages) wait(c echo.Context, person *session.Person, sent editForm, other changes.Change) error {
	receipt := h.receipt(c, person, other)
	form := h.emptyForm(person, sent.state)
	form.Wanted, form.Reason, form.Waits = sent.wanted, sent.reason, &receipt
	return h.sendForm(c, person, http.StatusConflict, form)
}

// nothing answers a save that has nothing to send.
func (h *editPages) nothing(c echo.Context, person *session.Person, result changes.Result) error {
	model := edit.Nothing{Connector: result.Connector, Already: result.Merge.Already}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: edit.NothingChanged(model),
		current: "/connectors", crumbs: crumbs(result.Connector),
	})
}

// unsaved answers a save that was not sent, or that Graph refused: with the form and all that was typed, where trying
// again can help.
func (h *editPages) unsaved(c echo.Context, person *session.Person, sent editForm, err error) error {
	var said problem.Problem
	if !errors.As(err, &said) {
		return err
	}
	switch said.Kind() {
	case problem.Invalid, problem.Unavailable, problem.Conflict:
		return h.formAgain(c, person, sent, said)
	case problem.Forbidden, problem.SignedOut:
		h.keepTyped(c, person, sent)
	}
	return err
}
