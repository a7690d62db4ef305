package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/desk"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/components"
	"switchboard/views/connectors"
	"switchboard/views/frame"
)

// SavedViews are filters of the list that people have given names.
type SavedViews interface {
	Views(context.Context, access.Actor) ([]desk.SavedView, error)
	SaveView(ctx context.Context, who access.Actor, name, query string) error
	DeleteView(ctx context.Context, who access.Actor, id string) error
}

// saveView gives the list's filter a name.
func (h *connectorPages) saveView(c echo.Context, person *session.Person) error {
	form := sentForm(c)
	query, err := viewQuery(form)
	if err != nil {
		return err
	}
	filter := connectors.ReadFilter(query)
	filter.Page = 0
	err = h.views.SaveView(c.Request().Context(), person.Actor(), form.Get(desk.NameField), filter.Values().Encode())
	if said, is := errors.AsType[problem.Problem](err); is && said.Kind() == problem.Invalid && len(said.Fields()) > 0 {
		return h.viewRefused(c, person, filter, said)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, filter.URL())
}

// viewQuery is the query that a view is to have: in the field of that name as an address has it, or each parameter as a field.
// Another parameter than the list's is a problem.
func viewQuery(form url.Values) (url.Values, error) {
	query := url.Values{}
	if text := form.Get("query"); text != "" {
		read, err := url.ParseQuery(strings.TrimPrefix(text, "?"))
		if err != nil {
			return nil, noView()
		}
		query = read
	}
	for name, values := range form {
		if name != tokenField && name != desk.NameField && name != "query" {
			query[name] = values
		}
	}
	for name, values := range query {
		if !slices.Contains(connectors.Parameters, name) || len(values) > 1 {
			return nil, noView()
		}
	}
	if _, err := connectors.ReadLayout(query); err != nil {
		return nil, noView()
	}
	return query, nil
}

func noView() error {
	return problem.New(problem.Invalid, "This view was not saved.").Saying("The list cannot be filtered so.").
		Advising("Filter the list as you want it, and save the view from there.")
}

// viewRefused is the form again.
func (h *connectorPages) viewRefused(c echo.Context, person *session.Person, filter connectors.Filter, said problem.Problem) error {
	model := connectors.ViewForm{
		Token: person.FormToken(), Query: filter.Values().Encode(), Name: sentForm(c).Get(desk.NameField),
		Fault: said.Fields()[0].Message, Views: h.viewsOf(c, person),
	}
	return h.send(c, person, page{
		status: status(said), title: connectors.ViewTitle, fragment: connectors.ViewRefused(model), current: "/connectors",
		crumbs: []frame.Crumb{{Label: "Connectors", Href: "/connectors"}, {Label: connectors.ViewTitle}},
	})
}

// deleteView takes a name away; the list it stood for is shown once more, without it.
func (h *connectorPages) deleteView(c echo.Context, person *session.Person) error {
	to := connectors.Filter{}
	for _, view := range h.viewsOf(c, person) {
		if view.ID == c.Param("view") {
			to = listAt(strings.TrimPrefix(view.URL, "/connectors"))
		}
	}
	if err := h.views.DeleteView(c.Request().Context(), person.Actor(), c.Param("view")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to.URL())
}

// viewsOf are the person's, none where the database does not say; read once a request.
func (h *connectorPages) viewsOf(c echo.Context, person *session.Person) []connectors.View {
	if known, read := c.Get(viewsKey).([]connectors.View); read {
		return known
	}
	saved, err := h.views.Views(c.Request().Context(), person.Actor())
	if err != nil {
		h.log(c).Warn("the saved views could not be read", "error", err.Error())
	}
	shown := make([]connectors.View, len(saved))
	for i, one := range saved {
		shown[i] = connectors.View{ID: one.ID, Name: one.Name, URL: listAt(one.Query).URL()}
	}
	c.Set(viewsKey, shown)
	return shown
}

// viewsKey is where a request's context keeps them.
const viewsKey = "views"

