package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
)

// connectorPages are the overview, the list and a connector's page.
type connectorPages struct {
	*presenter
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
	attention, counts := connectors.Attention(rows), connectors.Count(rows)
	h.tellPast(c, attention[:min(connectors.MostAttention, len(attention))], asOf(listing, h.now()))
	model := connectors.Overview{
		Counts: counts, Attention: attention, Recent: h.recent(c, person), Outside: h.outside(c, person), Waiting: h.left(c).Waiting(),
		Claims: h.claims(c, person), Gaps: gaps(rows, listing), InDoubt: h.doubts(c, person), Actor: person.Actor(),
		Trend: h.trend(c, counts, listing.At), Log: h.logStands(),
		Read: listing.At, Now: h.now(), Stale: staleListing(listing, h.now(), person),
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: connectors.OverviewContent(model), current: "/",
		sheets: frame.CommonSheet,
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
	rows := h.formerly(c, h.rows(c, person, listing), filter.Query)
	if part == connectors.IDsPart {
		return h.matchingIDs(c, person, connectors.Matching(rows, filter))
	}
	model := connectors.List(rows, filter)
	model.Tools = h.tools(c, person)
	model.KeptReview = h.keptReview(c, person)
	model.Gaps, model.Read, model.Now, model.Stale = gaps(rows, listing), listing.At, h.now(), staleListing(listing, h.now(), person)
	shown := page{
		status: http.StatusOK, title: model.Title(), fragment: connectors.ListingContent(model), current: "/connectors",
		sheets: frame.ListSheets,
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

// logStands is how the audit log stands, for the overview.
func (h *connectorPages) logStands() connectors.Log {
	now := h.auditReader.Standing()
	return connectors.Log{Broken: now.Broken, First: now.First, Lines: now.Lines, Checked: now.Checked}
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

// outsideShown is how many of the changes made outside Switchboard that wait the overview shows.
const outsideShown = 4

// outside are the newest changes that nobody made here and nobody has settled.
func (h *connectorPages) outside(c echo.Context, person *session.Person) []changes.Event {
	lines, err := h.deskReader.Outside(c.Request().Context(), h.left(c), outsideShown)
	return h.tell(c, person, lines, err)
}

// claims are everybody who is on something.
func (h *connectorPages) claims(c echo.Context, person *session.Person) []connectors.Claim {
	all := h.left(c).Claims(h.now())
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.Connector
	}
	known, shown := h.names(c, person, ids...), make([]connectors.Claim, len(all))
	for i, one := range all {
		shown[i] = claimModel(one, person)
		shown[i].About = connectors.ClaimAbout{ID: one.Connector, Name: nameOr(known, one.Connector)}
	}
	return shown
}
