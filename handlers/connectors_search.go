package handlers

import (
	"context"
	"net/http"

	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/connectors"
)

// ConnectorFinder knows connectors without asking Graph.
type ConnectorFinder interface {
	// Known is what the session has read so far.
	Known(inventory.Person) inventory.Known
	// Renamed are the names of connectors that are or were called in more than one way, by the keys of their ids.
	Renamed(context.Context) map[string][]string
	// Hear has a session know what the audit log tells of the connectors that it has read; HeardUntil says since when it is to be
	// asked.
	Hear(reader inventory.Person, at time.Time, lines []audit.Entry)
	HeardUntil(inventory.Person) (time.Time, bool)
}

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

// formerly has the rows know what their connectors were called before, where a text is searched for.
func (h *connectorPages) formerly(c echo.Context, rows []connectors.Row, text string) []connectors.Row {
	if text == "" {
		return rows
	}
	renamed := h.finder.Renamed(c.Request().Context())
	for i := range rows {
		for _, name := range renamed[rows[i].Connector.Key()] {
			if name != rows[i].Connector.Name().Short {
				rows[i].Former = append(rows[i].Former, name)
			}
		}
	}
	return rows
}
