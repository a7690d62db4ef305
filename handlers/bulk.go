package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
	"switchboard/views/frame"
)

// bulkPages change many connectors: the form, the file, the review row by row, and the run.
type bulkPages struct {
	*presenter
	reviews ReviewKeeper
	steerer RunSteerer
	edits   OpenEdits
}

// Runs change many connectors, one after another.
type Runs interface {
	ReviewKeeper
	RunReader
	RunSteerer
}

// ReviewKeeper keeps what a review found until a run begins with it.
type ReviewKeeper interface {
	KeepReview(context.Context, access.Actor, bulk.Plan) (id string, err error)
	FindReview(ctx context.Context, who access.Actor, id string) (plan bulk.Plan, ok bool, err error)
	Start(context.Context, access.Actor, bulk.Order) (bulk.Start, bulk.Run, error)
}

// OpenEdits says which connectors, by their keys, have an edit whose outcome is not known yet.
type OpenEdits interface {
	OpenEdits(context.Context) (map[string]bool, error)
}

// bulkCrumbs are the way to a page of a bulk edit.
func bulkCrumbs(last string) []frame.Crumb {
	return []frame.Crumb{{Label: "Connectors", Href: "/connectors"}, {Label: last}}
}

// toList leads from an address that only takes forms to the list, where their way begins.
func (h *bulkPages) toList(c echo.Context, _ *session.Person) error {
	return c.Redirect(http.StatusSeeOther, "/connectors")
}

// newForm is the form for those that are ticked, or that the list's query finds now.
func (h *bulkPages) newForm(c echo.Context, person *session.Person) error {
	sent, err := readBulkForm(sentForm(c))
	if err != nil {
		return err
	}
	if sent.picked, err = h.picked(c, person, sent); err != nil {
		return err
	}
	return h.sendBulkForm(c, person, http.StatusOK, sent, problem.Problem{})
}

// picked are the ids of the connectors that a form is about, in the order of their names.
func (h *bulkPages) picked(c echo.Context, person *session.Person, sent bulkForm) ([]string, error) {
	ids := sent.picked
	switch {
	case sent.review != "": // the way back from a review, which had them all
		plan, kept, err := h.reviews.FindReview(c.Request().Context(), person.Actor(), sent.review)
		if err != nil {
			return nil, err
		}
		if kept {
			ids = nil
			for _, row := range plan.Rows {
				ids = append(ids, row.ID)
			}
		}
	case sent.matches:
		found, err := h.matching(c, person, sent.match)
		if err != nil {
			return nil, err
		}
		ids = found
	}
	switch {
	case len(ids) == 0:
		return nil, problem.New(problem.Invalid, "No connector is ticked.").Saying("Nothing was sent to Graph.").
			Advising("Go back to the list and tick those that you want to change.")
	case len(ids) > bulk.MostRows:
		return nil, problem.New(problem.Invalid, connector.Thousands(len(ids))+" connectors are more than one run can have.").
			Saying("Nothing was sent to Graph.").
			Advising("Filter the list, and pick at most " + connector.Thousands(bulk.MostRows) + " at a time.")
	}
	return h.inOrder(c, person, ids), nil
}

// matching are the ids of all that the list's query finds now.
func (h *bulkPages) matching(c echo.Context, person *session.Person, query string) ([]string, error) {
	filter, err := matchOf(query)
	if err != nil {
		return nil, err
	}
	listing, err := h.whole.Whole(c.Request().Context(), person)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, row := range h.judged(listing, h.now()).Matching(filter, h.former(c, filter.Query)) {
		if !row.Unreadable() {
			ids = append(ids, row.Connector.ID())
		}
	}
	return ids, nil
}

// inOrder sorts ids by what their connectors are called; each comes once.
func (h *bulkPages) inOrder(c echo.Context, person *session.Person, ids []string) []string {
	known, seen := h.names(c, person, ids...), map[string]bool{}
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b string) int {
		if by := strings.Compare(strings.ToLower(nameOr(known, a).String()), strings.ToLower(nameOr(known, b).String())); by != 0 {
			return by
		}
		return strings.Compare(a, b)
	})
	return slices.DeleteFunc(sorted, func(id string) bool {
		doubled := seen[connector.Key(id)]
		seen[connector.Key(id)] = true
		return doubled
	})
}

// sendBulkForm shows the form as it was sent, and what is wrong with it.
func (h *bulkPages) sendBulkForm(c echo.Context, person *session.Person, status int, sent bulkForm, said problem.Problem) error {
	known := h.names(c, person, sent.picked...)
	model := bulkviews.Form{
		IDs: sent.picked, Sync: sent.syncs(), SyncType: sent.syncType, Ticked: sent.set, Values: sent.values, Reason: sent.reason,
		RequireReason: h.RequireReason, Problem: said, Token: person.FormToken(), Now: h.now(),
	}
	for _, id := range sent.picked[:min(bulkviews.NamesShown, len(sent.picked))] {
		model.Names = append(model.Names, nameOr(known, id))
	}
	return h.send(c, person, page{
		status: status, quotes: status != http.StatusOK, title: model.Title(), fragment: bulkviews.FormContent(model),
		current: "/connectors", crumbs: bulkCrumbs("Edit together"),
	})
}