// viewLinks are all connectors and the saved views, for the menu, each with how many there are as far as this session has read. Graph is
// not asked.
func (h *connectorPages) viewLinks(c echo.Context, person *session.Person) []frame.Link {
	views := append([]connectors.View{
		{Name: "Connectors", URL: connectors.Filter{}.URL()}, {Name: "Newly broken", URL: connectors.Filter{Health: connector.Broken}.URL()},
	}, h.viewsOf(c, person)...)
	counts, counted := h.countViews(c, person, views)
	here := ""
	if c.Path() == "/connectors" && c.Request().Method != http.MethodPost {
		here = connectors.ReadFilter(c.QueryParams()).URL()
	}
	links, lit := make([]frame.Link, len(views)), slices.IndexFunc(views, func(view connectors.View) bool { return view.URL == here })
	for i, view := range views {
		links[i] = frame.Link{Label: components.Shown(view.Name), Href: view.URL, Icon: "bookmark", Counted: counted, Current: i == lit}
		if counted {
			links[i].Count = counts[i]
		}
	}
	links[0].Icon = "plug-connected"
	links[1].Heading, links[1].Icon = "Views", "plug-x"
	if links[1].Count > 0 {
		links[1].Tone = components.Bad
	}
	return links
}

// viewCounts are the counts that were worked out last for each session: a page of a large tenant would do it at every key.
type viewCounts struct {
	mu sync.Mutex
	of map[string]countedViews
}

// countedViews hold for what was judged, for a minute: health goes by the time, and former names are another's to give.
type countedViews struct {
	of     weak.Pointer[connectors.Judged]
	minute time.Time
	views  []connectors.View
	newer  []connector.Connector // what the session knows to be otherwise than it was judged
	counts []int
}

// same says whether both count the same.
func (v countedViews) same(other countedViews) bool {
	return v.of == other.of && v.minute.Equal(other.minute) && slices.Equal(v.views, other.views) &&
		slices.EqualFunc(v.newer, other.newer, connector.Connector.Equal)
}

// mostCounted bounds the sessions whose counts are kept.
const mostCounted = 2000

// countViews counts in what the session read last; false says that it has read nothing.
func (h *connectorPages) countViews(c echo.Context, person *session.Person, views []connectors.View) ([]int, bool) {
	listing, there := h.inventory.Recent(person, maxNameAge)
	if !there {
		return nil, false
	}
	now := h.now()
	read, newer := listing.Base()
	own := countedViews{of: weak.Make(h.judgedOnce(read, now)), minute: now.Truncate(time.Minute), views: views}
	for _, at := range newer {
		own.newer = append(own.newer, listing.Connectors[at])
	}
	h.counts.mu.Lock()
	known, is := h.counts.of[person.SessionHash()]
	h.counts.mu.Unlock()
	if is && known.same(own) {
		return known.counts, true
	}
	own.counts = h.countEach(c, h.judged(listing, now), filtersOf(views))
	h.counts.mu.Lock()
	defer h.counts.mu.Unlock()
	if len(h.counts.of) >= mostCounted {
		clear(h.counts.of)
	}
	h.counts.of[person.SessionHash()] = own
	return own.counts, true
}

// countEach is how many rows each filter finds, as the list does: where one searches, also by former names.
func (h *connectorPages) countEach(c echo.Context, judged *connectors.Judged, filters []connectors.Filter) []int {
	rows := judged.Rows()
	if at := slices.IndexFunc(filters, func(filter connectors.Filter) bool { return filter.Query != "" }); at >= 0 {
		rows = h.formerly(c, slices.Clone(rows), filters[at].Query)
	}
	return connectors.CountEach(rows, filters)
}

func filtersOf(views []connectors.View) []connectors.Filter {
	filters := make([]connectors.Filter, len(views))
	for i, view := range views {
		filters[i] = listAt(strings.TrimPrefix(view.URL, "/connectors"))
	}
	return filters
}
