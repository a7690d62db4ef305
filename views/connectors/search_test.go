package connectors_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// named are rows with these aliases and organizations, in the order given.
func named(pairs ...string) []connectors.Row {
	var rows []connectors.Row
	for i := 0; i+1 < len(pairs); i += 2 {
		c := viewstest.With(viewstest.With(viewstest.NaMail(), connector.ExchangeAlias, pairs[i]), connector.ExchangeOrganization, pairs[i+1])
		c = viewstest.With(viewstest.With(c, connector.ID, "id-"+string(rune('a'+i/2))), connector.Version, "15."+string(rune('0'+i/2)))
		rows = append(rows, connectors.Row{Connector: c, Health: connector.Healthy})
	}
	return rows
}

func found(rows []connectors.Row, query string) []string {
	var all []string
	for _, row := range connectors.List(rows, connectors.ReadFilter(map[string][]string{"q": {query}})).Rows {
		all = append(all, row.Connector.Name().Short)
	}
	return all
}

func TestSearchFindsWhatThePageShows(t *testing.T) {
	t.Parallel()
	odd := "ex\u202e-berlin\u200b"
	rows := named("hq-mail", "Zürich Süd", "O'Brien’s", "København · Nord", odd, "Fabrikam", "Straße", "İzmir", norm.NFD.String("Ångström"), "Łódź", "plain", "")
	for query, want := range map[string]string{
		"hq-mail · Zürich Süd":                   "hq-mail", // the heading, pasted
		"  hq-mail  ·  Zürich   Süd ":            "hq-mail",
		"“hq-mail · Zürich Süd”":                 "hq-mail",
		"'hq-mail'":                              "hq-mail",
		"sud zurich":                             "hq-mail",
		"ZÜRICH HQ":                              "hq-mail",
		norm.NFD.String("zürich süd"):            "hq-mail",
		"hq\u200b-mail\u00a0zürich\u202e":        "hq-mail",
		"zürich 15.0":                            "hq-mail", // words of two properties
		"15.0 outlook.office365 serviceto hq":    "hq-mail", // of any of the ten
		"2026-11-24T10:12 connected zürich":      "hq-mail",
		"zürich nord":                            "",
		"obriens":                                "O'Brien’s",
		"O’Brien's kobenhavn":                    "O'Brien’s",
		"O'Brien’s · København · Nord":           "O'Brien’s",
		"ex-berlin":                              odd,
		odd + " · Fabrikam":                      odd,
		"exU+202E-berlinU+200B":                  odd, // as it is copied from the page
		"u+202e":                                 odd,
		"STRASSE izmir":                          "Straße",
		"angstrom":                               norm.NFD.String("Ångström"),
		norm.NFC.String("ångström"):              norm.NFD.String("Ångström"),
		"lodz":                                   norm.NFD.String("Ångström"),
		"hq-mail · Zürich Süd but another thing": "",
	} {
		if got := strings.Join(found(rows, query), " "); got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	for _, nothing := range []string{"", "  ", `""`, "''", "“”", " · ", "\u200b\u202e", "\u00a0", "\u0301", "\x00"} {
		if got := found(rows, nothing); len(got) != len(rows) {
			t.Errorf("%q finds %q, want all", nothing, got)
		}
		if m := connectors.List(rows, connectors.ReadFilter(map[string][]string{"q": {nothing}})); m.Title() != "Connectors" || m.Filter.URL() != "/connectors" {
			t.Errorf("%q counts as a filter: %s, %s", nothing, m.Title(), m.Filter.URL())
		}
	}
}

func TestNamesAreSortedNaturallyAndByCollation(t *testing.T) {
	t.Parallel()
	want := []string{"Aachen", "ab", "Ärzte", "Azur", "ex-2", "ex-10", "ex1", "ex2", "EX2", "ex10", "ex10.2", "ex10.10", "øst", "zebra", "Zürich", "日本"}
	var pairs []string
	for i := range want {
		pairs = append(pairs, want[(i*7+3)%len(want)], "Contoso")
	}
	for query, wanted := range map[string][]string{"name": want, "-name": reversed(want), "status": want, "type": want, "server": want} {
		var got []string
		for _, row := range connectors.List(named(pairs...), connectors.ReadFilter(map[string][]string{"sort": {query}})).Rows {
			got = append(got, row.Connector.Name().Short)
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("by %s:\n got %q\nwant %q", query, got, wanted)
		}
	}
	organizations := named("ex", "Site 10", "ex", "Site 9", "ex", "site 9a")
	var got []string
	for _, row := range connectors.List(organizations, connectors.ReadFilter(map[string][]string{"sort": {"name"}})).Rows {
		got = append(got, row.Connector.Name().Organization)
	}
	if want := []string{"Site 9", "site 9a", "Site 10"}; !slices.Equal(got, want) {
		t.Errorf("organizations %q, want %q", got, want)
	}
}

func reversed(texts []string) []string {
	turned := slices.Clone(texts)
	slices.Reverse(turned)
	return turned
}
