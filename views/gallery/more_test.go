package gallery

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/account"
	"switchboard/views/auditlog"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/problems"
	"switchboard/views/viewstest"
)

// more are the pages of the audit log, sessions, and every kind of page with texts as long as they come.
func more() map[string]exhibit {
	all := map[string]exhibit{"access": accessExhibit(viewstest.Admin), "access-helpdesk": accessExhibit(viewstest.Helpdesk)}
	for name, draw := range viewstest.AuditStates() {
		all["record-"+name] = exhibit{page: func() templ.Component { return within(pageShell("Audit log", "/audit", viewstest.Admin), draw()) }}
	}
	for name, one := range stretched() {
		all["long-"+name] = one
	}
	maps.Copy(all, licenceExhibits())
	maps.Copy(all, searchExhibits())
	maps.Copy(all, runbookExhibits())
	maps.Copy(all, callerExhibits())
	maps.Copy(all, bulkExhibits())
	return all
}

func devicesExhibit(device string) exhibit {
	m := account.Sessions{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, FormToken: "session-token", Now: viewstest.Now}
	for i, id := range []string{"one", "two", "three"} {
		m.Sessions = append(m.Sessions, account.Session{ID: id, Device: device, Current: i == 0, Since: viewstest.Now.Add(-time.Hour), LastSeen: viewstest.Now})
	}
	return exhibit{page: func() templ.Component {
		return within(pageShell("Where you are signed in", "/sessions", viewstest.Admin), account.SessionList(m))
	}}
}

// unbroken is a text that no line can be broken in by itself, spaced one that can.
var (
	unbroken = strings.Repeat("WideIdentifier_", 20)
	spaced   = strings.Repeat("Contoso of the North ", 15)
)

// giant is a connector whose every text is long.
func giant() connector.Connector {
	c := viewstest.NaMail()
	for _, name := range []string{connector.ServerName, connector.ConnectorServerName, connector.PrimarySMTPAddress, connector.Version, connector.ExchangeAlias, connector.Status, connector.Type} {
		c = viewstest.With(c, name, unbroken)
	}
	return viewstest.With(viewstest.With(c, connector.ExchangeOrganization, spaced), connector.ID, unbroken)
}

func stretched() map[string]exhibit {
	anybody := viewstest.Admin
	anybody.Name, anybody.Username, anybody.Claims, anybody.Granting = unbroken, unbroken+"@contoso.example", []string{unbroken}, []string{unbroken}
	row := connectors.Row{Connector: giant(), Health: connector.Broken, Sentence: viewstest.Retirement.Explain(giant(), viewstest.Now, true)}
	changed := viewstest.Field(connector.ServerName, unbroken, spaced, unbroken+"x")
	done := viewstest.Receipt("applied", changed)
	done.Name, done.Who, done.You, done.Reason, done.Quote = giant().Name(), unbroken, false, unbroken, unbroken
	form := viewstest.Edit()
	form.Connector, form.Wanted, form.Reason = giant(), map[string]string{connector.ServerName: unbroken + "x"}, unbroken
	check := viewstest.Review()
	check.Connector, check.Actor, check.WriteScope, check.Request.Body = giant(), anybody, unbroken, unbroken
	check.Merge = connector.Edit{Shown: giant(), Wanted: map[string]string{connector.ServerName: unbroken + "x"}}.Merge(giant())
	clash := viewstest.Conflict()
	clash.Connector, clash.Shown = viewstest.With(giant(), connector.ServerName, spaced), giant()
	clash.Merge = connector.Edit{Shown: giant(), Wanted: map[string]string{connector.ServerName: unbroken + "x"}}.Merge(clash.Connector)
	line := viewstest.AuditLine()
	line.Actor, line.Reason, line.Text, line.Row.Event.Who, line.Row.Event.Fields = anybody, unbroken, unbroken, unbroken, []connector.FieldChange{changed}
	line.Row.Event.Name, line.Row.Event.Connector = giant().Name(), unbroken
	log := viewstest.AuditPage()
	log.Rows = []auditlog.Row{line.Row, line.Row}
	log.Search.PersonName, log.Search.Connector, log.Search.Errors = unbroken, unbroken, nil
	lost := problem.New(problem.NotFound, "Graph has no connector with this id.").Verbatim(unbroken).Advising("Look for it by name.").Quoting("Graph’s request-id", unbroken)
	mine := account.Access{Actor: anybody, Claim: unbroken, RolesAt: viewstest.Now, Scopes: []string{unbroken}, Now: viewstest.Now}
	return map[string]exhibit{
		"connector": cardExhibit(viewstest.Card(giant(), viewstest.Admin)),
		"edit":      editExhibit(form),
		"review":    reviewExhibit(check),
		"conflict":  conflictExhibit(clash),
		"receipt":   receiptExhibit(done),
		"list":      listExhibit([]connectors.Row{row, row}, "q="+unbroken, nil),
		"none":      listExhibit([]connectors.Row{row}, "q="+unbroken+"&type=hosted", nil),
		"overview": overviewExhibit(connectors.Overview{Counts: connectors.Counts{connector.Broken: 1}, Attention: []connectors.Row{row}, InDoubt: []changes.Receipt{done},
			Recent: []changes.Event{line.Row.Event}}, anybody),
		"problem": problemExhibit(pageShell("", "/connectors", anybody), problems.Problem{Status: 404, Problem: lost, Next: []frame.Crumb{{Label: "Back to " + unbroken, Href: "/"}}}),
		"line": {page: func() templ.Component {
			return within(pageShell("Audit log", "/audit", anybody), auditlog.LineContent(line))
		}},
		"audit": {page: func() templ.Component {
			return within(pageShell("Audit log", "/audit", anybody), auditlog.Content(log))
		}},
		"access":   {page: func() templ.Component { return within(pageShell("My access", "", anybody), account.AccessDetail(mine)) }},
		"sessions": devicesExhibit(unbroken),
		"no-role": {page: func() templ.Component {
			return account.NoRolePage(pageShell("No role", "", anybody), account.NoRole{Claim: unbroken, Arrived: []string{unbroken}, Wanted: []account.WantedRole{{Role: access.Admin, Values: []string{unbroken}}}})
		}},
	}
}

// TestMoreGallery writes these pages into $SWITCHBOARD_GALLERY too.
func TestMoreGallery(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range more() {
		page := viewstest.Rendered(t, exhibit.page())
		if folder == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".html"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
