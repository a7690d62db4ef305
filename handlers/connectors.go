package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
)

// connectorPages are the overview, the list and a connector's page.
type connectorPages struct {
	*presenter
	whole  WholeReader
	views  SavedViews
	counts *viewCounts
}

// overview shows how the connectors are, what needs somebody, and what happened last.
func (h *connectorPages) overview(c echo.Context, person *session.Person) error {
	looked := h.lookMeanwhile(c, person)
	listing, err := h.inventory.List(c.Request().Context(), person)
	if looked(); err != nil {
		return err
	}
	rows := h.rows(c, person, listing)
	model := connectors.Overview{
		Counts: connectors.Count(rows), Attention: connectors.Attention(rows), Recent: h.recent(c, person), Outside: h.outside(c, person),
		Gaps: gaps(rows, listing), InDoubt: h.doubts(c, person), MayAudit: person.Actor().May(access.Audit),
		Read: listing.At, Now: h.now(), Stale: staleListing(listing, h.now(), person),
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: connectors.OverviewContent(model), current: "/",
		crumbs: []frame.Crumb{{Label: "Overview"}},
	})
}

// list shows every connector, as the query asks: filtered, sorted, one page of it.
func (h *connectorPages) list(c echo.Context, person *session.Person) error {
	filter, err := h.filter(c)
	if err != nil {
		return err
	}
	part := c.QueryParam(connectors.PartField)
	listing, err := h.listing(c, person, part != "" || swapsResults(c.Request()))
	if err != nil {
		return err
	}
	rows := h.rows(c, person, listing)
	if part == connectors.IDsPart {
		return h.matchingIDs(c, person, connectors.Matching(rows, filter))
	}
	model := connectors.List(rows, filter)
	model.Tools = h.tools(c, person)
	model.Gaps, model.Read, model.Now, model.Stale = gaps(rows, listing), listing.At, h.now(), staleListing(listing, h.now(), person)
	shown := page{
		status: http.StatusOK, title: model.Title(), fragment: connectors.ListingContent(model), current: "/connectors",
		crumbs: []frame.Crumb{{Label: "Connectors"}}, search: filter.Query,
	}
	if swapsResults(c.Request()) {
		shown.fragment = connectors.ListingSwap(model)
	}
	return h.send(c, person, shown)
}

// show is the page of one connector. A change of it that is in doubt is looked at first.
func (h *connectorPages) show(c echo.Context, person *session.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	h.lookAt(c, person, id, h.LookShare)
	just := h.justSaved(c, id)
	reading, err := h.inventory.Get(c.Request().Context(), person, id)
	switch {
	case err != nil && just == nil:
		return err
	case err != nil && !just.HasReturned:
		return h.receiptAlone(c, person, *just)
	}
	return h.sendCard(c, person, http.StatusOK, h.card(c, person, id, reading, err, just))
}

// listing is what Graph says now; what a page asks for that is there already, such as a filter, is answered from what that page
// read.
func (h *connectorPages) listing(c echo.Context, person *session.Person, partly bool) (inventory.Listing, error) {
	if partly {
		if recent, there := h.inventory.Recent(person, snapshotFor); there {
			return recent, nil
		}
	}
	defer h.lookMeanwhile(c, person)()
	return h.inventory.List(c.Request().Context(), person)
}

// rows are the connectors with their health and whether a change of one is in doubt, then what cannot be read.
func (h *connectorPages) rows(c echo.Context, person *session.Person, listing inventory.Listing) []connectors.Row {
	now := h.now()
	if listing.Stale() {
		now = listing.At // the health of old values is what it was
	}
	mayEdit := person.Actor().May(access.Edit)
	doubtful := map[string]bool{}
	if open, err := h.inDoubt(c); err == nil {
		for _, change := range open {
			doubtful[connector.Key(change.Connector)] = true
		}
	}
	rows := make([]connectors.Row, len(listing.Connectors))
	for i, one := range listing.Connectors {
		rows[i] = connectors.Row{
			Connector: one, Health: h.Retirement.Health(one, now), Sentence: h.Retirement.Explain(one, now, mayEdit), InDoubt: doubtful[one.Key()],
		}
	}
	for _, odd := range listing.Unreadable {
		rows = append(rows, connectors.Row{Connector: odd.Part, Faults: odd.Faults, InDoubt: doubtful[connector.Key(odd.ID())]})
	}
	return rows
}

// gaps are what the listing does not tell; rows are its rows.
func gaps(rows []connectors.Row, listing inventory.Listing) connectors.Gaps {
	return connectors.Gaps{Unreadable: rows[len(listing.Connectors):], Sent: len(rows), Said: listing.Said, Unlisted: listing.Unlisted}
}

func staleListing(listing inventory.Listing, now time.Time, person *session.Person) *connectors.Stale {
	if !listing.Stale() {
		return nil
	}
	return stale(*listing.Failure, listing.Late, now, person)
}

// outsideShown is how many of the latest changes made outside Switchboard the overview shows.
const outsideShown = 4

// outside are the latest changes that nobody made here.
func (h *connectorPages) outside(c echo.Context, person *session.Person) []changes.Event {
	found, err := h.inventory.Outside(c.Request().Context(), outsideShown)
	if err != nil {
		h.log(c).Warn("the changes made outside could not be read", "error", err.Error())
		return nil
	}
	ids := make([]string, len(found))
	for i, one := range found {
		ids[i] = one.Connector
	}
	known, shown := h.names(c, person, ids...), make([]changes.Event, len(found))
	for i, one := range found {
		shown[i] = changes.Event{
			Who: one.By.Name, You: one.By.Is(person.Actor()), Action: string(audit.Observed), Fields: one.Fields,
			About: changes.About{Connector: one.Connector, Name: nameOr(known, one.Connector)}, Window: changes.Window{From: one.From, To: one.To}, At: one.To, Seq: one.Seq,
		}
	}
	return shown
}
