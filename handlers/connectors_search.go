package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/connectors"
)

// suggest is what the top bar offers while somebody types: what this session has read, as it was then. Graph is not asked.
func (h *connectorPages) suggest(c echo.Context, person *session.Person) error {
	text := c.QueryParam("q")
	if !wantsFragment(c.Request()) {
		return c.Redirect(http.StatusSeeOther, connectors.Suggest(nil, text).Filter.URL())
	}
	varies(c)
	h.tellSession(c, person)
	known := h.finder.Known(person)
	model := connectors.Suggest(h.known(c, known, text), text)
	model.Listed, model.Opened, model.Now = known.Listed, len(known.Readings) > 0, h.now()
	return draw(c, http.StatusOK, connectors.SuggestionList(model))
}

// known are rows of what was read, with their health as it was then; none for an empty text.
func (h *connectorPages) known(c echo.Context, known inventory.Known, text string) []connectors.Row {
	if text == "" {
		return nil
	}
	rows := make([]connectors.Row, 0, len(known.Readings)+len(known.Unreadable))
	for _, one := range known.Readings {
		rows = append(rows, connectors.Row{Connector: one.Connector, Health: h.Retirement.Health(one.Connector, one.At)})
	}
	for _, odd := range known.Unreadable {
		rows = append(rows, connectors.Row{Connector: odd.Part, Faults: odd.Faults})
	}
	return h.formerly(c, rows, text)
}
