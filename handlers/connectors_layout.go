package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/session"
	"switchboard/views/connectors"
)

// layoutCookie keeps how a browser lays out the list. It is the browser's and not the person's: a laptop and a wide screen have
// room for other columns, and no page has to ask the database for it.
const layoutCookie = "switchboard_list"

// filter is what the address asks of the list, in the layout that the browser keeps.
func (h *connectorPages) filter(c echo.Context) (connectors.Filter, error) {
	if _, err := connectors.ReadLayout(c.QueryParams()); err != nil {
		return connectors.Filter{}, err
	}
	filter := connectors.ReadFilter(c.QueryParams())
	filter.Kept = h.layoutOf(c.Request())
	return filter, nil
}

// layoutOf is the layout that a browser keeps; one that nobody of ours wrote is none.
func (h *connectorPages) layoutOf(r *http.Request) connectors.Layout {
	cookie, err := r.Cookie(h.cookieName(layoutCookie))
	if err != nil {
		return connectors.Layout{}
	}
	size, columns, _ := strings.Cut(cookie.Value, "/")
	layout, err := connectors.ReadLayout(url.Values{
		connectors.SizeField: {strings.TrimPrefix(size, "0")}, connectors.ColumnsField: {strings.ReplaceAll(columns, ".", ",")},
	})
	if err != nil {
		return connectors.Layout{}
	}
	return layout
}

// layout keeps the columns, or the rows a page, that somebody chose, and goes back to the list as it was filtered.
func (h *connectorPages) layout(c echo.Context, _ *session.Person) error {
	form := sentForm(c)
	chosen, err := connectors.ReadLayout(form)
	if err != nil {
		return err
	}
	kept := h.layoutOf(c.Request())
	switch {
	case chosen.Columns != "":
		kept.Columns = chosen.Columns
	case form.Has(connectors.ColumnsField) && chosen.Size == 0: // else a button of the rows was pressed, and the ticks of the same form are not meant
		kept.Columns = ""
		kept = kept.Ticked(func(name string) bool { return form.Has(connectors.TickOf(name)) })
	}
	if chosen.Size > 0 {
		kept.Size = chosen.Size
	}
	h.setCookie(c, layoutCookie, strconv.Itoa(kept.Size)+"/"+strings.ReplaceAll(kept.Columns, ",", "."), aYear)
	return c.Redirect(http.StatusSeeOther, listAt(form.Get("query")).URL())
}

// listAt is the list that a form leads back to.
func listAt(text string) connectors.Filter {
	query, err := url.ParseQuery(strings.TrimPrefix(text, "?"))
	if err != nil {
		return connectors.Filter{}
	}
	return connectors.ReadFilter(query)
}

// tools are what the person can do with the list.
func (h *connectorPages) tools(c echo.Context, person *session.Person) connectors.Tools {
	return connectors.Tools{
		Token: person.FormToken(), Views: h.viewsOf(c, person),
		MayEdit: person.Actor().May(access.Edit), MayAudit: person.Actor().May(access.Audit),
	}
}

// matchingIDs are those of all pages, for the ticks.
func (h *connectorPages) matchingIDs(c echo.Context, person *session.Person, rows []connectors.Row) error {
	ids := []string{}
	for _, row := range rows {
		if !row.Unreadable() {
			ids = append(ids, row.Connector.ID())
		}
	}
	varies(c)
	h.tellSession(c, person)
	return draw(c, http.StatusOK, connectors.MatchingIDs(ids))
}
