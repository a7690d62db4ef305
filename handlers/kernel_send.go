package handlers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/session"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// page is a page and the fragment that it embeds, under one status.
type page struct {
	status   int
	title    string
	fragment templ.Component
	// whole draws the whole page where it is more than the frame around the fragment; nil is that frame.
	whole func(frame.Shell) templ.Component
	// quotes puts the request's id below the fragment, for support.
	quotes bool
	// sheets are the style sheets that the page needs; zero is all of them.
	sheets frame.Sheets
	// current is the address of the navigation's link that is lit.
	current string
	crumbs  []frame.Crumb
	search  string
}

// send answers with the fragment where htmx asks for one, else with the page. Nothing leaves before all of it is drawn.
func (k *kernel) send(c echo.Context, person *session.Person, a page) error {
	varies(c)
	shell := k.shell(c, person, a)
	if person != nil {
		k.tellSession(c, person)
	}
	if a.quotes {
		a.fragment = frame.Quoting(a.fragment, requestID(c))
	}
	if wantsFragment(c.Request()) && a.fragment != nil {
		return draw(c, a.status, frame.Swap(shell, a.fragment))
	}
	if a.whole != nil {
		return draw(c, a.status, a.whole(shell))
	}
	return draw(c, a.status, framed(shell, a.fragment))
}

// varies says that the answer is a page or a part of one by who asks.
func varies(c echo.Context) {
	c.Response().Header().Add(echo.HeaderVary, "HX-Request, HX-Request-Type, HX-History-Restore-Request")
}

// framed is the page that embeds the fragment.
func framed(shell frame.Shell, fragment templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return frame.Page(shell).Render(templ.WithChildren(ctx, fragment), w)
	})
}

// drawn are the buffers that pages are drawn into. A page is some 30 KB, and a buffer that grows to it takes four times as much.
var drawn = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is the largest buffer that waits for another page, in bytes.
const largestKept = 1 << 20

func draw(c echo.Context, status int, component templ.Component) error {
	page := drawn.Get().(*bytes.Buffer)
	page.Reset()
	defer func() {
		if page.Cap() <= largestKept {
			drawn.Put(page)
		}
	}()
	if err := component.Render(c.Request().Context(), page); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(page.Len())) // else it is sent in chunks
	return c.HTMLBlob(status, page.Bytes())
}

// wantsFragment says whether htmx will put the answer into a page. A restore of its history wants the whole page, and
// htmx 4 sends it without HX-Request.
func wantsFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Request-Type") != "full" &&
		r.Header.Get("HX-History-Restore-Request") != "true"
}

// fromScript says whether fetch follows the answer's redirects rather than the browser itself.
func fromScript(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" || r.Header.Get("HX-History-Restore-Request") == "true"
}

// swapsResults says whether htmx puts only the results into the page.
func swapsResults(r *http.Request) bool {
	return wantsFragment(r) && r.Header.Get("HX-Target") == "div#results"
}

// shell is the frame's data, the same on every page.
func (k *kernel) shell(c echo.Context, person *session.Person, a page) frame.Shell {
	shell := frame.Shell{
		Title: a.title, Files: frame.Files{Assets: k.Assets, Needs: a.sheets}, Theme: k.themeOf(c.Request()), TenantName: k.TenantName, Crumbs: a.crumbs,
		Search: a.search, Path: backHere(c), Now: k.now(), RequestID: requestID(c), Version: k.Build,
	}
	if person == nil {
		return shell
	}
	shell.Actor, shell.FormToken = person.Actor(), person.FormToken()
	shell.SignedInSince, shell.SignedInUntil = person.SignedInAt(), person.LatestEnd()
	shell.SessionLeft, shell.SessionWarning = k.sessionLeft(person), min(longestWarning, k.Idle/4)
	if shell.Actor.May(access.See) {
		shell.Nav = k.navigation(c, person, a.current)
	}
	return shell
}

// runbooksPath is the address of the list of runbooks.
const runbooksPath = "/runbooks"

func (k *kernel) navigation(c echo.Context, person *session.Person, current string) []frame.Link {
	views := k.viewLinks(c, person)
	links := []frame.Link{
		{Label: "Overview", Href: "/", Icon: "layout-dashboard"},
		views[0],
		{Label: "Changes", Href: "/changes", Icon: "git-pull-request"},
	}
	if person.Actor().May(access.Audit) {
		links = append(links, frame.Link{Label: "Audit log", Href: "/audit", Icon: "history"})
	}
	links = append(links,
		frame.Link{Heading: "Help", Label: "Runbooks", Href: runbooksPath, Icon: "lifebuoy"},
		frame.Link{Label: "My access", Href: "/access", Icon: "key"},
	)
	for i := range links {
		links[i].Current = links[i].Href == current
	}
	if count := k.countInDoubt(c); count > 0 {
		links[2].Count, links[2].Counted = count, true
	}
	views = views[1:]
	if slices.ContainsFunc(views, func(view frame.Link) bool { return view.Current }) {
		links[1].Current = false // one link of the menu is this page
	}
	links = slices.Insert(links, 3, k.ownRuns(c, person, current)...)
	return append(append(links, views...), k.elsewhere(c, person, current))
}

// elsewhere leads to the changes made elsewhere that wait.
func (k *kernel) elsewhere(c echo.Context, person *session.Person, current string) frame.Link {
	link := frame.Link{Label: "Changed elsewhere", Href: links.ElsewhereURL, Icon: "eye-check", Current: current == links.ElsewhereURL}
	// A number calls for something to be done, so it stands there for those who can do it.
	if waiting := k.left(c).Waiting(); waiting > 0 && person.Actor().May(access.Propose) {
		link.Count, link.Counted = waiting, true
	}
	return link
}

// backHere is the address of this page for a form that leads back to it; a page that answers a form has none of its own,
// and leads back to its connector.
func backHere(c echo.Context) string {
	switch {
	case strings.HasPrefix(c.Path(), "/auth/"): // its address holds a code, and leads back to nothing
		return "/"
	case c.Request().Method != http.MethodPost:
		return c.Request().URL.RequestURI()
	case pathID(c) != "":
		return links.ConnectorURL(pathID(c))
	}
	return "/"
}
