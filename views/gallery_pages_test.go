package views_test

import (
	"context"
	"fmt"
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
	"switchboard/views"
	"switchboard/views/components"
)

// frame is the shell of the pages that are not about one connector.
func frame(title, current string, actor access.Actor) views.Shell {
	s := shell(title)
	s.Actor, s.Path = actor, current
	s.Nav = []views.Link{
		{Label: "Overview", Href: "/", Icon: "layout-dashboard"},
		{Label: "Connectors", Href: "/connectors", Icon: "plug-connected", Count: 38, Counted: true},
		{Label: "Changes", Href: "/changes", Icon: "git-pull-request", Count: 1, Counted: true, Tone: components.Caution},
		{Heading: "Views", Label: "Newly broken", Href: "/connectors?health=broken", Icon: "plug-x", Count: 2, Counted: true, Tone: components.Bad},
	}
	for i := range s.Nav {
		if s.Nav[i].Current = s.Nav[i].Href == current; s.Nav[i].Current {
			s.Crumbs = []views.Crumb{{Label: s.Nav[i].Label}}
		}
	}
	s.SignedInSince, s.SignedInUntil = now.Add(-142*time.Minute), now.Add(338*time.Minute)
	s.Graph = views.GraphNote{Title: "Graph is answering", Detail: "Last read 40 s ago, in 212 ms", Tone: components.Good}
	return s
}

// within is the page that embeds the fragment.
func within(s views.Shell, fragment templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return views.Page(s).Render(templ.WithChildren(ctx, fragment), w)
	})
}

// visitor is nobody's shell.
func visitor(title string) views.Shell {
	s := shell(title)
	s.Actor, s.FormToken, s.Nav, s.Crumbs, s.Path = access.Actor{}, "", nil, nil, "/"
	return s
}

// tenant is made-up rows of every health, in no order.
func tenant() []views.Row {
	made := []struct{ alias, organization, age, status, kind, server string }{
		{"ex01-hq", "Contoso", "24240h", "disconnected", "onPremises", "ex01.corp.contoso.com"},
		{"s2s-emea", "Contoso EMEA", "75h", "disconnected", "serviceToService", "outlook.office365.com"},
		{"hosted-na", "Contoso North America", "12m", "connected", "hosted", "outlook.office365.com"},
		{"hosted-eu", "Fabrikam Europe", "127h", "disconnected", "hosted", "outlook.office365.com"},
		{"journal-apac", "Contoso APAC", "31h", "connected", "dedicated", "mail.apac.contoso.com"},
		{"wingtip-hosted", "Wingtip Toys", "", "connectionPending", "hosted", "outlook.office365.com"},
		{"hosted-uk", "Contoso UK", "31m", "connected", "hosted", "outlook.office365.com"},
		{"s2s-na", "Contoso North America", "44m", "connected", "serviceToService", "outlook.office365.com"},
		{"ex-lab", "Contoso Lab", "", "none", "onPremises", "exlab.corp.contoso.com"},
		{"ex-oslo", "", "24864h", "disconnected", "onPremises", ""},
		{"ex-berlin\u202e", "Fabrikam Deutschland", "27800h", "none", "onPremises", "a-server-with-a-name-as-long-as-dns-allows.in-one-label-and-then-some.fabrikam.example"},
		{"s2s-test", "Litware", "2h", "quarantined", "serviceToService", "outlook.office365.com"},
	}
	rows := make([]views.Row, len(made))
	for i, one := range made {
		synced := "0001-01-01T00:00:00Z"
		if age, err := time.ParseDuration(one.age); err == nil {
			synced = now.Add(-age).Format("2006-01-02T15:04:05.0000000Z")
		}
		c := connector.New(map[string]connector.Value{
			connector.ID:                   connector.Of(fmt.Sprintf("3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4%02d", i)),
			connector.ExchangeAlias:        connector.Of(one.alias),
			connector.ExchangeOrganization: connector.Of(one.organization),
			connector.LastSyncDateTime:     connector.Of(synced),
			connector.Status:               connector.Of(one.status),
			connector.Type:                 connector.Of(one.kind),
			connector.ServerName:           connector.Of(one.server),
		})
		rows[i] = views.Row{Connector: c, Health: retirement.Health(c, now), Sentence: retirement.Explain(c, now, true), InDoubt: one.alias == "journal-apac"}
	}
	return rows
}

