package views_test

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
	"switchboard/views"
)

// more are the pages of the record, sessions, and every kind of page with texts as long as they come.
func more() map[string]exhibit {
	all := map[string]exhibit{"access": accessExhibit(admin), "access-helpdesk": accessExhibit(helpdesk)}
	for name, draw := range auditExhibits() {
		all["record-"+name] = exhibit{page: func() templ.Component { return within(frame("Audit log", "/audit", admin), draw()) }}
	}
	for name, one := range stretched() {
		all["long-"+name] = one
	}
	maps.Copy(all, licenceExhibits())
	return all
}

func devicesExhibit(device string) exhibit {
	m := views.Sessions{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, FormToken: "session-token", Now: now}
	for i, id := range []string{"one", "two", "three"} {
		m.Sessions = append(m.Sessions, views.Session{ID: id, Device: device, Current: i == 0, Since: now.Add(-time.Hour), LastSeen: now})
	}
	return exhibit{page: func() templ.Component {
		return within(frame("Where you are signed in", "/sessions", admin), views.SessionList(m))
	}}
}

// unbroken is a text that no line can be broken in by itself, spaced one that can.
var (
	unbroken = strings.Repeat("WideIdentifier_", 20)
	spaced   = strings.Repeat("Contoso of the North ", 15)
)

// giant is a connector whose every text is long.
func giant() connector.Connector {
	c := naMail()
	for _, name := range []string{connector.ServerName, connector.ConnectorServerName, connector.PrimarySMTPAddress, connector.Version, connector.ExchangeAlias, connector.Status, connector.Type} {
		c = with(c, name, unbroken)
	}
	return with(with(c, connector.ExchangeOrganization, spaced), connector.ID, unbroken)
}

func stretched() map[string]exhibit {
	anybody := admin
	anybody.Name, anybody.Username, anybody.Claims, anybody.Granting = unbroken, unbroken+"@contoso.example", []string{unbroken}, []string{unbroken}
	row := views.Row{Connector: giant(), Health: connector.Broken, Sentence: retirement.Explain(giant(), now, true)}
	changed := field(connector.ServerName, unbroken, spaced, unbroken+"x")
	done := receipt("applied", changed)
	done.Name, done.Who, done.You, done.Reason, done.Quote = giant().Name(), unbroken, false, unbroken, unbroken
	form := edit()
	form.Connector, form.Wanted, form.Reason = giant(), map[string]string{connector.ServerName: unbroken + "x"}, unbroken
	check := review()
	check.Connector, check.Actor, check.WriteScope, check.Request.Body = giant(), anybody, unbroken, unbroken
	check.Merge = connector.Edit{Shown: giant(), Wanted: map[string]string{connector.ServerName: unbroken + "x"}}.Merge(giant())
	clash := conflict()
	clash.Connector, clash.Shown = with(giant(), connector.ServerName, spaced), giant()
	clash.Merge = connector.Edit{Shown: giant(), Wanted: map[string]string{connector.ServerName: unbroken + "x"}}.Merge(clash.Connector)
	line := auditLine()
	line.Actor, line.Reason, line.Text, line.Row.Event.Who, line.Row.Event.Fields = anybody, unbroken, unbroken, unbroken, []connector.FieldChange{changed}
	line.Row.Event.Name, line.Row.Event.Connector = giant().Name(), unbroken
	log := auditPage()
	log.Rows = []views.AuditRow{line.Row, line.Row}
	log.Search.PersonName, log.Search.Connector, log.Search.Faults = unbroken, unbroken, nil
	lost := problem.New(problem.NotFound, "Graph has no connector with this id.").Verbatim(unbroken).Advising("Look for it by name.").Quoting("Graph’s request-id", unbroken)
	mine := views.Access{Actor: anybody, Claim: unbroken, RolesAt: now, Scopes: []string{unbroken}, Now: now}
	return map[string]exhibit{
		"connector": cardExhibit(card(giant(), admin)),
		"edit":      editExhibit(form),
		"review":    reviewExhibit(check),
		"conflict":  conflictExhibit(clash),
		"receipt":   receiptExhibit(done),
		"list":      listExhibit([]views.Row{row, row}, "q="+unbroken, nil),
		"none":      listExhibit([]views.Row{row}, "q="+unbroken+"&type=hosted", nil),
		"overview": overviewExhibit(views.Overview{Counts: views.Counts{connector.Broken: 1}, Attention: []views.Row{row}, InDoubt: []views.Receipt{done},
			Recent: []views.Event{line.Row.Event}}, anybody),
		"problem": problemExhibit(frame("", "/connectors", anybody), views.Problem{Status: 404, Problem: lost, Next: []views.Crumb{{Label: "Back to " + unbroken, Href: "/"}}}),
		"line": {page: func() templ.Component {
			return within(frame("Audit log", "/audit", anybody), views.AuditLineContent(line))
		}},
		"audit":    {page: func() templ.Component { return within(frame("Audit log", "/audit", anybody), views.AuditContent(log)) }},
		"access":   {page: func() templ.Component { return within(frame("My access", "", anybody), views.AccessDetail(mine)) }},
		"sessions": devicesExhibit(unbroken),
		"no-role": {page: func() templ.Component {
			return views.NoRolePage(frame("No role", "", anybody), views.NoRole{Claim: unbroken, Arrived: []string{unbroken}, Wanted: []views.WantedRole{{Role: access.Admin, Values: []string{unbroken}}}})
		}},
	}
}

// TestMoreGallery writes these pages into $SWITCHBOARD_GALLERY too.
func TestMoreGallery(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range more() {
		page := rendered(t, exhibit.page())
		if folder == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".html"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
