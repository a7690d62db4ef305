package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/edit"
	"switchboard/views/links"
)

// editPages change a connector: the form, its review, the save, a conflict, and the form again after a sign-in.
type editPages struct {
	*presenter
	edits  Edits
	drafts Drafts
}

// Edits are the ways of an edit.
type Edits interface {
	Save(context.Context, changes.Person, audit.Origin, connector.Edit) (changes.Result, error)
	Preview(context.Context, changes.Person, connector.Edit) (changes.Result, error)
	// Request is the request to Graph that a save of these fields makes.
	Request(connectorID string, fields []connector.FieldChange) changes.Request
}

// show is the form that edits a connector. Old values are not edited: they may be long gone.
func (h *editPages) show(c echo.Context, person *session.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	reading, err := h.readAnew(c, person, id)
	if err != nil {
		return err
	}
	form := h.openForm(c, person, reading)
	if refused := person.Refused(); refused != nil && refused.Class == oidc.Ungranted {
		form.Problem = refused.Problem()
	}
	form.Behind = behind(h.linesOf(c, id), reading.Connector, h.now())
	if open := h.openChange(c, id); open != nil && open.SyncType == "" {
		receipt := h.receipt(c, person, *open)
		form.Waits = &receipt
	}
	return h.sendForm(c, person, http.StatusOK, form)
}

// formWithin is how long a form waits for a Graph that takes long: what is known from before is not edited.
const formWithin = 15 * time.Second

// readAnew reads a connector for a form.
func (h *editPages) readAnew(c echo.Context, person *session.Person, id string) (inventory.Reading, error) {
	began := time.Now() // Graph's time, not the site's
	for {
		reading, err := h.inventory.Get(c.Request().Context(), person, id)
		switch {
		case err != nil || !reading.Stale():
			return reading, err
		case !reading.Late || time.Since(began) >= formWithin:
			return reading, reading.Failure.Saying("Editing waits until the connector can be read: old values are not edited.")
		}
	}
}

func (h *editPages) emptyForm(person *session.Person, state formState) edit.Edit {
	return edit.Edit{
		Connector: state.Shown, RequireReason: h.RequireReason, Opened: state.Opened, Now: h.now(), Hidden: h.carry(person, state),
	}
}

func (h *editPages) sendForm(c echo.Context, person *session.Person, status int, form edit.Edit) error {
	return h.send(c, person, page{
		status: status, quotes: status != http.StatusOK, title: form.Title(), fragment: edit.EditForm(form),
		current: "/connectors", crumbs: crumbs(form.Connector, "Edit"),
	})
}

// formAgain shows the form with what was typed and why it was not sent, under a fresh one-time id.
func (h *editPages) formAgain(c echo.Context, person *session.Person, sent editForm, said problem.Problem) error {
	h.logProblem(c, said)
	form := h.emptyForm(person, sent.state)
	form.Wanted, form.Reason, form.Problem = sent.wanted, sent.reason, said
	return h.sendForm(c, person, retryLater(c, said), form)
}

// review shows what a save would send.
func (h *editPages) review(c echo.Context, person *session.Person) error {
	id, sent, err := h.sentEdit(c)
	if err != nil {
		return err
	}
	switch {
	case c.QueryParam("back") != "":
		return h.backToForm(c, person, sent)
	case wantsDiff(c):
		return h.liveDiff(c, person, sent)
	}
	result, err := h.edits.Preview(c.Request().Context(), person, sent.edit())
	if err != nil {
		return h.unsaved(c, person, sent, err)
	}
	switch result.State {
	case changes.Conflicted:
		return h.conflict(c, person, sent, result, problem.Problem{})
	case changes.Waiting:
		return h.wait(c, person, sent, result.Change)
	}
	now := h.now()
	model := edit.Review{
		Connector: result.Connector, Merge: result.Merge, Wanted: sent.wanted, Choices: sent.choices, Reason: sent.reason,
		RequireReason: h.RequireReason, Actor: person.Actor(), WriteScope: h.WriteScope, Read: now, Now: now,
		Hidden: h.carry(person, sent.state),
	}
	if result.State == changes.Ready {
		model.Request = h.request(id, result.Merge.Send)
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: edit.ReviewForm(model),
		current: "/connectors", crumbs: crumbs(result.Connector, "Review"),
	})
}

// reviewGone leads somebody who opens the address of a review, for instance again, to the form: what it showed was an
// answer to that form.
func (h *editPages) reviewGone(c echo.Context, _ *session.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, links.ConnectorURL(id)+"/edit")
}

// backToForm shows the form again with what was typed, from a page further on.
func (h *editPages) backToForm(c echo.Context, person *session.Person, sent editForm) error {
	form := h.emptyForm(person, sent.state)
	form.Wanted, form.Reason = sent.wanted, sent.reason
	return h.sendForm(c, person, http.StatusOK, form)
}

func (h *editPages) sentEdit(c echo.Context) (string, editForm, error) {
	id, err := h.connectorID(c)
	if err != nil {
		return "", editForm{}, err
	}
	sent, err := readEditForm(sentForm(c), id)
	return id, sent, err
}

// request is the request to Graph that a save would make, without the bearer.
func (h *editPages) request(id string, fields []connector.FieldChange) edit.Request {
	exact := h.edits.Request(id, fields)
	return edit.Request{Line: exact.Method + " " + exact.URL, Headers: exact.Headers, Body: exact.Body}
}
