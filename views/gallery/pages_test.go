package gallery

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/account"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/problems"
	"switchboard/views/viewstest"
)

// pageShell is the shell of the pages that are not about one connector.
func pageShell(title, current string, actor access.Actor) frame.Shell {
	s := viewstest.Shell(title)
	s.Actor, s.Path = actor, current
	s.Nav = []frame.Link{
		{Label: "Overview", Href: "/", Icon: "layout-dashboard"},
		{Label: "Connectors", Href: "/connectors", Icon: "plug-connected", Count: 38, Counted: true},
		{Label: "Changes", Href: "/changes", Icon: "git-pull-request", Count: 1, Counted: true, Tone: components.Caution},
		{Heading: "Views", Label: "Changed elsewhere", Href: "/changes?show=elsewhere", Icon: "eye-check", Count: 2, Counted: true},
		{Label: "Newly broken", Href: "/connectors?health=broken", Icon: "plug-x", Count: 2, Counted: true, Tone: components.Bad},
	}
	for i := range s.Nav {
		if s.Nav[i].Current = s.Nav[i].Href == current; s.Nav[i].Current {
			s.Crumbs = []frame.Crumb{{Label: s.Nav[i].Label}}
		}
	}
	s.SignedInSince, s.SignedInUntil = viewstest.Now.Add(-142*time.Minute), viewstest.Now.Add(338*time.Minute)
	return s
}

// within is the page that embeds the fragment.
func within(s frame.Shell, fragment templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return frame.Page(s).Render(templ.WithChildren(ctx, fragment), w)
	})
}

// visitor is nobody's shell.
func visitor(title string) frame.Shell {
	s := viewstest.Shell(title)
	s.Actor, s.FormToken, s.Nav, s.Crumbs, s.Path = access.Actor{}, "", nil, nil, "/"
	return s
}

// listShell has the style sheets of the list alone.
func listShell(title string) frame.Shell {
	framed := pageShell(title, "/connectors", viewstest.Admin)
	framed.Needs = frame.ListSheets
	return framed
}

func listExhibit(rows []connectors.Row, query string, stale *connectors.Stale) exhibit {
	values, _ := url.ParseQuery(query)
	m := connectors.List(rows, connectors.ReadFilter(values))
	m.Read, m.Now, m.Stale = viewstest.Now.Add(-40*time.Second), viewstest.Now, stale
	m.Tools = connectors.Tools{Token: "session-token", MayEdit: true, MayAudit: true, Views: viewstest.Views()}
	if stale != nil {
		m.Read = viewstest.Now.Add(-7 * time.Minute)
	}
	framed := listShell(m.Title())
	return exhibit{m.Title(), func() templ.Component { return frame.Swap(framed, connectors.ListingResults(m)) }, func() templ.Component { return within(framed, connectors.ListingContent(m)) }}
}

// viewExhibit is the form of a view whose name is taken.
func viewExhibit() exhibit {
	m := connectors.ViewForm{Token: "session-token", Query: "health=late", Name: viewstest.Views()[0].Name, Fault: "You have a view of this name. Choose another, or delete that view first.", Views: viewstest.Views()}
	framed := pageShell(connectors.ViewTitle, "/connectors", viewstest.Admin)
	return exhibit{connectors.ViewTitle, func() templ.Component { return frame.Swap(framed, connectors.ViewRefused(m)) }, func() templ.Component { return within(framed, connectors.ViewRefused(m)) }}
}

// gaps are those of a list with these unreadable rows, of which Graph said that it has so many.
func gaps(unreadable []connectors.Row, said int) connectors.Gaps {
	var lacking []connector.Connector
	for _, row := range viewstest.Many(said) {
		lacking = append(lacking, row.Connector)
	}
	return connectors.Gaps{Unreadable: unreadable, Sent: len(unreadable), Said: 2 * said, Unlisted: lacking}
}

func gapsExhibit(rows []connectors.Row, said int) exhibit {
	m := connectors.List(rows, connectors.Filter{})
	m.Read, m.Now, m.Gaps = viewstest.Now.Add(-40*time.Second), viewstest.Now, gaps(viewstest.Odd()[:min(3, len(rows))], said)
	framed := listShell(m.Title())
	return exhibit{m.Title(), func() templ.Component { return frame.Swap(framed, connectors.ListingResults(m)) }, func() templ.Component { return within(framed, connectors.ListingContent(m)) }}
}

