package views_test

import (
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views"
)

// awkward holds what attributes and addresses may break on, and null.
func awkward() connector.Connector {
	return connector.New(map[string]connector.Value{
		connector.ID:               connector.Of("a/b?c#d e\"f"),
		connector.LastSyncDateTime: connector.Of("2026-11-24T00:02:49.3205970-08:00"),
		connector.Status:           connector.Of("unknownFutureValue"),
		connector.ServerName:       connector.Of("a\r\nb\rc\n d  \"<&'\u202e"),
		connector.ExchangeAlias:    connector.Of(""),
	})
}

func TestCardHoldsGraphsTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []connector.Connector{naMail(), awkward(), connector.New(nil)} {
		section := one(t, parsed(t, views.ConnectorCard(card(c, admin))), "section", "id=connector")
		if got := value(section, "data-connector-id"); got != c.ID() {
			t.Errorf("data-connector-id is %q, want %q", got, c.ID())
		}
		if got, want := value(section, "data-health"), string(retirement.Health(c, now)); got != want {
			t.Errorf("data-health is %q, want %q", got, want)
		}
		for _, property := range connector.Properties() {
			dd := one(t, section, "dd", "data-field="+property.Name)
			got, present := attribute(dd, "data-value")
			if want := c.Value(property.Name); present == want.IsNull() || got != want.Text() {
				t.Errorf("data-value of %s is %q (present: %v), want %q", property.Name, got, present, want.Text())
			}
		}
	}
}

func TestCardOffersWhatMayBeDone(t *testing.T) {
	t.Parallel()
	stale := card(naMail(), admin)
	stale.Stale, stale.Sync = &views.Stale{MayEdit: true, Why: "Graph is not answering (503)."}, nil
	waiting := inDoubt()
	doubtful := card(naMail(), admin)
	doubtful.Receipt, doubtful.Sync = &waiting, nil
	saved := receipt("applied", field(connector.ExchangeAlias, "old", "na-mail", "na-mail"))
	after := card(naMail(), admin)
	after.Receipt = &saved
	nobody := card(naMail(), access.Actor{})
	tests := []struct {
		name       string
		model      views.Card
		edit, sync bool
		says       string
	}{
		{"admin", card(naMail(), admin), true, true, "What you may do here"},
		{"helpdesk", card(naMail(), helpdesk), false, false, "Editing needs the role admin"},
		{"without a role", nobody, false, false, "You have no role."},
		{"stale", stale, false, false, "Graph is not answering (503). You are looking at values from 10:23."},
		{"in doubt", doubtful, false, false, "Not right now: a change is in doubt."},
		{"saved", after, true, true, "was old; the name above follows it"},
	}
	for _, test := range tests {
		fragment := parsed(t, views.ConnectorCard(test.model))
		if got := len(find(fragment, "a", "href=/connectors/"+connectorID+"/edit")) > 0; got != test.edit {
			t.Errorf("%s: the edit link is there: %v, want %v", test.name, got, test.edit)
		}
		if got := len(find(fragment, "form", "action=/connectors/"+connectorID+"/sync")) > 0; got != test.sync {
			t.Errorf("%s: the sync form is there: %v, want %v", test.name, got, test.sync)
		}
		if !strings.Contains(words(fragment), test.says) {
			t.Errorf("%s does not say %q: %s", test.name, test.says, words(fragment))
		}
	}
}

func TestReceiptSaysWhatBecameOfTheChange(t *testing.T) {
	t.Parallel()
	exact, other := field(connector.Version, "1", "2", "2"), field(connector.Version, "1", "two", "TWO")
	unread := connector.FieldChange{Name: connector.Version, Before: connector.Of("1"), Requested: connector.Of("2")}
	tests := []struct {
		model views.Receipt
		says  []string
	}{
		{receipt("applied", exact), []string{"Graph stored the field as asked.", "As asked", "Entry 1,289", "in 412 ms", "d4b03f17"}},
		{receipt("applied", exact, field(connector.ServerName, "", "x", "x")), []string{"Graph stored both fields as asked."}},
		{receipt("applied", exact, other), []string{"Graph stored 1 of 2 fields as asked and 1 differently.", "Differs: letter case"}},
		{receipt("applied", other), []string{"Graph stored something else than was asked."}},
		{receipt("applied", unread), []string{"no read has shown yet what it stored", "Not known yet"}},
		{receipt("rejected", unread), []string{"Graph refused the change.", "Not stored"}},
		{orphaned(), []string{"Switchboard stopped before it heard from Graph. The request may or may not have been sent.", "The request was written to Graph : not known"}},
		{inDoubt(), []string{"Graph did not answer. The change may or may not have been stored.", "Do not save it again: Switchboard is finding out.", "Check now"}},
		{receipt("pending", unread), []string{"has not answered yet", "Check now"}},
		{receipt("applied_observed", exact), []string{"Stored after all"}},
		{receipt("not_applied", unread), []string{"Graph still shows the values from before", "It is safe to make the change again."}},
		{receipt("superseded", other), []string{"Graph shows what was asked for in another form.", "a read does not tell"}},
		{receipt("superseded", field(connector.Version, "1", "2", "3")), []string{"Graph shows neither the value from before nor the one asked for."}},
		{receipt("superseded", exact, field(connector.ServerName, "a", "b", "a")), []string{"Graph shows neither all that was asked for nor all that was there before."}},
		{receipt("superseded", unread), []string{"Never found out", "does not know the connector"}},
	}
	for _, test := range tests {
		fragment := parsed(t, views.ReceiptNote(test.model))
		note := one(t, fragment, "", "data-change="+changeID, "data-outcome="+test.model.Outcome)
		heading := one(t, one(t, note, "", "role=status"), "h2", "tabindex=-1", "data-focus")
		if words(heading) == "" {
			t.Errorf("the receipt of %s has an empty heading", test.model.Outcome)
		}
		for _, want := range test.says {
			if !strings.Contains(words(note), want) {
				t.Errorf("the receipt of %s does not say %q: %s", test.model.Outcome, want, words(note))
			}
		}
		if got := len(find(note, "form", "method=post", "action=/changes/"+changeID+"/check")) > 0; got != test.model.Open() {
			t.Errorf("the receipt of %s has the form 'Check now': %v", test.model.Outcome, got)
		}
	}
}

