package handlers

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/auditlog"
)

// errUnheardOf says that no connector has or had a name, and unheardOf says it to a person.
var errUnheardOf = errors.New("no connector has or had this name")

const unheardOf = "No connector has or had this name. Enter the whole name as a page shows it, or the id."

// connectorsCalled are the ids of the connectors that a filter's text names: those called so in the person's list, which is
// read where the session read none lately, and those that by the audit log are or were. There are none for an empty text, and
// for a GUID, which is always an id.
func (h *auditPages) connectorsCalled(c echo.Context, person *session.Person, text string) ([]string, error) {
	if text == "" || connector.IsGUID(text) {
		return nil, nil
	}
	h.keepNames(c)
	ids, err := h.auditLog.Bearers(c.Request().Context(), text)
	if err != nil {
		return nil, unreadableLog(err)
	}
	if recent, there := h.inventory.Recent(person, snapshotFor); there {
		if ids = append(ids, bearers(recent, text)...); len(ids) > 0 {
			return each(ids), nil
		}
	}
	listing, err := h.inventory.List(c.Request().Context(), person)
	ids = append(ids, bearers(listing, text)...)
	switch {
	case listing.Partial: // others of that name may be on its further pages
		return nil, unreadNames(problem.New(problem.Unavailable, "Graph’s list is long, and still being read.").Advising("Try again in a moment.").After(5 * time.Second))
	case len(ids) > 0:
		return each(ids), nil
	case err != nil:
		return nil, unreadNames(explain(err))
	case listing.Stale():
		return nil, unreadNames(*listing.Failure)
	}
	return nil, errUnheardOf
}

// keepNames has the audit log know by name what was seen for the first time.
func (h *auditPages) keepNames(c echo.Context) {
	if err := h.memory.FillNames(c.Request().Context()); err != nil {
		h.log(c).Warn("the names of what was seen could not be kept", "error", err.Error())
	}
}

// bearers are the ids of the connectors of a list that are called so, or that have it for their id; those of rows that cannot
// be read are among them, as far as they tell.
func bearers(listing inventory.Listing, text string) (ids []string) {
	sought := connector.Sought(text)
	add := func(one connector.Connector) {
		if one.ID() != "" && (one.Name().Is(sought) || connector.SameID(one.ID(), text)) {
			ids = append(ids, one.ID())
		}
	}
	for _, one := range listing.Connectors {
		add(one)
	}
	for _, odd := range listing.Unreadable {
		add(odd.Part)
	}
	return ids
}

// each are the ids, every one once.
func each(ids []string) []string {
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(connector.Key(a), connector.Key(b)) })
	return slices.CompactFunc(ids, connector.SameID)
}

// unreadNames says that Graph cannot be asked what connectors are called today, and the record knows no such name.
func unreadNames(failure problem.Problem) error {
	if failure.Kind() == problem.SignedOut {
		return failure
	}
	return problem.New(problem.Unavailable, "Graph cannot be asked for the names of connectors just now.").
		Saying("The audit log knows no connector of this name by itself, so nothing was searched or exported.").
		Advising("Enter the id of the connector, or try again later.").
		After(failure.RetryAfter()).Behind(failure.Gate()).Verbatim(failure.Quote()).Because(failure)
}

// bearersShown bounds the connectors that the page names where a name is shared.
const bearersShown = 10

// meant names the connectors that a name stands for, where it is shared or is not today's.
func (h *auditPages) meant(c echo.Context, person *session.Person, ids []string, text string) (meant []auditlog.Bearer, more int) {
	shown := ids[:min(len(ids), bearersShown)]
	known, sought := h.names(c, person, shown...), connector.Sought(text)
	for _, id := range shown {
		meant = append(meant, auditlog.Bearer{ID: id, Name: nameOr(known, id)})
	}
	if len(ids) == 1 && meant[0].Name.Is(sought) {
		return nil, 0
	}
	return meant, len(ids) - len(shown)
}
