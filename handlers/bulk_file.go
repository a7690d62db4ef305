package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/bulk"
	"switchboard/internal/bulk/sheet"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
)

// fileForm asks for a file of connectors that somebody has edited.
func (h *bulkPages) fileForm(c echo.Context, person *session.Person) error {
	return h.sendFileForm(c, person, http.StatusOK, h.fileModel(person, bulkForm{}))
}

func (h *bulkPages) fileModel(person *session.Person, sent bulkForm) bulkviews.File {
	return bulkviews.File{
		Ticked: sent.set, Token: person.FormToken(), MostBytes: sheet.MostBytes, MostRows: sheet.MostRows, Now: h.now(),
	}
}

func (h *bulkPages) sendFileForm(c echo.Context, person *session.Person, status int, model bulkviews.File) error {
	return h.send(c, person, page{
		status: status, quotes: status >= http.StatusInternalServerError, title: model.Title(), fragment: bulkviews.FileContent(model),
		current: "/connectors", crumbs: bulkCrumbs("Edit by a file"),
	})
}

// takeFile reviews what a file asks for.
func (h *bulkPages) takeFile(c echo.Context, person *session.Person) error {
	sent, err := readBulkForm(sentForm(c))
	if err != nil {
		return err
	}
	file, there := sentFile(c)
	if !there {
		said := problem.New(problem.Invalid, "No file was chosen.").Advising("Choose the file that you have edited.")
		return h.fileAgain(c, person, sent, said)
	}
	read, faults := sheet.Read(file, func(name string) bool { return sent.set[name] })
	if len(faults) > 0 && len(read.Named) == 0 {
		return h.faultyFile(c, person, sent, faults)
	}
	listing, err := h.whole.Whole(c.Request().Context(), person)
	switch {
	case err != nil && len(faults) > 0: // what is wrong with the file is so whatever Graph would say of its ids
		return h.faultyFile(c, person, sent, faults)
	case err != nil:
		return h.fileAgain(c, person, sent, err)
	}
	asked, unknown := askedBy(read, listing)
	if faults = append(faults, unknown...); len(faults) > 0 {
		return h.faultyFile(c, person, sent, faults)
	}
	return h.reviewed(c, person, listing, asked, bulkForm{passed: read.Passed, reason: sent.reason})
}

// askedBy is what the rows of a file ask of the connectors that the list has. An id that it does not have is a fault.
func askedBy(read sheet.Sheet, listing inventory.Listing) (bulk.Asked, []sheet.Fault) {
	known, odd := map[string]connector.Connector{}, map[string]bool{}
	for _, one := range listing.Connectors {
		known[one.Key()] = one
	}
	for _, one := range listing.Unreadable {
		odd[connector.Key(one.ID())] = true
	}
	asked := bulk.Asked{Own: map[string]map[string]string{}}
	var faults []sheet.Fault
	for _, row := range slices.Concat(read.Rows, read.Named) {
		key := connector.Key(row.ID)
		held, there := known[key]
		switch {
		case there:
			asked.IDs = append(asked.IDs, held.ID())
			asked.Own[key] = row.Wanted(held)
		case odd[key] && !row.Asks(): // an export has such a row with nothing but its id
		case odd[key]:
			faults = append(faults, row.Fault("Graph sends this connector so that it cannot be read, and so it cannot be edited. Take the line out."))
		default:
			faults = append(faults, row.Fault("No connector has this id. Export the list again, or take the line out."))
		}
	}
	return asked, faults
}

// faultyFile shows the form with what is wrong with the file.
func (h *bulkPages) faultyFile(c echo.Context, person *session.Person, sent bulkForm, faults []sheet.Fault) error {
	model := h.fileModel(person, sent)
	slices.SortStableFunc(faults, func(a, b sheet.Fault) int { return cmp.Compare(a.Line, b.Line) })
	model.More = len(faults) > sheet.MostFaults
	for _, fault := range faults[:min(len(faults), sheet.MostFaults)] {
		model.Faults = append(model.Faults, bulkviews.Fault{Place: fault.Place(), Message: fault.Message})
	}
	return h.sendFileForm(c, person, http.StatusUnprocessableEntity, model)
}

// fileAgain shows the form with why the file was not looked at; another problem leaves as it is.
func (h *bulkPages) fileAgain(c echo.Context, person *session.Person, sent bulkForm, err error) error {
	said, is := errors.AsType[problem.Problem](err)
	if !is || said.Kind() != problem.Unavailable && said.Kind() != problem.Invalid {
		return err
	}
	h.logProblem(c, said)
	model := h.fileModel(person, sent)
	model.Problem = said
	return h.sendFileForm(c, person, retryLater(c, said), model)
}
