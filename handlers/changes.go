package handlers

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/changes"
	"switchboard/problem"
	"switchboard/signin"
	"switchboard/views"
)

// changes shows what is in doubt, after looking again, and what was changed lately.
func (h *Handlers) changes(c echo.Context, person *signin.Person) error {
	h.lookAtAll(c, person)
	model := views.Changes{Recent: h.recent(c, person), Now: h.Now(), InDoubt: h.doubts(c, person)}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(), fragment: views.ChangesList(model),
		current: "/changes", crumbs: []views.Crumb{{Label: "Changes"}},
	})
}

// lookAtAll looks again at every change in doubt, before a page that would show it.
func (h *Handlers) lookAtAll(c echo.Context, person *signin.Person) {
	if err := h.Outcomes.LookAtAll(c.Request().Context(), person, h.from(c)); err != nil {
		h.log(c).Warn("changes in doubt could not be looked at", "error", err.Error())
	}
}

// change shows one change with its outcome of today, for good at its address.
func (h *Handlers) change(c echo.Context, person *signin.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if change.Open() || change.Awaited() {
		if err := h.Outcomes.LookAt(c.Request().Context(), person, h.from(c), change.Connector); err != nil {
			h.log(c).Warn("a change could not be looked at", "change", change.ID, "error", err.Error())
		}
		if change, err = h.Outcomes.Get(c.Request().Context(), change.ID); err != nil {
			return err
		}
	}
	if shown := c.QueryParam(lookParam); shown != "" && wantsFragment(c.Request()) {
		return h.look(c, person, change, shown)
	}
	return h.receiptAlone(c, person, change)
}

// lookParam is where a receipt that asks for what is known by now says which page shows it.
const lookParam = "look"

// look answers the receipt on a page that waits for a change in doubt. Once it is settled, the connector's page shows the
// receipt once more.
func (h *Handlers) look(c echo.Context, person *signin.Person, change changes.Change, page string) error {
	varies(c)
	h.tellSession(c, person)
	receipt := h.receipt(c, person, change)
	receipt.Watched = page
	if page == views.OnConnector && !change.Open() {
		h.announce(c, change)
	}
	return draw(c, http.StatusOK, views.WhatIsKnown(receipt))
}

func (h *Handlers) receiptAlone(c echo.Context, person *signin.Person, change changes.Change) error {
	receipt := h.receipt(c, person, change)
	receipt.Standalone, receipt.Watched = true, views.OnChange
	return h.send(c, person, answer{
		status: http.StatusOK, title: receipt.Title(), fragment: views.ReceiptDetail(receipt),
		current: "/changes", crumbs: []views.Crumb{{Label: "Changes", Href: "/changes"}, {Name: receipt.Name}},
	})
}

// check looks again at a change in doubt, and shows its connector.
func (h *Handlers) check(c echo.Context, person *signin.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if err := h.Outcomes.LookAt(c.Request().Context(), person, h.from(c), change.Connector); err != nil {
		return err
	}
	if change, err = h.Outcomes.Get(c.Request().Context(), change.ID); err != nil {
		return err
	}
	if change.Open() {
		return h.doubt(c, person, change)
	}
	return h.settled(c, person, change)
}

// askedFor is the change that the address names.
func (h *Handlers) askedFor(c echo.Context) (changes.Change, error) {
	id, err := uuid.Parse(c.Param("change"))
	if err != nil {
		return changes.Change{}, problem.New(problem.NotFound, "There is no change with this id.").Advising("Check the link.")
	}
	return h.Outcomes.Get(c.Request().Context(), id.String())
}