// many repeats the tenant's rows under other ids.
func many(n int) []views.Row {
	var rows []views.Row
	for i := range n {
		row := tenant()[i%12]
		row.Connector = with(row.Connector, connector.ID, fmt.Sprintf("many-%04d", i))
		rows = append(rows, row)
	}
	return rows
}

func listExhibit(rows []views.Row, query string, stale *views.Stale) exhibit {
	values, _ := url.ParseQuery(query)
	m := views.List(rows, views.ReadFilter(values))
	m.Read, m.Now, m.Stale = now.Add(-40*time.Second), now, stale
	if stale != nil {
		m.Read = now.Add(-7 * time.Minute)
	}
	framed := frame(m.Title(), "/connectors", admin)
	return exhibit{m.Title(), func() templ.Component { return views.Swap(framed, views.ConnectorResults(m)) }, func() templ.Component { return within(framed, views.ConnectorsContent(m)) }}
}

// odd are rows that cannot be read.
func odd() []views.Row {
	part := connector.New(map[string]connector.Value{connector.ID: connector.Of("bbbbbbbb-0000-4000-8000-000000000001"), connector.ServerName: connector.Of("outlook.office365.com")})
	return []views.Row{
		{Connector: with(part, connector.ExchangeAlias, strings.Repeat("very-", 40)+"long\u202e"), Faults: []string{"status is a number", "version is an object"}},
		{Connector: part, Faults: []string{"status has its name in other letter case"}, InDoubt: true},
		{Faults: []string{"the row is null"}},
	}
}

// gaps are those of a list with these unreadable rows, of which Graph said that it has so many.
func gaps(unreadable []views.Row, said int) views.Gaps {
	var lacking []connector.Connector
	for _, row := range many(said) {
		lacking = append(lacking, row.Connector)
	}
	return views.Gaps{Unreadable: unreadable, Sent: len(unreadable), Said: 2 * said, Unlisted: lacking}
}

func gapsExhibit(rows []views.Row, said int) exhibit {
	m := views.List(rows, views.Filter{})
	m.Read, m.Now, m.Gaps = now.Add(-40*time.Second), now, gaps(odd()[:min(3, len(rows))], said)
	framed := frame(m.Title(), "/connectors", admin)
	return exhibit{m.Title(), func() templ.Component { return views.Swap(framed, views.ConnectorResults(m)) }, func() templ.Component { return within(framed, views.ConnectorsContent(m)) }}
}

func overviewExhibit(m views.Overview, actor access.Actor) exhibit {
	m.Read, m.Now = now.Add(-40*time.Second), now
	m.MayAudit = actor.May(access.Audit)
	whole := func() templ.Component { return within(frame(m.Title(), "/", actor), views.OverviewContent(m)) }
	return exhibit{m.Title(), whole, whole}
}

func problemExhibit(s views.Shell, m views.Problem) exhibit {
	m.RequestID, m.Now = "01JDF6R81WQ4", now
	s.Title = m.Title()
	return exhibit{m.Title(), func() templ.Component { return views.ProblemPart(m) }, func() templ.Component { return within(s, views.ProblemPart(m)) }}
}

func accessExhibit(actor access.Actor) exhibit {
	m := views.Access{Actor: actor, Claim: "groups", RolesAt: now.Add(-time.Minute), Scopes: []string{"openid"}, Now: now}
	whole := func() templ.Component { return within(frame("My access", "", actor), views.AccessDetail(m)) }
	return exhibit{"My access", whole, whole}
}

