package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/connectors"
)

// WholeReader reads the list for a file, which cannot say later that it was old or lacked something.
type WholeReader interface {
	// Whole is every connector as Graph has it now, or an error.
	Whole(context.Context, inventory.Person) (inventory.Listing, error)
}

// ConnectorFinder knows connectors without asking Graph.
type ConnectorFinder interface {
	// Known is what the session has read so far.
	Known(inventory.Person) inventory.Known
	// Renamed are the names of connectors that are or were called in more than one way, by the keys of their ids.
	Renamed(context.Context) map[string][]string
}

// rows are the connectors with their health and whether a change of one is in doubt, then what cannot be read.
func (p *presenter) rows(c echo.Context, person *session.Person, listing inventory.Listing) []connectors.Row {
	now := asOf(listing, p.now())
	mayEdit := person.Actor().May(access.Edit)
	doubtful := map[string]bool{}
	if open, err := p.inDoubt(c); err == nil {
		for _, change := range open {
			doubtful[connector.Key(change.Connector)] = true
		}
	}
	rows := make([]connectors.Row, len(listing.Connectors))
	for i, one := range listing.Connectors {
		rows[i] = connectors.Row{
			Connector: one, Health: p.Retirement.Health(one, now), InDoubt: doubtful[one.Key()], Claim: p.claimAt(c, person, one.ID()),
		}
		if connectors.NeedsSomebody(rows[i].Health) { // nobody reads the sentences of thousands that are well
			rows[i].Sentence = p.Retirement.Explain(one, now, mayEdit)
		}
	}
	for _, odd := range listing.Unreadable {
		rows = append(rows, connectors.Row{Connector: odd.Part, Faults: odd.Faults, InDoubt: doubtful[connector.Key(odd.ID())]})
	}
	return rows
}

// asOf is the time at which a listing is judged: the health of old values is what it was.
func asOf(listing inventory.Listing, now time.Time) time.Time {
	if listing.Stale() {
		return listing.At
	}
	return now
}

// formerly has the rows know what their connectors were called before, where a text is searched for.
func (p *presenter) formerly(c echo.Context, rows []connectors.Row, text string) []connectors.Row {
	if text == "" {
		return rows
	}
	renamed := p.finder.Renamed(c.Request().Context())
	for i := range rows {
		for _, name := range renamed[rows[i].Connector.Key()] {
			if name != rows[i].Connector.Name().Short {
				rows[i].Former = append(rows[i].Former, name)
			}
		}
	}
	return rows
}
