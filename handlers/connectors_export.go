package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/connectors"
)

// exportCSV sends the list as its query filters and sorts it, all pages, for a spreadsheet.
func (h *connectorPages) exportCSV(c echo.Context, person *session.Person) error {
	return h.exportFiltered(c, person, "csv")
}

// exportJSON sends it as Graph sent it.
func (h *connectorPages) exportJSON(c echo.Context, person *session.Person) error {
	return h.exportFiltered(c, person, "json")
}

func (h *connectorPages) exportFiltered(c echo.Context, person *session.Person, format string) error {
	filter, err := h.filter(c)
	if err != nil {
		return err
	}
	former := h.former(c, filter.Query)
	return h.export(c, person, format, func(all *connectors.Judged) []connectors.Row { return all.Matching(filter, former) })
}

// exportPicked sends the connectors that were ticked. Some may be gone by now: those are not in it.
func (h *connectorPages) exportPicked(c echo.Context, person *session.Person) error {
	form := sentForm(c)
	picked := map[string]bool{}
	for _, id := range connectors.Picked(form) {
		picked[connector.Key(id)] = true
	}
	if len(picked) == 0 {
		return problem.New(problem.Invalid, "No connector is ticked.").Saying("Nothing was exported.").
			Advising("Go back to the list and tick some, or export all that match with the button Export.")
	}
	format := form.Get("format")
	if format != "csv" && format != "json" {
		return problem.New(problem.BadRequest, "Switchboard does not export in this format.").Advising("Go back to the list and choose CSV or JSON.")
	}
	return h.export(c, person, format, func(all *connectors.Judged) []connectors.Row {
		var kept []connectors.Row
		for _, row := range all.Matching(connectors.Filter{}, nil) {
			if !row.Unreadable() && picked[row.Connector.Key()] {
				kept = append(kept, row)
			}
		}
		return kept
	})
}

// export sends a file of those rows that are chosen. It is made before its first byte leaves: it is whole, or not there.
func (h *connectorPages) export(c echo.Context, person *session.Person, format string, choose func(*connectors.Judged) []connectors.Row) error {
	listing, err := h.whole.Whole(c.Request().Context(), person)
	if err != nil {
		return err
	}
	rows := choose(h.judged(listing, h.now()))
	kind, file := "text/csv; charset=utf-8", []byte(nil)
	if format == "json" {
		kind = echo.MIMEApplicationJSON
		file, err = connectors.JSON(rows, listing.At)
	} else {
		file, err = connectors.CSV(rows)
	}
	if err != nil {
		return err
	}
	h.tellSession(c, person)
	name := "connectors-" + h.now().UTC().Format(time.DateOnly) + "." + format
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, kind, file)
}