// partExhibit is a list whose further pages are on their way.
func partExhibit(rows []connectors.Row) exhibit {
	m := connectors.List(rows, connectors.Filter{})
	m.Read, m.Now, m.Gaps = viewstest.Now.Add(-4*time.Second), viewstest.Now, connectors.Gaps{Sent: len(rows), Said: 10_001, Partial: true}
	framed := pageShell(m.Title(), "/connectors", viewstest.Admin)
	return exhibit{m.Title(), func() templ.Component { return frame.Swap(framed, connectors.ListingResults(m)) }, func() templ.Component { return within(framed, connectors.ListingContent(m)) }}
}

func overviewExhibit(m connectors.Overview, actor access.Actor) exhibit {
	m.Read, m.Now = viewstest.Now.Add(-40*time.Second), viewstest.Now
	m.Actor = actor
	framed := pageShell(m.Title(), "/", actor)
	framed.Needs = frame.CommonSheet
	whole := func() templ.Component { return within(framed, connectors.OverviewContent(m)) }
	return exhibit{m.Title(), whole, whole}
}

func problemExhibit(s frame.Shell, m problems.Problem) exhibit {
	m.RequestID, m.Now = "01JDF6R81WQ4", viewstest.Now
	s.Title = m.Title()
	return exhibit{m.Title(), func() templ.Component { return problems.Part(m) }, func() templ.Component { return within(s, problems.Part(m)) }}
}

func accessExhibit(actor access.Actor) exhibit {
	m := account.Access{Actor: actor, Claim: "groups", RolesAt: viewstest.Now.Add(-time.Minute), Scopes: []string{"openid"}, Now: viewstest.Now}
	whole := func() templ.Component { return within(pageShell("My access", "", actor), account.AccessDetail(m)) }
	return exhibit{"My access", whole, whole}
}

// sessionsExhibit are three sessions: one's own, one that says nothing of itself, and one of somebody with a long name.
func sessionsExhibit(whose func(account.Sessions) templ.Component) exhibit {
	m := account.Sessions{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, MayEndAny: true, Now: viewstest.Now, Sessions: []account.Session{
		{ID: "a", Person: viewstest.Admin, Device: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Address: "2001:db8::1", Current: true, Since: viewstest.Now.Add(-time.Hour), LastSeen: viewstest.Now},
		{ID: "b", Person: access.Actor{Name: "Nora Quist"}, Since: viewstest.Now.Add(-2 * time.Hour), LastSeen: viewstest.Now.Add(-time.Minute)},
		{ID: "c", Person: access.Actor{Name: strings.Repeat("Maximiliane ", 20), Roles: access.Roles()}, Device: "curl", Address: "203.0.113.9", Since: viewstest.Now.Add(-3 * time.Hour), LastSeen: viewstest.Now.Add(-29 * time.Minute)},
	}}
	whole := func() templ.Component { return within(pageShell("Sessions", "", viewstest.Admin), whose(m)) }
	return exhibit{"Sessions", whole, whole}
}

func pageExhibit(title string, page func() templ.Component) exhibit {
	return exhibit{title, page, page}
}

