package handlers

import (
	"context"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/runbooks"
	"switchboard/internal/session"
	"switchboard/views/connectors"
	"switchboard/views/links"
)

// Onsets say since when a connector is as it is.
type Onsets interface {
	// Onset goes by the connector's last sync, the audit log's lines about it, the newest first, and what people read.
	Onset(ctx context.Context, c connector.Connector, r connector.Retirement, lines []audit.Entry, past connector.Past) inventory.Onset
}

// caller is what somebody who answers a call has to know of the card's connector.
func (p *presenter) caller(c echo.Context, person *session.Person, card connectors.Card, lines []audit.Entry, past connector.Past) connectors.Caller {
	onset := p.onsets.Onset(c.Request().Context(), card.Connector, p.Retirement, lines, past)
	book, id := p.Runbooks[card.Health], card.Connector.ID()
	return connectors.Caller{
		Since: connectors.Since{Before: onset.Before, From: onset.From, Counted: onset.Way == inventory.Counted, Who: onset.By.Name},
		Page:  p.PublicURL.String() + links.ConnectorURL(id),
		Steps: book.Steps(stepsFor(person.Actor())), HasHouse: len(book.House) > 0,
		Request: connectors.Request{Address: p.GraphURL.String() + "/deviceManagement/exchangeConnectors/" + url.PathEscape(id), Scope: p.ReadScope},
	}
}

// stepsFor is the heading of the steps that somebody takes, by what they may do.
func stepsFor(actor access.Actor) string {
	switch {
	case actor.May(access.Edit):
		return runbooks.ForAdmin
	case actor.May(access.Propose):
		return runbooks.ForHelpdesk
	}
	return runbooks.ForAuditor
}
