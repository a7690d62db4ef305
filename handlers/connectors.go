package handlers

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
)

// connectorPages are the overview, the list and a connector's page.
type connectorPages struct {
	*presenter
	told   LineFinder
	views  SavedViews
	counts *viewCounts
}

// overview shows how the connectors are, what needs somebody, and what happened last.
func (h *connectorPages) overview(c echo.Context, person *session.Person) error {
	listing, err := h.listing(c, person, false)
	if errors.Is(err, errNothingRead) {
		return c.NoContent(http.StatusNoContent)
	}
	if err != nil {
		return err
	}
	judged := h.judged(listing, asOf(listing, h.now()))
	attention, counts := h.explained(c, person, judged.Attention(), asOf(listing, h.now())), judged.Counts()
	model := connectors.Overview{
		Counts: counts, Attention: attention, Recent: h.recent(c, person), Outside: h.outside(c, person), Waiting: h.left(c).Waiting(),
		Claims: h.claims(c, person), Gaps: gaps(judged, listing), InDoubt: h.doubts(c, person), Actor: person.Actor(),
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
	listing, err := h.listing(c, person, part != "" || swapsResults(c.Request()) || goesOn(c))
	if errors.Is(err, errNothingRead) {
		return c.NoContent(http.StatusNoContent)
	}
	if err != nil {
		return err
	}
	judged, former := h.judged(listing, asOf(listing, h.now())), h.former(c, filter.Query)
	if part == connectors.IDsPart {
		return h.matchingIDs(c, person, judged.Matching(filter, former))
	}
	model := judged.List(filter, former)
	model.Rows, model.Tools = h.marked(c, person, model.Rows), h.tools(c, person)
	model.KeptReview = h.keptReview(c, person)
	model.Gaps, model.Read, model.Now, model.Stale = gaps(judged, listing), listing.At, h.now(), staleListing(listing, h.now(), person)
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
	if !session.Passive(c.Request()) { // what is in doubt asks for itself
		h.lookAt(c, person, id, h.LookShare)
	}
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
// read. What a page asks for by itself is that as well, with what the audit log tells since: thousands of open pages must not have
// Graph's list read because one connector has changed.
func (h *connectorPages) listing(c echo.Context, person *session.Person, partly bool) (inventory.Listing, error) {
	if session.Passive(c.Request()) {
		h.catchUp(c, person)
		known, there := h.inventory.Recent(person, mayBeOld(c.Request()))
		if !there {
			return known, errNothingRead
		}
		return known, nil
	}
	if goesOn(c) && !swapsResults(c.Request()) { // a page of its own, which looks at what is in doubt like any
		defer h.lookMeanwhile(c, person)()
	}
	if partly {
		if recent, there := h.inventory.Recent(person, snapshotFor); there {
			return recent, nil
		}
	}
	defer h.lookMeanwhile(c, person)()
	if !readsAnew(c) {
		if shared, there := h.inventory.Shared(person); there {
			return shared, nil
		}
	}
	return h.inventory.List(c.Request().Context(), person)
}

// mayBeOld is how old what a page asks for by itself may be. What it asks for ahead of a press is as new as what the press would bring.
func mayBeOld(r *http.Request) time.Duration {
	if isPreload(r) {
		return snapshotFor
	}
	return maxNameAge
}

// errNothingRead says that a page asks by itself for what this instance has not read for its session.
var errNothingRead = errors.New("nothing was read for this session")

// toldAtOnce is how many lines of the audit log a page reads at once, of those that it catches up with.
const toldAtOnce = 500

// catchUp has the session know what the audit log tells of connectors since it read them.
func (h *connectorPages) catchUp(c echo.Context, person *session.Person) {
	since, there := h.finder.HeardUntil(person)
	if !there {
		return
	}
	now, lines := h.now(), []audit.Entry(nil)
	for before := int64(0); ; {
		told, err := h.told.Query(c.Request().Context(), audit.Filter{From: since}, before, toldAtOnce)
		if err != nil {
			h.log(c).Warn("what was told since the list was read could not be read", "error", err.Error())
			return
		}
		lines = append(lines, told.Entries...)
		if before = told.Before; before == 0 {
			break
		}
	}
	h.finder.Hear(person, now, lines)
}

// marked are copies of rows, each with what this person sees at it beside what everybody does.
func (h *connectorPages) marked(c echo.Context, person *session.Person, rows []connectors.Row) []connectors.Row {
	doubtful, marked := h.doubtful(c), slices.Clone(rows)
	for i, row := range marked {
		marked[i].InDoubt = doubtful[row.Connector.Key()]
		if !row.Unreadable() {
			marked[i].Claim = h.claimAt(c, person, row.Connector.ID())
		}
	}
	return marked
}

// explained are marked rows with the sentences that say what is wrong. Nobody reads those of thousands.
func (h *connectorPages) explained(c echo.Context, person *session.Person, rows []connectors.Row, now time.Time) []connectors.Row {
	marked, mayEdit := slices.Clone(rows), person.Actor().May(access.Edit)
	first := h.marked(c, person, rows[:min(connectors.MostAttention, len(rows))])
	for i := range first {
		first[i].Sentence = h.Retirement.Explain(first[i].Connector, now, mayEdit)
	}
	copy(marked, first)
	h.tellPast(c, marked[:len(first)], now)
	return marked
}

// goesOn says whether the address asks for another part of a list that was there: filtered, in another order, a further page. To read
// anew the page's button says so, and the browser's own.
func goesOn(c echo.Context) bool {
	return !readsAnew(c) && slices.ContainsFunc(connectors.Parameters, c.QueryParams().Has)
}

// readsAnew says whether the reader asks for what Graph says now.
func readsAnew(c echo.Context) bool {
	return c.QueryParams().Has(connectors.ReadField) || c.Request().Header.Get("Cache-Control") != ""
}

// logStands is how the audit log stands, for the overview.
func (h *connectorPages) logStands() connectors.Log {
	now := h.auditReader.Standing()
	return connectors.Log{Broken: now.Broken, First: now.First, Lines: now.Lines, Checked: now.Checked}
}

// gaps are what the listing does not tell.
func gaps(judged *connectors.Judged, listing inventory.Listing) connectors.Gaps {
	rows := judged.Rows()
	return connectors.Gaps{Unreadable: rows[len(listing.Connectors):], Sent: len(rows), Said: listing.Said, Unlisted: listing.Unlisted, Partial: listing.Partial}
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
