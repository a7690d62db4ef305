package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/signin"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
)

// overview shows how the connectors are, what needs somebody, and what happened last.
func (h *Handlers) overview(c echo.Context, person *signin.Person) error {
	looked := h.lookMeanwhile(c, person)
	listing, err := h.Inventory.List(c.Request().Context(), person)
	if looked(); err != nil {
		return err
	}
	rows := h.rows(c, person, listing)
	model := connectors.Overview{
		Counts: connectors.Count(rows), Attention: connectors.Attention(rows), Recent: h.recent(c, person), Outside: h.outside(c, person),
		Gaps: gaps(rows, listing), InDoubt: h.doubts(c, person), MayAudit: person.Actor().May(access.Audit),
		Read: listing.At, Now: h.Now(), Stale: staleListing(listing, h.Now(), person),
	}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(), fragment: connectors.OverviewContent(model), current: "/",
		crumbs: []frame.Crumb{{Label: "Overview"}},
	})
}

// snapshotFor is how long a listing serves sorting, filtering and paging without asking Graph again.
const snapshotFor = time.Minute

// connectors lists every connector, as the query asks: filtered, sorted, one page of it.
func (h *Handlers) connectors(c echo.Context, person *signin.Person) error {
	listing, err := h.listing(c, person)
	if err != nil {
		return err
	}
	filter := connectors.ReadFilter(c.QueryParams())
	rows := h.rows(c, person, listing)
	model := connectors.List(rows, filter)
	model.Gaps, model.Read, model.Now, model.Stale = gaps(rows, listing), listing.At, h.Now(), staleListing(listing, h.Now(), person)
	shown := answer{
		status: http.StatusOK, title: model.Title(), fragment: connectors.ListingContent(model), current: "/connectors",
		crumbs: []frame.Crumb{{Label: "Connectors"}}, search: filter.Query,
	}
	if swapsResults(c.Request()) {
		shown.fragment = connectors.ListingSwap(model)
	}
	return h.send(c, person, shown)
}

// listing is what Graph says now; a filter typed into the page is answered from what the page read.
func (h *Handlers) listing(c echo.Context, person *signin.Person) (inventory.Listing, error) {
	if swapsResults(c.Request()) {
		if recent, there := h.Inventory.Recent(person, snapshotFor); there {
			return recent, nil
		}
	}
	defer h.lookMeanwhile(c, person)()
	return h.Inventory.List(c.Request().Context(), person)
}

// swapsResults says whether htmx puts only the results into the page.
func swapsResults(r *http.Request) bool {
	return wantsFragment(r) && r.Header.Get("HX-Target") == "div#results"
}

// rows are the connectors with their health and whether a change of one is in doubt, then what cannot be read.
func (h *Handlers) rows(c echo.Context, person *signin.Person, listing inventory.Listing) []connectors.Row {
	now := h.Now()
	if listing.Stale() {
		now = listing.At // the health of old values is what it was
	}
	mayEdit := person.Actor().May(access.Edit)
	doubtful := map[string]bool{}
	if open, err := h.Outcomes.Doubtful(c.Request().Context()); err == nil {
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

func staleListing(listing inventory.Listing, now time.Time, person *signin.Person) *connectors.Stale {
	if !listing.Stale() {
		return nil
	}
	return stale(*listing.Failure, listing.Late, now, person)
}

// outsideShown is how many of the latest changes made outside Switchboard the overview shows.
const outsideShown = 4

// outside are the latest changes that nobody made here.
func (h *Handlers) outside(c echo.Context, person *signin.Person) []changes.Event {
	found, err := h.Inventory.Outside(c.Request().Context(), outsideShown)
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

// doubts are the changes in doubt.
func (h *Handlers) doubts(c echo.Context, person *signin.Person) []changes.Receipt {
	open, err := h.Outcomes.Doubtful(c.Request().Context())
	if err != nil {
		h.log(c).Warn("the changes in doubt could not be read", "error", err.Error())
		return nil
	}
	doubts := make([]changes.Receipt, len(open))
	for i, change := range open {
		doubts[i] = h.receipt(c, person, change)
	}
	return doubts
}
