package edit_test

import (
	"strings"
	"testing"

	"switchboard/internal/connector"
	"switchboard/views/edit"
	"switchboard/views/viewstest"
)

func TestReviewCarriesEverythingOn(t *testing.T) {
	t.Parallel()
	fragment := viewstest.Parsed(t, edit.ReviewForm(viewstest.Review()))
	form := viewstest.One(t, fragment, "form", "method=post", "action=/connectors/"+viewstest.ConnectorID)
	for name, want := range viewstest.Typed() {
		viewstest.One(t, form, "input", "type=hidden", "name="+name, "value="+want)
	}
	viewstest.One(t, form, "input", "type=hidden", "name=choice.serverName", "value=theirs")
	viewstest.One(t, form, "input", "type=hidden", "name=state", "value="+viewstest.Hidden.State)
	if got := viewstest.Words(viewstest.One(t, form, "textarea", "name=reason")); got != viewstest.Review().Reason {
		t.Errorf("the reason is %q", got)
	}
	for _, want := range []string{"na-mail", "hosted-na", "PATCH /beta/", "Save 2 changes", "7 other fields stay as they are."} {
		if !strings.Contains(viewstest.Words(fragment), want) {
			t.Errorf("the review does not show %q", want)
		}
	}
	empty := viewstest.Review()
	empty.Merge = connector.Merge{}
	if nothing := viewstest.Parsed(t, edit.ReviewForm(empty)); !strings.Contains(viewstest.Words(nothing), "nothing to review") || len(viewstest.Find(nothing, "form")) > 0 {
		t.Errorf("a review of nothing says %q", viewstest.Words(nothing))
	}
}

func TestConflictLetsChoose(t *testing.T) {
	t.Parallel()
	fragment := viewstest.Parsed(t, edit.ConflictForm(viewstest.Conflict()))
	form := viewstest.One(t, fragment, "form", "method=post", "action=/connectors/"+viewstest.ConnectorID)
	clash := viewstest.One(t, form, "", "data-conflict")
	if got := viewstest.Value(clash, "data-conflict"); got != connector.PrimarySMTPAddress {
		t.Errorf("the conflict is about %s", got)
	}
	for side, want := range map[string]string{"base": "intune@na.contoso.com", "theirs": "mdm-na@contoso.com", "yours": "Intune-NA@na.contoso.com"} {
		if got := viewstest.Words(viewstest.One(t, clash, "", "data-side="+side)); got != want {
			t.Errorf("the side %s shows %q, want %q", side, got, want)
		}
	}
	for _, side := range []string{"theirs", "yours"} {
		radio := viewstest.One(t, clash, "input", "type=radio", "name=choice.primarySmtpAddress", "value="+side, "required")
		if _, chosen := viewstest.Attribute(radio, "checked"); chosen {
			t.Errorf("%s is chosen already", side)
		}
	}
	viewstest.One(t, form, "textarea", "name=reason")
	for _, want := range []string{"Someone changed this connector while you were editing.", "Nothing has been sent. Your edits are kept below.", "Only you", "The same", "Only others"} {
		if !strings.Contains(viewstest.Words(fragment), want) {
			t.Errorf("the conflict does not say %q", want)
		}
	}
}

func TestConflictKeepsWhatWasDecidedBefore(t *testing.T) {
	t.Parallel()
	m := viewstest.Conflict()
	m.Choices = map[string]connector.Side{connector.ServerName: connector.Theirs}
	form := viewstest.One(t, viewstest.Parsed(t, edit.ConflictForm(m)), "form")
	viewstest.One(t, form, "input", "type=hidden", "name=choice.serverName", "value=theirs")
	if hidden := viewstest.Find(form, "input", "type=hidden", "name=choice.primarySmtpAddress"); len(hidden) > 0 {
		t.Error("a choice is sent both hidden and as a radio")
	}
}

func TestWaitingKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	waiting, m := viewstest.InDoubt(), viewstest.Edit()
	m.Waits = &waiting
	fragment := viewstest.Parsed(t, edit.EditForm(m))
	viewstest.One(t, fragment, "", "data-change="+viewstest.ChangeID, "data-outcome=in_doubt")
	if len(viewstest.Find(fragment, "", "data-conflict")) > 0 {
		t.Error("waiting for another change is no conflict")
	}
	viewstest.One(t, fragment, "input", "name="+connector.ExchangeAlias, "value=hosted-na")
}
