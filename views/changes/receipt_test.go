package changes_test

import (
	"strings"
	"testing"

	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/viewstest"
)

func orphaned() changes.Receipt {
	receipt := viewstest.InDoubt()
	receipt.Orphaned = true
	return receipt
}

func TestReceiptSaysWhatBecameOfTheChange(t *testing.T) {
	t.Parallel()
	exact, other := viewstest.Field(connector.Version, "1", "2", "2"), viewstest.Field(connector.Version, "1", "two", "TWO")
	unread := connector.FieldChange{Name: connector.Version, Before: connector.Of("1"), Requested: connector.Of("2")}
	tests := []struct {
		model changes.Receipt
		says  []string
	}{
		{viewstest.Receipt("applied", exact), []string{"Graph stored the field as asked.", "As asked", "Entry 1,289", "in 412 ms", "d4b03f17"}},
		{viewstest.Receipt("applied", exact, viewstest.Field(connector.ServerName, "", "x", "x")), []string{"Graph stored both fields as asked."}},
		{viewstest.Receipt("applied", exact, other), []string{"Graph stored 1 of 2 fields as asked and 1 differently.", "Differs: letter case"}},
		{viewstest.Receipt("applied", other), []string{"Graph stored something else than was asked."}},
		{viewstest.Receipt("applied", unread), []string{"no read has shown yet what it stored", "Not known yet"}},
		{viewstest.Receipt("rejected", unread), []string{"Graph refused the change.", "Not stored"}},
		{orphaned(), []string{"Switchboard stopped before it heard from Graph. The request may or may not have been sent.", "The request was written to Graph : not known"}},
		{viewstest.InDoubt(), []string{"Graph did not answer. The change may or may not have been stored.", "Do not save it again: Switchboard is finding out.", "Check now"}},
		{viewstest.Receipt("pending", unread), []string{"has not answered yet", "Check now"}},
		{viewstest.Receipt("applied_observed", exact), []string{"Stored after all"}},
		{viewstest.Receipt("not_applied", unread), []string{"The change was not sent to Graph.", "It is safe to make the change again."}},
		{viewstest.FoundOut("not_applied", unread), []string{"Graph still shows the values from before", "It is safe to make the change again."}},
		{viewstest.Receipt("superseded", other), []string{"Graph shows what was asked for in another form.", "a read does not tell"}},
		{viewstest.Receipt("superseded", viewstest.Field(connector.Version, "1", "2", "3")), []string{"Graph shows neither the value from before nor the one asked for."}},
		{viewstest.Receipt("superseded", exact, viewstest.Field(connector.ServerName, "a", "b", "a")), []string{"Graph shows neither all that was asked for nor all that was there before."}},
		{viewstest.Receipt("superseded", unread), []string{"Never found out", "does not know the connector"}},
	}
	for _, test := range tests {
		fragment := viewstest.Parsed(t, changes.ReceiptNote(test.model))
		note := viewstest.One(t, fragment, "", "data-change="+viewstest.ChangeID, "data-outcome="+test.model.Outcome)
		heading := viewstest.One(t, viewstest.One(t, note, "", "role=status"), "h2", "tabindex=-1", "data-focus")
		if viewstest.Words(heading) == "" {
			t.Errorf("the receipt of %s has an empty heading", test.model.Outcome)
		}
		for _, want := range test.says {
			if !strings.Contains(viewstest.Words(note), want) {
				t.Errorf("the receipt of %s does not say %q: %s", test.model.Outcome, want, viewstest.Words(note))
			}
		}
		if got := len(viewstest.Find(note, "form", "method=post", "action=/changes/"+viewstest.ChangeID+"/check")) > 0; got != test.model.Open() {
			t.Errorf("the receipt of %s has the form 'Check now': %v", test.model.Outcome, got)
		}
	}
}