// sessionsExhibit are three sessions: one's own, one that says nothing of itself, and one of somebody with a long name.
func sessionsExhibit(whose func(views.Sessions) templ.Component) exhibit {
	m := views.Sessions{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, MayEndAny: true, Now: now, Sessions: []views.Session{
		{ID: "a", Person: admin, Device: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Address: "2001:db8::1", Current: true, Since: now.Add(-time.Hour), LastSeen: now},
		{ID: "b", Person: access.Actor{Name: "Nora Quist"}, Since: now.Add(-2 * time.Hour), LastSeen: now.Add(-time.Minute)},
		{ID: "c", Person: access.Actor{Name: strings.Repeat("Maximiliane ", 20), Roles: access.Roles()}, Device: "curl", Address: "203.0.113.9", Since: now.Add(-3 * time.Hour), LastSeen: now.Add(-29 * time.Minute)},
	}}
	whole := func() templ.Component { return within(frame("Sessions", "", admin), whose(m)) }
	return exhibit{"Sessions", whole, whole}
}

func pageExhibit(title string, page func() templ.Component) exhibit {
	return exhibit{title, page, page}
}

// recent are the events of every kind with the names of connectors.
func recent() []views.Event {
	names := []connector.Name{{Short: "journal-apac"}, {Short: "hosted-uk"}, {Short: "ex02-hq"}}
	all := history()
	for i := range all {
		all[i].Connector, all[i].Name = connectorID, names[i%len(names)]
	}
	return all
}

