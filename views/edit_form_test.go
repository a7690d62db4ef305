package views_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/connector"
	"switchboard/views"
)

func TestEditFormIsAPlainForm(t *testing.T) {
	t.Parallel()
	c := awkward()
	form := one(t, parsed(t, views.EditForm(views.Edit{Connector: c, RequireReason: true, Carry: carry, Now: now})), "form", "method=post")
	if got, want := value(form, "action"), `/connectors/a%2Fb%3Fc%23d%20e%22f`; got != want {
		t.Errorf("the action is %q, want %q", got, want)
	}
	for _, property := range connector.Editable() {
		if property.Kind == connector.Choice {
			keepsOwn(t, one(t, form, "select", "name="+property.Name), c.Value(property.Name))
			continue
		}
		input := one(t, form, "input", "name="+property.Name)
		if value(input, "type") != "text" {
			t.Errorf("%s is of type %q, want text", property.Name, value(input, "type"))
		}
	}
	one(t, form, "textarea", "name=reason")
	one(t, form, "input", "type=hidden", "name=token", "value="+carry.Token)
	one(t, form, "input", "type=hidden", "name=state", "value="+carry.State)
	checkButtons(t, form)
}

func checkButtons(t *testing.T, form *html.Node) {
	t.Helper()
	var submits []*html.Node
	for _, button := range find(form, "button") {
		if value(button, "type") != "button" {
			submits = append(submits, button)
		}
	}
	if len(submits) != 2 || words(submits[0]) != "Review changes" || words(submits[1]) != "Save" {
		t.Fatalf("%d submit buttons, want 'Review changes' and 'Save'", len(submits))
	}
	if got, want := value(submits[0], "formaction"), value(form, "action")+"/review"; got != want {
		t.Errorf("the first button goes to %q, want %q", got, want)
	}
	if _, elsewhere := attribute(submits[1], "formaction"); elsewhere {
		t.Error("the second button goes elsewhere")
	}
}

func keepsOwn(t *testing.T, selection *html.Node, held connector.Value) {
	t.Helper()
	chosen := one(t, selection, "option", "selected")
	if value(chosen, "value") != held.Text() || !strings.Contains(words(chosen), "keep") {
		t.Errorf("%s has chosen %q with the words %q", value(selection, "name"), value(chosen, "value"), words(chosen))
	}
}

func TestKnownChoicesAreTheOnlyOnes(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]string{"as it is": "connected", "changed": "none", "refused": "on fire"} {
		form := parsed(t, views.EditForm(views.Edit{Connector: naMail(), Wanted: map[string]string{connector.Status: wanted}, Now: now}))
		selection := one(t, form, "select", "name=status")
		var offered []string
		for _, choice := range find(selection, "option") {
			offered = append(offered, value(choice, "value"))
		}
		property, _ := connector.Lookup(connector.Status)
		if !slices.Equal(offered, property.Choices) {
			t.Errorf("%s: the form offers %q, want %q", name, offered, property.Choices)
		}
		want := wanted
		if !property.Offers(want) {
			want = "connected"
		}
		if got := value(one(t, selection, "option", "selected"), "value"); got != want {
			t.Errorf("%s: %q is chosen, want %q", name, got, want)
		}
	}
}

func TestFaultsAreNamedAtTheirFields(t *testing.T) {
	t.Parallel()
	fragment := parsed(t, views.EditForm(faulty()))
	summary := one(t, fragment, "", "role=alert", "data-focus")
	if want := "2 errors. Nothing has been sent and what you typed is kept."; !strings.Contains(words(summary), want) {
		t.Errorf("the summary says %q, want %q", words(summary), want)
	}
	faults := find(fragment, "", "aria-invalid=true")
	if len(faults) != 2 {
		t.Fatalf("%d controls are marked, want 2", len(faults))
	}
	for _, control := range faults {
		one(t, summary, "a", "href=#"+value(control, "id"))
		first, _, _ := strings.Cut(value(control, "aria-describedby"), " ")
		if message := one(t, fragment, "", "id="+first); words(message) == "" {
			t.Errorf("the message of %s is empty", value(control, "name"))
		}
	}
	if got := value(one(t, fragment, "input", "name="+connector.LastSyncDateTime), "value"); got != "24.11.2026 10:12" {
		t.Errorf("what was typed became %q", got)
	}
}