func TestReviewCarriesEverythingOn(t *testing.T) {
	t.Parallel()
	fragment := parsed(t, views.ReviewForm(review()))
	form := one(t, fragment, "form", "method=post", "action=/connectors/"+connectorID)
	for name, want := range typed() {
		one(t, form, "input", "type=hidden", "name="+name, "value="+want)
	}
	one(t, form, "input", "type=hidden", "name=choice.serverName", "value=theirs")
	one(t, form, "input", "type=hidden", "name=state", "value="+carry.State)
	if got := words(one(t, form, "textarea", "name=reason")); got != review().Reason {
		t.Errorf("the reason is %q", got)
	}
	for _, want := range []string{"na-mail", "hosted-na", "PATCH /beta/", "Save 2 changes", "7 other fields stay as they are."} {
		if !strings.Contains(words(fragment), want) {
			t.Errorf("the review does not show %q", want)
		}
	}
	empty := review()
	empty.Merge = connector.Merge{}
	if nothing := parsed(t, views.ReviewForm(empty)); !strings.Contains(words(nothing), "nothing to review") || len(find(nothing, "form")) > 0 {
		t.Errorf("a review of nothing says %q", words(nothing))
	}
}

func TestConflictLetsChoose(t *testing.T) {
	t.Parallel()
	fragment := parsed(t, views.ConflictForm(conflict()))
	form := one(t, fragment, "form", "method=post", "action=/connectors/"+connectorID)
	clash := one(t, form, "", "data-conflict")
	if got := value(clash, "data-conflict"); got != connector.PrimarySMTPAddress {
		t.Errorf("the conflict is about %s", got)
	}
	for side, want := range map[string]string{"base": "intune@na.contoso.com", "theirs": "mdm-na@contoso.com", "yours": "Intune-NA@na.contoso.com"} {
		if got := words(one(t, clash, "", "data-side="+side)); got != want {
			t.Errorf("the side %s shows %q, want %q", side, got, want)
		}
	}
	for _, side := range []string{"theirs", "yours"} {
		radio := one(t, clash, "input", "type=radio", "name=choice.primarySmtpAddress", "value="+side, "required")
		if _, chosen := attribute(radio, "checked"); chosen {
			t.Errorf("%s is chosen already", side)
		}
	}
	one(t, form, "textarea", "name=reason")
	for _, want := range []string{"Someone changed this connector while you were editing.", "Nothing has been sent. Your edits are kept below.", "Only you", "The same", "Only others"} {
		if !strings.Contains(words(fragment), want) {
			t.Errorf("the conflict does not say %q", want)
		}
	}
}

func TestConflictKeepsWhatWasDecidedBefore(t *testing.T) {
	t.Parallel()
	m := conflict()
	m.Choices = map[string]connector.Side{connector.ServerName: connector.Theirs}
	form := one(t, parsed(t, views.ConflictForm(m)), "form")
	one(t, form, "input", "type=hidden", "name=choice.serverName", "value=theirs")
	if hidden := find(form, "input", "type=hidden", "name=choice.primarySmtpAddress"); len(hidden) > 0 {
		t.Error("a choice is sent both hidden and as a radio")
	}
}

func TestWaitingKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	waiting, m := inDoubt(), edit()
	m.Waits = &waiting
	fragment := parsed(t, views.EditForm(m))
	one(t, fragment, "", "data-change="+changeID, "data-outcome=in_doubt")
	if len(find(fragment, "", "data-conflict")) > 0 {
		t.Error("waiting for another change is no conflict")
	}
	one(t, fragment, "input", "name="+connector.ExchangeAlias, "value=hosted-na")
}

func TestHistoryIsNoReceipt(t *testing.T) {
	t.Parallel()
	fragment := parsed(t, views.ConnectorCard(card(naMail(), admin)))
	if len(find(fragment, "", "data-change", "data-outcome")) > 0 {
		t.Error("a line of the history looks like a receipt")
	}
	if text := words(one(t, fragment, "section", "id=history")); !strings.Contains(text, "Priya Raman asked for a delta sync") {
		t.Errorf("the history says %q", text)
	}
}

func TestSwapBringsTitleCrumbsAndMenu(t *testing.T) {
	t.Parallel()
	m := card(naMail(), admin)
	swap := parsed(t, views.Swap(shell(m.Title()), views.ConnectorCard(m)))
	if got, want := words(one(t, swap, "title")), "Healthy, na-mail · Contoso North America · Switchboard"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	if got := words(one(t, swap, "ol", "hx-swap-oob")); got != "Connectorsna-mail · Contoso North America" {
		t.Errorf("the breadcrumb is %q", got)
	}
	one(t, one(t, swap, "ul", "hx-swap-oob=outerMorph:.side-links"), "a", "href=/connectors", "aria-current=page")
	one(t, swap, "section", "id=connector")
}
