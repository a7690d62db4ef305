package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// changePages list changes, show one, and close one that stays in doubt.
type changePages struct {
	*presenter
	found LineFinder
}

// list shows what is in doubt, after looking again, and what was changed lately.
func (h *changePages) list(c echo.Context, person *session.Person) error {
	if c.QueryParam("show") == "elsewhere" {
		return h.elsewhere(c, person)
	}
	if !session.Passive(c.Request()) {
		h.lookAtAll(c, person)
	}
	model := changeviews.List{Recent: h.recent(c, person), Now: h.now(), InDoubt: h.doubts(c, person), Runs: h.latestRuns(c, person)}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: changeviews.ListContent(model),
		current: "/changes", crumbs: []frame.Crumb{{Label: "Changes"}},
	})
}

const (
	// elsewhereShown is how many of the changes made elsewhere that wait their page shows, settledShown how many that do not any longer.
	elsewhereShown = 50
	settledShown   = 10
)

// elsewhere shows the changes made outside Switchboard that wait to be settled.
func (h *changePages) elsewhere(c echo.Context, person *session.Person) error {
	ctx := c.Request().Context()
	lines, err := h.deskReader.Outside(ctx, h.left(c), elsewhereShown)
	settled, unread := h.found.Query(ctx, audit.Filter{Action: audit.Acknowledged}, 0, settledShown)
	model := changeviews.Elsewhere{
		Waiting: h.tell(c, person, lines, err), Total: h.left(c).Waiting(), Settled: h.tell(c, person, settled.Entries, unread),
		MaySettle: person.Actor().May(access.Propose), Now: h.now(),
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: changeviews.ElsewhereContent(model),
		current: links.ElsewhereURL, crumbs: []frame.Crumb{{Label: "Changes", Href: "/changes"}, {Label: "Changed elsewhere"}},
	})
}

// show is the page of one change with its outcome of today, for good at its address.
func (h *changePages) show(c echo.Context, person *session.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	asksByItself := session.Passive(c.Request()) && c.QueryParam(lookParam) == "" // what is in doubt on its page asks for itself
	if !asksByItself && (change.Open() || change.Awaited()) {
		h.lookAt(c, person, change.Connector, h.onlyLooks())
		if change, err = h.changeReader.Get(c.Request().Context(), change.ID); err != nil {
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
func (h *changePages) look(c echo.Context, person *session.Person, change changes.Change, page string) error {
	varies(c)
	h.tellSession(c, person)
	receipt := h.receipt(c, person, change)
	receipt.Watched = page
	if page == changeviews.OnConnector && !change.Open() {
		h.announce(c, change)
	}
	return draw(c, http.StatusOK, changeviews.WhatIsKnown(receipt))
}

// check looks again at a change in doubt, and shows its connector.
func (h *changePages) check(c echo.Context, person *session.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if err := h.changeActions.Resolve(c.Request().Context(), person, h.from(c), change.Connector); err != nil {
		return err
	}
	if change, err = h.changeReader.Get(c.Request().Context(), change.ID); err != nil {
		return err
	}
	if change.Open() {
		return h.doubt(c, person, change)
	}
	return h.settled(c, person, change)
}

// giveUp closes a change in doubt for a reason, and shows its connector. Graph is sent nothing that would ask for the roles
// of now.
func (h *changePages) giveUp(c echo.Context, person *session.Person) error {
	change, err := h.askedFor(c)
	if err != nil {
		return err
	}
	if person, err = person.Confirmed(c.Request().Context()); err != nil {
		c.Set(returnKey, links.ChangeURL(change.ID))
		return err
	}
	change, err = h.changeActions.Close(c.Request().Context(), person, h.from(c), change.ID, sentForm(c).Get(reasonField))
	if err != nil {
		return err
	}
	return h.settled(c, person, change)
}
