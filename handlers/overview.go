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
	"switchboard/views"
)

// overview shows how the connectors are, what needs somebody, and what happened last.
func (h *Handlers) overview(c echo.Context, person *signin.Person) error {
	looked := h.lookMeanwhile(c, person)
	listing, err := h.Inventory.List(c.Request().Context(), person)
	if looked(); err != nil {
		return err
	}
	rows := h.rows(c, person, listing)
	model := views.Overview{
		Counts: views.Count(rows), Attention: views.Attention(rows), Recent: h.recent(c, person), Outside: h.outside(c, person),
		Gaps: gaps(rows, listing), InDoubt: h.doubts(c, person), MayAudit: person.Actor().May(access.Audit),
		Read: listing.At, Now: h.Now(), Stale: staleListing(listing, h.Now(), person),
	}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(), fragment: views.OverviewContent(model), current: "/",
		crumbs: []views.Crumb{{Label: "Overview"}},
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
	filter := views.ReadFilter(c.QueryParams())
	rows := h.rows(c, person, listing)
	model := views.List(rows, filter)
	model.Gaps, model.Read, model.Now, model.Stale = gaps(rows, listing), listing.At, h.Now(), staleListing(listing, h.Now(), person)
	shown := answer{
		status: http.StatusOK, title: model.Title(), fragment: views.ConnectorsContent(model), current: "/connectors",
		crumbs: []views.Crumb{{Label: "Connectors"}}, search: filter.Query,
	}
	if swapsResults(c.Request()) {
		shown.fragment = views.ConnectorSwap(model)
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
func (h *Handlers) rows(c echo.Context, person *signin.Person, listing inventory.Listing) []views.Row {
	now := h.Now()
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
	rows := make([]views.Row, len(listing.Connectors))
	for i, one := range listing.Connectors {
		rows[i] = views.Row{
			Connector: one, Health: h.Retirement.Health(one, now), Sentence: h.Retirement.Explain(one, now, mayEdit), InDoubt: doubtful[one.Key()],
		}
	}
	for _, odd := range listing.Unreadable {
		rows = append(rows, views.Row{Connector: odd.Part, Faults: odd.Faults, InDoubt: doubtful[connector.Key(odd.ID())]})
	}
	return rows
}

// gaps are what the listing does not tell; rows are its rows.
func gaps(rows []views.Row, listing inventory.Listing) views.Gaps {
	return views.Gaps{Unreadable: rows[len(listing.Connectors):], Sent: len(rows), Said: listing.Said, Unlisted: listing.Unlisted}
}

func staleListing(listing inventory.Listing, now time.Time, person *signin.Person) *views.Stale {
	if !listing.Stale() {
		return nil
	}
	return stale(*listing.Failure, listing.Late, now, person)
}

// outsideShown is how many of the latest changes made outside Switchboard the overview shows.
const outsideShown = 4

// outside are the latest changes that nobody made here.
func (h *Handlers) outside(c echo.Context, person *signin.Person) []views.Event {
	found, err := h.Inventory.Outside(c.Request().Context(), outsideShown)
	if err != nil {
		h.log(c).Warn("the changes made outside could not be read", "error", err.Error())
		return nil
	}
	ids := make([]string, len(found))
	for i, one := range found {
		ids[i] = one.Connector
	}
	known, shown := h.names(c, person, ids...), make([]views.Event, len(found))
	for i, one := range found {
		shown[i] = views.Event{
			Who: one.By.Name, You: one.By.Is(person.Actor()), Action: string(audit.Observed), Fields: one.Fields,
			Connector: one.Connector, Name: nameOr(known, one.Connector), From: one.From, To: one.To, At: one.To, Seq: one.Seq,
		}
	}
	return shown
}

// doubts are the changes in doubt.
func (h *Handlers) doubts(c echo.Context, person *signin.Person) []views.Receipt {
	open, err := h.inDoubt(c)
	if err != nil {
		h.log(c).Warn("the changes in doubt could not be read", "error", err.Error())
		return nil
	}
	doubts := make([]views.Receipt, len(open))
	for i, change := range open {
		doubts[i] = h.receipt(c, person, change)
	}
	return doubts
}
