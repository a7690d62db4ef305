package connectors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// told is a suggestion's name and why it is there.
func told(m connectors.Suggestions) string {
	var all []string
	for _, one := range m.Connectors {
		text := one.Row.Connector.Name().Short
		if one.Why.Former != "" {
			text += " (was " + one.Why.Former + ")"
		} else if one.Why.Property.Name != "" {
			text += " (" + one.Why.Property.Name + " " + one.Why.Value.Text() + ")"
		}
		all = append(all, text)
	}
	for _, filter := range m.Filters {
		all = append(all, filter.Kind+": "+filter.Label+" → "+filter.URL())
	}
	return strings.Join(all, ", ")
}

func TestSuggestionsComeBestFirst(t *testing.T) {
	t.Parallel()
	rows := viewstest.Tenant()
	rows[2].Former = []string{"na-mail", "EX-Ärger"} // hosted-na
	rows[7].Connector = viewstest.With(rows[7].Connector, connector.PrimarySMTPAddress, "intune@na.contoso.com")
	rows[4].Connector = viewstest.With(rows[4].Connector, connector.PrimarySMTPAddress, "journal@contoso.com")
	for _, test := range []struct{ text, want string }{
		{"hosted-na", "hosted-na"},
		{"hosted-na · Contoso North America", "hosted-na"},
		{"uk", "hosted-uk"},
		{"contoso", "hosted-na, hosted-uk, journal-apac, s2s-emea, s2s-na, ex-lab, ex01-hq"}, // whom somebody may call about first
		{"uk hosted", "hosted-uk"},
		{"3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f403", "hosted-eu (id 3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f403)"},
		{"APAC", "journal-apac"},
		{"x-lab", "ex-lab"},
		{"pac", "journal-apac"},                       // within one
		{"na-mail", "hosted-na (was na-mail)"},        // what it was called
		{"arger contoso", "hosted-na (was EX-Ärger)"}, // without its accent
		{"fabrikam.example", "ex-berlin\u202e (serverName a-server-with-a-name-as-long-as-dns-allows.in-one-label-and-then-some.fabrikam.example)"},
		{"intune@na.contoso.com", "s2s-na (primarySmtpAddress intune@na.contoso.com)"},
		{"jane@na.contoso.com", "s2s-na (primarySmtpAddress intune@na.contoso.com), journal-apac (primarySmtpAddress journal@contoso.com)"},
		{"<Jane.Doe@APAC.contoso.com>", "journal-apac (primarySmtpAddress journal@contoso.com)"},
		{"jane@hq.fabrikam.test", ""},
		{"broken", "hosted-eu, s2s-emea, Health: Newly broken → /connectors?health=broken"},
		{"newly broken", "hosted-eu, s2s-emea, Health: Newly broken → /connectors?health=broken"},
		{"brok", "Health: Newly broken → /connectors?health=broken"},
		{"late", "journal-apac, Health: Late → /connectors?health=late"},
		{"emea broken", "s2s-emea"},
		{"emea retired", ""},
		{"connectionPending", "wingtip-hosted (status connectionPending), Graph status: connectionPending → /connectors?status=connectionPending"},
		{"quaran", "s2s-test (status quarantined), Graph status: quarantined → /connectors?status=quarantined"},
		{"dedi", "journal-apac (exchangeConnectorType dedicated), Type: dedicated → /connectors?type=dedicated"},
		{"nothing like it", ""},
	} {
		if got := told(connectors.Suggest(rows, test.text)); got != test.want {
			t.Errorf("%q suggests\n %s, want\n %s", test.text, got, test.want)
		}
	}
}

// TestSuggestionsAgreeWithTheList: what is counted is what the list finds by the same text.
func TestSuggestionsAgreeWithTheList(t *testing.T) {
	t.Parallel()
	rows := append(viewstest.Many(480), viewstest.Odd()...)
	rows[3].Former = []string{"quebec"}
	for _, text := range []string{"e", "contoso", "retired", "late", "quebec", "very", "x@fabrikam.example", "outlook hosted", "nothing", "ex0", "\u202e"} {
		found := connectors.List(rows, connectors.ReadFilter(map[string][]string{"q": {text}}))
		suggested := connectors.Suggest(rows, text)
		if want := found.Matching; suggested.Filter.Query != "" && suggested.Matching != want {
			t.Errorf("%q suggests %d, and the list has %d", text, suggested.Matching, want)
		}
		if len(suggested.Connectors) > 7 || len(suggested.Filters) > 3 {
			t.Errorf("%q suggests %d connectors and %d filters", text, len(suggested.Connectors), len(suggested.Filters))
		}
	}
}

// TestSuggestionsStandAsAListbox: each is an option that leads somewhere, and a text without anything to search for has none.
func TestSuggestionsStandAsAListbox(t *testing.T) {
	t.Parallel()
	m := connectors.Suggest(viewstest.Tenant(), "hosted")
	m.Listed, m.Now = viewstest.Now.Add(-4*time.Minute), viewstest.Now
	list := viewstest.Parsed(t, connectors.SuggestionList(m))
	box := viewstest.One(t, list, "div")
	if got := viewstest.Value(box, "role") + " " + viewstest.Value(box, "data-found-for"); got != "listbox hosted" {
		t.Errorf("the list is %q", got)
	}
	var ids []string
	for _, option := range viewstest.Find(box, "a", "href") {
		ids = append(ids, viewstest.Value(option, "id"))
		if viewstest.Value(option, "role") != "option" || viewstest.Value(option, "tabindex") != "-1" || viewstest.Value(option, "aria-selected") != "false" {
			t.Errorf("%s is no option", viewstest.Words(option))
		}
	}
	if want := []string{"find-option-0", "find-option-1", "find-option-2", "find-option-3", "find-filter-0", "find-all"}; !slices.Equal(ids, want) {
		t.Errorf("the options are %q, want %q", ids, want)
	}
	if words := viewstest.Words(list); !strings.Contains(words, "Show all 4 in the list") || !strings.Contains(words, "From the list that you read 4 minutes ago") {
		t.Errorf("the list says %q", words)
	}
	for _, nothing := range []string{"", "  ", `""`, "\u200b"} {
		if got := viewstest.Rendered(t, connectors.SuggestionList(connectors.Suggest(viewstest.Tenant(), nothing))); len(got) != 0 {
			t.Errorf("%q suggests %s", nothing, got)
		}
	}
}
