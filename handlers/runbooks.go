package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/frame"
	"switchboard/views/runbooks"
)

// runbookPages show what to do about connectors in each state.
type runbookPages struct{ *kernel }

// index lists the runbooks.
func (h *runbookPages) index(c echo.Context, person *session.Person) error {
	var model runbooks.Index
	for _, health := range connector.Healths() {
		book := h.Runbooks[health]
		model.Rows = append(model.Rows, runbooks.Row{Health: health, Lead: book.Text[0].Children, HasHouse: len(book.House) > 0})
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: "Runbooks", fragment: runbooks.IndexContent(model), current: runbooksPath,
		crumbs: []frame.Crumb{{Label: "Runbooks"}},
	})
}

// show is one runbook.
func (h *runbookPages) show(c echo.Context, person *session.Person) error {
	book, known := h.Runbooks[connector.Health(c.Param("health"))]
	if !known {
		return problem.New(problem.NotFound, "Switchboard has no runbook of this name.").Advising("Choose one from the list of runbooks.")
	}
	model := runbooks.Page{Health: book.Health, Text: book.Text, House: book.House}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: runbooks.Content(model), current: runbooksPath,
		crumbs: []frame.Crumb{{Label: "Runbooks", Href: runbooksPath}, {Label: book.Health.Label()}},
	})
}
