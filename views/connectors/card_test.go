package connectors_test

import (
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// TestAuditIsOfferedToWhoMayRead: the history's link is not for everybody.
func TestAuditIsOfferedToWhoMayRead(t *testing.T) {
	t.Parallel()
	for _, actor := range []access.Actor{viewstest.Admin, viewstest.Helpdesk} {
		links := viewstest.Find(viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(viewstest.NaMail(), actor))), "a", "href=/audit?connector="+viewstest.ConnectorID)
		if got := len(links) == 1; got != actor.May(access.Audit) {
			t.Errorf("%v is offered the audit log: %v", actor.Roles, got)
		}
	}
}

func TestCardHoldsGraphsTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []connector.Connector{viewstest.NaMail(), viewstest.Awkward(), connector.New(nil)} {
		section := viewstest.One(t, viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(c, viewstest.Admin))), "section", "id=connector")
		if got := viewstest.Value(section, "data-connector-id"); got != c.ID() {
			t.Errorf("data-connector-id is %q, want %q", got, c.ID())
		}
		if got, want := viewstest.Value(section, "data-health"), string(viewstest.Retirement.Health(c, viewstest.Now)); got != want {
			t.Errorf("data-health is %q, want %q", got, want)
		}
		for _, property := range connector.Properties() {
			dd := viewstest.One(t, section, "dd", "data-field="+property.Name)
			got, present := viewstest.Attribute(dd, "data-value")
			if want := c.Value(property.Name); present == want.IsNull() || got != want.Text() {
				t.Errorf("data-value of %s is %q (present: %v), want %q", property.Name, got, present, want.Text())
			}
		}
	}
}

func TestCardOffersWhatMayBeDone(t *testing.T) {
	t.Parallel()
	stale := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
	stale.Stale, stale.Sync = &connectors.Stale{MayEdit: true, Why: "Graph is not answering (503)."}, nil
	waiting := viewstest.InDoubt()
	doubtful := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
	doubtful.Receipt, doubtful.Sync = &waiting, nil
	saved := viewstest.Receipt("applied", viewstest.Field(connector.ExchangeAlias, "old", "na-mail", "na-mail"))
	after := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
	after.Receipt = &saved
	nobody := viewstest.Card(viewstest.NaMail(), access.Actor{})
	tests := []struct {
		name       string
		model      connectors.Card
		edit, sync bool
		says       string
	}{
		{"admin", viewstest.Card(viewstest.NaMail(), viewstest.Admin), true, true, "What you may do here"},
		{"helpdesk", viewstest.Card(viewstest.NaMail(), viewstest.Helpdesk), false, false, "Editing needs the role admin"},
		{"without a role", nobody, false, false, "You have no role."},
		{"stale", stale, false, false, "Graph is not answering (503). You are looking at values from 10:23."},
		{"in doubt", doubtful, false, false, "Not right now: a change is in doubt."},
		{"saved", after, true, true, "was old; the name above follows it"},
	}
	for _, test := range tests {
		fragment := viewstest.Parsed(t, connectors.ConnectorCard(test.model))
		if got := len(viewstest.Find(fragment, "a", "href=/connectors/"+viewstest.ConnectorID+"/edit")) > 0; got != test.edit {
			t.Errorf("%s: the edit link is there: %v, want %v", test.name, got, test.edit)
		}
		if got := len(viewstest.Find(fragment, "form", "action=/connectors/"+viewstest.ConnectorID+"/sync")) > 0; got != test.sync {
			t.Errorf("%s: the sync form is there: %v, want %v", test.name, got, test.sync)
		}
		if !strings.Contains(viewstest.Words(fragment), test.says) {
			t.Errorf("%s does not say %q: %s", test.name, test.says, viewstest.Words(fragment))
		}
	}
}

func TestHistoryIsNoReceipt(t *testing.T) {
	t.Parallel()
	fragment := viewstest.Parsed(t, connectors.ConnectorCard(viewstest.Card(viewstest.NaMail(), viewstest.Admin)))
	if len(viewstest.Find(fragment, "", "data-change", "data-outcome")) > 0 {
		t.Error("a line of the history looks like a receipt")
	}
	if text := viewstest.Words(viewstest.One(t, fragment, "section", "id=history")); !strings.Contains(text, "Priya Raman asked for a delta sync") {
		t.Errorf("the history says %q", text)
	}
}