// pages are those that are not about one connector, in every state.
func pages() map[string]exhibit {
	rows := viewstest.Tenant()
	busy := connectors.Overview{Counts: connectors.Count(rows), Attention: connectors.Attention(rows), Recent: viewstest.Recent(), Outside: []changes.Event{viewstest.Elsewhere()}, Waiting: 7, Claims: []connectors.Claim{*viewstest.Claim()}, InDoubt: []changes.Receipt{viewstest.InDoubt()}}
	busy.Claims[0].About = connectors.ClaimAbout{ID: viewstest.ConnectorID, Name: viewstest.NaMail().Name()}
	busy.Attention[0].Claim, rows[1].Claim = viewstest.Claim(), viewstest.Claim()
	busy.InDoubt[0].You, busy.InDoubt[0].Who = false, "Priya Raman"
	busy.Attention[0].Past = "It synced hourly until Saturday 07:02, and its version changed the day before, from 2026.9.1 to 2026.10.3."
	busy.Trend, busy.Log = viewstest.Trend(), connectors.Log{Lines: 1287, Checked: viewstest.Now.Add(-2 * time.Minute)}
	calm := connectors.Overview{Counts: connectors.Counts{connector.Healthy: 6, connector.Retired: 28}}
	down := busy
	altered := busy
	altered.Log = connectors.Log{Broken: true, First: 1204}
	crowd := connectors.Attention(viewstest.Many(480))
	many := connectors.Overview{Counts: connectors.Count(viewstest.Many(480)), Attention: crowd, InDoubt: slices.Repeat(busy.InDoubt, 7)}
	down.Stale = &connectors.Stale{MayEdit: true, Why: "Graph is not answering (503).", Retry: viewstest.Now.Add(time.Minute)}
	gappy := busy
	gappy.Gaps = gaps(viewstest.Odd(), 19)
	norole := access.Actor{OID: "oid3", TID: "tid", Name: "Nora Quist", Username: "nora@contoso.example", Claims: []string{"Payroll.Clerk"}}
	crowded := viewstest.Admin // one of whose 1,501 groups is a role
	crowded.Claims = append(slices.Repeat([]string{"CN=Everybody"}, 1500), crowded.Claims...)
	nameless := access.Actor{OID: "7c2d", TID: "https://login.example", Name: "7c2d", Claims: []string{"Connector.Auditor"}, Granting: []string{"Connector.Auditor"}, Roles: []access.Role{access.Auditor}}
	lost := problem.New(problem.NotFound, "Graph has no connector with this id.").Saying("It was probably removed.").Advising("Look for it by name.")
	refused := problem.New(problem.Forbidden, "You may not edit connectors.").Saying("Your role is Helpdesk. Nothing was sent to Graph.").Verbatim("User is not authorized to perform this operation").
		Advising("It needs the role admin. Ask an administrator of Switchboard for it.").Quoting("Graph request id", "d4b03f17-58a2-4c0e-9d6b-2f7e881091ce")
	gone := problem.New(problem.Unavailable, "Graph is not answering (503).").Saying("Nothing has been read in this session yet, so there is nothing to show instead.").After(90 * time.Second)

	return map[string]exhibit{
		"overview":          overviewExhibit(busy, viewstest.Admin),
		"overview-helpdesk": overviewExhibit(busy, viewstest.Helpdesk),
		"overview-auditor":  overviewExhibit(busy, viewstest.Auditor),
		"overview-broken":   overviewExhibit(altered, viewstest.Admin),
		"overview-told":     overviewExhibit(altered, viewstest.Helpdesk),
		"overview-many":     overviewExhibit(many, viewstest.Admin),
		"overview-calm":     overviewExhibit(calm, viewstest.Helpdesk),
		"overview-stale":    overviewExhibit(down, viewstest.Admin),
		"overview-gaps":     overviewExhibit(gappy, viewstest.Admin),
		"list":              listExhibit(rows, "", nil),
		"list-filtered":     listExhibit(rows, "q=contoso&status=connected&sort=-name", nil),
		"list-none":         listExhibit(rows, "q=wingtip&status=connected&type=hosted&health=late", nil),
		"list-pages":        listExhibit(viewstest.Many(480), "page=4&sort=sync", nil),
		"list-chosen":       listExhibit(rows, "columns=id,connectorServerName,primarySmtpAddress,version,serverName,status,exchangeConnectorType,lastSyncDateTime&size=25", nil),
		"list-view-refused": viewExhibit(),
		"list-stale":        listExhibit(rows, "", down.Stale),
		"list-empty":        listExhibit(nil, "", nil),
		"list-gaps":         gapsExhibit(append(rows, viewstest.Odd()...), 19),
		"list-part":         partExhibit(rows),
		"list-gaps-alone":   gapsExhibit(viewstest.Odd(), 0),
		"list-unseen":       listExhibit([]connectors.Row{{Connector: peculiar(), Health: connector.Healthy}, {Connector: viewstest.NaMail(), Health: connector.Healthy}}, "q=na\u2007mail", nil),
		"list-short-empty":  gapsExhibit(nil, 7),
		"problem-403":       problemExhibit(pageShell("", "/connectors", viewstest.Helpdesk), problems.Problem{Status: 403, Problem: refused, Next: []frame.Crumb{{Label: "Back to hosted-eu", Href: "/connectors/x"}}}),
		"problem-404":       problemExhibit(pageShell("", "/connectors", viewstest.Admin), problems.Problem{Status: 404, Problem: lost, Next: []frame.Crumb{{Label: "All connectors", Href: "/connectors"}}}),
		"problem-503":       problemExhibit(pageShell("", "/connectors", viewstest.Admin), problems.Problem{Status: 503, Problem: gone, Again: true}),
		"problem-signedout": problemExhibit(visitor(""), problems.Problem{Status: 404, Problem: problem.New(problem.NotFound, "There is no page at this address.").Advising("Check the address."), Next: []frame.Crumb{{Label: "To Switchboard", Href: "/"}}}),
		"problem-421": pageExhibit("Elsewhere", func() templ.Component {
			return problems.MisdirectedPage(problems.Misdirected{
				Problem: problem.New(problem.Misdirected, "This address does not belong to Switchboard."), RequestID: "3f0c",
				Address: "http://127.0.0.1:8080", Link: "http://127.0.0.1:8080/connectors?q=na",
			})
		}),
		"no-role": pageExhibit("No role", func() templ.Component {
			return account.NoRolePage(pageShell("No role", "", norole), account.NoRole{Claim: "roles", Arrived: norole.Claims, Wanted: []account.WantedRole{
				{Role: access.Admin, Values: []string{"Connector.Admin"}}, {Role: access.Helpdesk, Values: []string{"Connector.Helpdesk"}}, {Role: access.Auditor, Values: []string{"Connector.Auditor"}}}})
		}),
		"no-role-of-many": pageExhibit("No role of many", func() templ.Component {
			return account.NoRolePage(pageShell("No role", "", norole), account.NoRole{Claim: "groups", Arrived: crowded.Claims, Wanted: []account.WantedRole{{Role: access.Admin, Values: []string{"Connector.Admin"}}}})
		}),
		"access-of-many-groups": accessExhibit(crowded),
		"access-nameless":       accessExhibit(nameless),
		"sessions":              sessionsExhibit(account.SessionList),
		"sessions-all":          sessionsExhibit(account.AllSessions),
		"signed-out": pageExhibit("Signed out", func() templ.Component {
			return account.SignedOutPage(visitor("You are signed out"), account.SignedOut{})
		}),
		"session-ended": pageExhibit("Ended", func() templ.Component {
			return account.SignedOutPage(visitor("Your session has ended"), account.SignedOut{Ended: true, Idle: 30 * time.Minute})
		}),
		"logging-out": pageExhibit("Out", func() templ.Component {
			return account.LoggingOutPage(visitor("Signing you out"), account.LoggingOut{Next: "https://login.example/logout", Elsewhere: true})
		}),
		"logging-out-here": pageExhibit("Out here", func() templ.Component {
			return account.LoggingOutPage(visitor("Signing you out"), account.LoggingOut{Next: "/signed-out?provider=stays"})
		}),
		"signed-out-here": pageExhibit("Signed out here", func() templ.Component {
			return account.SignedOutPage(visitor("You are signed out"), account.SignedOut{ProviderStays: true})
		}),
	}
}

// TestPagesGallery writes every page into $SWITCHBOARD_GALLERY, to be looked at, and holds each to what all pages keep.
func TestPagesGallery(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range pages() {
		page := string(viewstest.Rendered(t, exhibit.page()))
		if strings.Contains(page, `d=""`) {
			t.Errorf("%s shows an icon that static/icons.mjs does not have", name)
		}
		for _, mark := range []string{"<h1", "<main"} {
			if got := strings.Count(page, mark); got != 1 {
				t.Errorf("%s has %d of %s, want 1", name, got, mark)
			}
		}
		if folder == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".html"), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