// pages are those that are not about one connector, in every state.
func pages() map[string]exhibit {
	rows := tenant()
	busy := views.Overview{Counts: views.Count(rows), Attention: views.Attention(rows), Recent: recent(), Outside: recent()[8:9], InDoubt: []views.Receipt{inDoubt()}}
	busy.InDoubt[0].You, busy.InDoubt[0].Who = false, "Priya Raman"
	calm := views.Overview{Counts: views.Counts{connector.Healthy: 6, connector.Retired: 28}}
	down := busy
	down.Stale = &views.Stale{MayEdit: true, Why: "Graph is not answering (503).", Retry: now.Add(time.Minute)}
	gappy := busy
	gappy.Gaps = gaps(odd(), 19)
	norole := access.Actor{OID: "oid3", TID: "tid", Name: "Nora Quist", Username: "nora@contoso.example", Claims: []string{"Payroll.Clerk"}}
	crowded := admin // one of whose 1,501 groups is a role
	crowded.Claims = append(slices.Repeat([]string{"CN=Everybody"}, 1500), crowded.Claims...)
	nameless := access.Actor{OID: "7c2d", TID: "https://login.example", Name: "7c2d", Claims: []string{"Connector.Auditor"}, Granting: []string{"Connector.Auditor"}, Roles: []access.Role{access.Auditor}}
	lost := problem.New(problem.NotFound, "Graph has no connector with this id.").Saying("It was probably removed.").Advising("Look for it by name.")
	refused := problem.New(problem.Forbidden, "You may not edit connectors.").Saying("Your role is Helpdesk. Nothing was sent to Graph.").Verbatim("User is not authorized to perform this operation").
		Advising("It needs the role admin. Ask an administrator of Switchboard for it.").Quoting("Graph request id", "d4b03f17-58a2-4c0e-9d6b-2f7e881091ce")
	gone := problem.New(problem.Unavailable, "Graph is not answering (503).").Saying("Nothing has been read in this session yet, so there is nothing to show instead.").After(90 * time.Second)

	return map[string]exhibit{
		"overview":          overviewExhibit(busy, admin),
		"overview-calm":     overviewExhibit(calm, helpdesk),
		"overview-stale":    overviewExhibit(down, admin),
		"overview-gaps":     overviewExhibit(gappy, admin),
		"list":              listExhibit(rows, "", nil),
		"list-filtered":     listExhibit(rows, "q=contoso&status=connected&sort=-name", nil),
		"list-none":         listExhibit(rows, "q=wingtip&status=connected&type=hosted&health=late", nil),
		"list-pages":        listExhibit(many(480), "page=4&sort=sync", nil),
		"list-stale":        listExhibit(rows, "", down.Stale),
		"list-empty":        listExhibit(nil, "", nil),
		"list-gaps":         gapsExhibit(append(rows, odd()...), 19),
		"list-gaps-alone":   gapsExhibit(odd(), 0),
		"list-unseen":       listExhibit([]views.Row{{Connector: peculiar(), Health: connector.Healthy}, {Connector: naMail(), Health: connector.Healthy}}, "q=na\u2007mail", nil),
		"list-short-empty":  gapsExhibit(nil, 7),
		"problem-403":       problemExhibit(frame("", "/connectors", helpdesk), views.Problem{Status: 403, Problem: refused, Next: []views.Crumb{{Label: "Back to hosted-eu", Href: "/connectors/x"}}}),
		"problem-404":       problemExhibit(frame("", "/connectors", admin), views.Problem{Status: 404, Problem: lost, Next: []views.Crumb{{Label: "All connectors", Href: "/connectors"}}}),
		"problem-503":       problemExhibit(frame("", "/connectors", admin), views.Problem{Status: 503, Problem: gone, Again: true}),
		"problem-signedout": problemExhibit(visitor(""), views.Problem{Status: 404, Problem: problem.New(problem.NotFound, "There is no page at this address.").Advising("Check the address."), Next: []views.Crumb{{Label: "To Switchboard", Href: "/"}}}),
		"problem-421": pageExhibit("Elsewhere", func() templ.Component {
			return views.MisdirectedPage(views.Misdirected{
				Problem: problem.New(problem.Misdirected, "This address does not belong to Switchboard."), RequestID: "3f0c",
				Address: "http://127.0.0.1:8080", Link: "http://127.0.0.1:8080/connectors?q=na",
			})
		}),
		"no-role": pageExhibit("No role", func() templ.Component {
			return views.NoRolePage(frame("No role", "", norole), views.NoRole{Claim: "roles", Arrived: norole.Claims, Wanted: []views.WantedRole{
				{Role: access.Admin, Values: []string{"Connector.Admin"}}, {Role: access.Helpdesk, Values: []string{"Connector.Helpdesk"}}, {Role: access.Auditor, Values: []string{"Connector.Auditor"}}}})
		}),
		"no-role-of-many": pageExhibit("No role of many", func() templ.Component {
			return views.NoRolePage(frame("No role", "", norole), views.NoRole{Claim: "groups", Arrived: crowded.Claims, Wanted: []views.WantedRole{{Role: access.Admin, Values: []string{"Connector.Admin"}}}})
		}),
		"access-of-many-groups": accessExhibit(crowded),
		"access-nameless":       accessExhibit(nameless),
		"sessions":              sessionsExhibit(views.SessionList),
		"sessions-all":          sessionsExhibit(views.AllSessions),
		"signed-out":            pageExhibit("Signed out", func() templ.Component { return views.SignedOutPage(visitor("You are signed out"), views.SignedOut{}) }),
		"session-ended": pageExhibit("Ended", func() templ.Component {
			return views.SignedOutPage(visitor("Your session has ended"), views.SignedOut{Ended: true, Idle: 30 * time.Minute})
		}),
		"logging-out": pageExhibit("Out", func() templ.Component {
			return views.LoggingOutPage(visitor("Signing you out"), views.LoggingOut{Next: "https://login.example/logout", Elsewhere: true})
		}),
		"logging-out-here": pageExhibit("Out here", func() templ.Component {
			return views.LoggingOutPage(visitor("Signing you out"), views.LoggingOut{Next: "/signed-out?provider=stays"})
		}),
		"signed-out-here": pageExhibit("Signed out here", func() templ.Component {
			return views.SignedOutPage(visitor("You are signed out"), views.SignedOut{ProviderStays: true})
		}),
	}
}

// TestPagesGallery writes every page into $SWITCHBOARD_GALLERY, to be looked at, and holds each to what all pages keep.
func TestPagesGallery(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range pages() {
		page := string(rendered(t, exhibit.page()))
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
