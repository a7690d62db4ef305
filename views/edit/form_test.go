package edit_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/connector"
	"switchboard/views/edit"
	"switchboard/views/viewstest"
)

func TestEditFormIsAPlainForm(t *testing.T) {
	t.Parallel()
	c := viewstest.Awkward()
	form := viewstest.One(t, viewstest.Parsed(t, edit.EditForm(edit.Edit{Connector: c, RequireReason: true, Hidden: viewstest.Hidden, Now: viewstest.Now})), "form", "method=post")
	if got, want := viewstest.Value(form, "action"), `/connectors/a%2Fb%3Fc%23d%20e%22f`; got != want {
		t.Errorf("the action is %q, want %q", got, want)
	}
	for _, property := range connector.Editable() {
		if property.Kind == connector.Choice {
			keepsOwn(t, viewstest.One(t, form, "select", "name="+property.Name), c.Value(property.Name))
			continue
		}
		input := viewstest.One(t, form, "input", "name="+property.Name)
		if viewstest.Value(input, "type") != "text" {
			t.Errorf("%s is of type %q, want text", property.Name, viewstest.Value(input, "type"))
		}
	}
	viewstest.One(t, form, "textarea", "name=reason")
	viewstest.One(t, form, "input", "type=hidden", "name=token", "value="+viewstest.Hidden.Token)
	viewstest.One(t, form, "input", "type=hidden", "name=state", "value="+viewstest.Hidden.State)
	checkButtons(t, form)
}

func checkButtons(t *testing.T, form *html.Node) {
	t.Helper()
	var submits []*html.Node
	for _, button := range viewstest.Find(form, "button") {
		if viewstest.Value(button, "type") != "button" {
			submits = append(submits, button)
		}
	}
	if len(submits) != 2 || viewstest.Words(submits[0]) != "Review changes" || viewstest.Words(submits[1]) != "Save" {
		t.Fatalf("%d submit buttons, want 'Review changes' and 'Save'", len(submits))
	}
	if got, want := viewstest.Value(submits[0], "formaction"), viewstest.Value(form, "action")+"/review"; got != want {
		t.Errorf("the first button goes to %q, want %q", got, want)
	}
	if _, elsewhere := viewstest.Attribute(submits[1], "formaction"); elsewhere {
		t.Error("the second button goes elsewhere")
	}
}

func keepsOwn(t *testing.T, selection *html.Node, held connector.Value) {
	t.Helper()
	chosen := viewstest.One(t, selection, "option", "selected")
	if viewstest.Value(chosen, "value") != held.Text() || !strings.Contains(viewstest.Words(chosen), "keep") {
		t.Errorf("%s has chosen %q with the words %q", viewstest.Value(selection, "name"), viewstest.Value(chosen, "value"), viewstest.Words(chosen))
	}
}

func TestKnownChoicesAreTheOnlyOnes(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]string{"as it is": "connected", "changed": "none", "refused": "on fire"} {
		form := viewstest.Parsed(t, edit.EditForm(edit.Edit{Connector: viewstest.NaMail(), Wanted: map[string]string{connector.Status: wanted}, Now: viewstest.Now}))
		selection := viewstest.One(t, form, "select", "name=status")
		var offered []string
		for _, choice := range viewstest.Find(selection, "option") {
			offered = append(offered, viewstest.Value(choice, "value"))
		}
		property, _ := connector.Lookup(connector.Status)
		if !slices.Equal(offered, property.Choices) {
			t.Errorf("%s: the form offers %q, want %q", name, offered, property.Choices)
		}
		want := wanted
		if !property.Offers(want) {
			want = "connected"
		}
		if got := viewstest.Value(viewstest.One(t, selection, "option", "selected"), "value"); got != want {
			t.Errorf("%s: %q is chosen, want %q", name, got, want)
		}
	}
}

func TestFaultsAreNamedAtTheirFields(t *testing.T) {
	t.Parallel()
	fragment := viewstest.Parsed(t, edit.EditForm(viewstest.Faulty()))
	summary := viewstest.One(t, fragment, "", "role=alert", "data-focus")
	if want := "2 errors. Nothing has been sent and what you typed is kept."; !strings.Contains(viewstest.Words(summary), want) {
		t.Errorf("the summary says %q, want %q", viewstest.Words(summary), want)
	}
	faults := viewstest.Find(fragment, "", "aria-invalid=true")
	if len(faults) != 2 {
		t.Fatalf("%d controls are marked, want 2", len(faults))
	}
	for _, control := range faults {
		viewstest.One(t, summary, "a", "href=#"+viewstest.Value(control, "id"))
		first, _, _ := strings.Cut(viewstest.Value(control, "aria-describedby"), " ")
		if message := viewstest.One(t, fragment, "", "id="+first); viewstest.Words(message) == "" {
			t.Errorf("the message of %s is empty", viewstest.Value(control, "name"))
		}
	}
	if got := viewstest.Value(viewstest.One(t, fragment, "input", "name="+connector.LastSyncDateTime), "value"); got != "24.11.2026 10:12" {
		t.Errorf("what was typed became %q", got)
	}
}
