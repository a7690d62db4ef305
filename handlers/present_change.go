package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// sendCard answers with a connector's card, alone or in its page.
func (p *presenter) sendCard(c echo.Context, person *session.Person, status int, card connectors.Card) error {
	return p.send(c, person, page{
		status: status, quotes: status != http.StatusOK, title: card.Title(), fragment: connectors.ConnectorCard(card),
		current: "/connectors", crumbs: crumbs(card.Connector),
	})
}

// recorded answers with a change that was sent, now or before: what it returned, or that it is in doubt.
func (p *presenter) recorded(c echo.Context, person *session.Person, change changes.Change) error {
	if change.HasReturned && !change.Repeated { // what a form that was sent before returned may be long gone
		p.memory.Saw(person, change.Returned)
		if !change.Kept {
			var applied []connector.FieldChange
			if change.Outcome == audit.Applied {
				applied = change.Fields
			}
			p.memory.AnsweredLater(person, change.Returned, applied)
		}
	}
	if change.Open() {
		return p.doubt(c, person, change)
	}
	return p.settled(c, person, change)
}

// settled shows the connector with the receipt of a change: in place for htmx, else on the page that the redirect leads to.
// Where Graph cannot be read the receipt is shown alone: the outcome of the change is known all the same.
func (p *presenter) settled(c echo.Context, person *session.Person, change changes.Change) error {
	if !wantsFragment(c.Request()) {
		p.announce(c, change)
		return c.Redirect(http.StatusSeeOther, links.ConnectorURL(change.Connector))
	}
	c.Response().Header().Set("HX-Push-Url", links.ConnectorURL(change.Connector))
	reading := inventory.Reading{Connector: change.Returned, At: change.OutcomeAt}
	var failed error
	if !change.HasReturned {
		reading, failed = p.inventory.Get(c.Request().Context(), person, change.Connector)
	}
	if failed != nil {
		p.log(c).Warn("the connector of a change could not be read for its receipt", "error", failed.Error())
		c.Response().Header().Set("HX-Push-Url", links.ChangeURL(change.ID))
		return p.receiptAlone(c, person, change)
	}
	card := p.card(c, person, change.Connector, reading, nil, &change)
	card.Returned = change.HasReturned && !change.ReadBack()
	return p.sendCard(c, person, http.StatusOK, card)
}

// doubt answers 202: the change was sent, and its outcome is not known.
func (p *presenter) doubt(c echo.Context, person *session.Person, change changes.Change) error {
	receipt := p.receipt(c, person, change)
	receipt.Watched = changeviews.OnChange
	c.Response().Header().Set("HX-Push-Url", links.ChangeURL(change.ID))
	return p.send(c, person, page{
		status: http.StatusAccepted, quotes: true, title: receipt.Title(), crumbs: []frame.Crumb{{Label: "Changes", Href: "/changes"}, {Name: receipt.Name}}, fragment: changeviews.ReceiptDetail(receipt),
		current: "/connectors",
	})
}

func (p *presenter) receiptAlone(c echo.Context, person *session.Person, change changes.Change) error {
	receipt := p.receipt(c, person, change)
	receipt.Standalone, receipt.Watched = true, changeviews.OnChange
	return p.send(c, person, page{
		status: http.StatusOK, title: receipt.Title(), fragment: changeviews.ReceiptDetail(receipt),
		current: "/changes", crumbs: []frame.Crumb{{Label: "Changes", Href: "/changes"}, {Name: receipt.Name}},
	})
}
