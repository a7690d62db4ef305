package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	changeviews "switchboard/views/changes"
	"switchboard/views/frame"
)

// changes shows what is in doubt, after looking again, and what was changed lately.
func (h *Handlers) changes(c echo.Context, person *signin.Person) error {
	h.lookAtAll(c, person)
	model := changeviews.List{Recent: h.recent(c, person), Now: h.Now(), InDoubt: h.doubts(c, person)}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(), fragment: changeviews.ListContent(model),
		current: "/changes", crumbs: []frame.Crumb{{Label: "Changes"}},
	})
}

// lookAtAll looks again at every change in doubt, before a page that would show it, and waits for that a little.
func (h *Handlers) lookAtAll(c echo.Context, person *signin.Person) {
	waiting, cancel := context.WithTimeout(c.Request().Context(), h.onlyLooks())
	defer cancel()
	if err := h.Outcomes.LookAtAll(waiting, person, h.from(c)); err != nil {
		h.log(c).Warn("changes in doubt could not be looked at", "error", err.Error())
	}
}

// lookMeanwhile begins a look at every change in doubt while a page reads what it shows, and returns the wait for its end: a
// short one, since a connector of somebody else may be what hangs.
func (h *Handlers) lookMeanwhile(c echo.Context, person *signin.Person) (wait func()) {
	looking, cancel := context.WithCancel(c.Request().Context())
	from, log, done := h.from(c), h.log(c), make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Outcomes.LookAtAll(looking, person, from); err != nil {
			log.Warn("changes in doubt could not be looked at", "error", err.Error())
		}
	}()
	return func() {
		defer cancel()
		timer := time.NewTimer(h.LookShare / 20)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
		}
	}
}

// lookAt does so at the changes of one connector.
func (h *Handlers) lookAt(c echo.Context, person *signin.Person, id string, wait time.Duration) {
	waiting, cancel := context.WithTimeout(c.Request().Context(), wait)
	defer cancel()
	if err := h.Outcomes.LookAt(waiting, person, h.from(c), id); err != nil {
		h.log(c).Warn("a change in doubt could not be looked at", "error", err.Error())
	}
}

// onlyLooks is how long a page waits for a look that reads nothing else.
func (h *Handlers) onlyLooks() time.Duration { return 5 * h.LookShare }

// change shows one change with its outcome of today, for good at its address.
func (h *Handlers) change(c echo.Context, person *signin.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if change.Open() || change.Awaited() {
		h.lookAt(c, person, change.Connector, h.onlyLooks())
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
	if page == changeviews.OnConnector && !change.Open() {
		h.announce(c, change)
	}
	return draw(c, http.StatusOK, changeviews.WhatIsKnown(receipt))
}

func (h *Handlers) receiptAlone(c echo.Context, person *signin.Person, change changes.Change) error {
	receipt := h.receipt(c, person, change)
	receipt.Standalone, receipt.Watched = true, changeviews.OnChange
	return h.send(c, person, answer{
		status: http.StatusOK, title: receipt.Title(), fragment: changeviews.ReceiptDetail(receipt),
		current: "/changes", crumbs: []frame.Crumb{{Label: "Changes", Href: "/changes"}, {Name: receipt.Name}},
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
