package connectors_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/connectors"
	"switchboard/views/links"
	"switchboard/views/viewstest"
)

func read(t *testing.T, query string) connectors.Filter {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return connectors.ReadFilter(values)
}

func TestFilterIsItsAddress(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":            "/connectors",
		"q=+contoso+": "/connectors?q=contoso",
		"health=late&status=connected&type=a%26b":       "/connectors?health=late&status=connected&type=a%26b",
		"health=sick&sort=size&page=0":                  "/connectors",
		"sort=health":                                   "/connectors",
		"sort=-health":                                  "/connectors?sort=-health",
		"sort=-sync&page=3":                             "/connectors?page=3&sort=-sync",
		"page=-7":                                       "/connectors",
		"page=two&q=%22%3E%3Cscript%3E":                 "/connectors?q=%22%3E%3Cscript%3E",
		"q=" + strings.Repeat("x", 900):                 "/connectors?q=" + strings.Repeat("x", 200),
		"unknown=1&sort=":                               "/connectors",
		"q=&status=&type=":                              "/connectors",
		"size=100&columns=status,version,status&page=2": "/connectors?columns=status%2Cversion&page=2&size=100",
		"size=30&columns=status":                        "/connectors", // the page itself refuses it
		"sort=-version":                                 "/connectors?sort=-version",
	} {
		if got := read(t, query).URL(); got != want {
			t.Errorf("%q: got %s, want %s", query, got, want)
		}
	}
}

// names are the short names of the page's rows.
func names(m connectors.Listing) string {
	var all []string
	for _, row := range m.Rows {
		all = append(all, row.Connector.Name().Short)
	}
	return strings.Join(all, " ")
}

func TestListFiltersAndSorts(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                            "hosted-eu s2s-emea journal-apac wingtip-hosted s2s-test s2s-na hosted-uk hosted-na ex-lab ex-berlin\u202e ex-oslo ex01-hq",
		"sort=name&health=healthy":    "hosted-na hosted-uk s2s-na",
		"sort=-name&health=healthy":   "s2s-na hosted-uk hosted-na",
		"sort=sync&type=onPremises":   "ex-lab ex-berlin\u202e ex-oslo ex01-hq",
		"sort=server&q=contoso+north": "hosted-na s2s-na",
		"q=MAIL.APAC":                 "journal-apac",
		"q=20b7f405":                  "wingtip-hosted",
		"status=quarantined":          "s2s-test",
		"q=contoso&type=hosted":       "hosted-uk hosted-na",
		"q=nobody":                    "",
		"sort=-type&q=fabrikam":       "ex-berlin\u202e hosted-eu",
	} {
		if got := names(connectors.List(viewstest.Tenant(), read(t, query))); got != want {
			t.Errorf("%q:\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestListCountsWhatTheOtherFiltersLeave(t *testing.T) {
	t.Parallel()
	m := connectors.List(viewstest.Tenant(), read(t, "q=contoso&health=late"))
	if m.Total != 12 || m.Matching != 1 || m.Counts.Total() != 7 || m.Counts[connector.Healthy] != 3 {
		t.Errorf("got total %d, matching %d, counts %v", m.Total, m.Matching, m.Counts)
	}
	if !slices.Contains(m.Statuses, "quarantined") || !slices.Contains(m.Types, "serviceToService") {
		t.Errorf("the filters offer %v and %v", m.Statuses, m.Types)
	}
	none := connectors.List(viewstest.Tenant(), read(t, "q=wingtip&health=late"))
	if none.Matching != 0 || none.FoundTotal != 1 || none.Found[0].Connector.Name().Short != "wingtip-hosted" {
		t.Errorf("the search alone finds %d: %v", none.FoundTotal, none.Found)
	}
	if hidden := connectors.List(viewstest.Odd(), read(t, "q=office365&status=connected")); hidden.Matching != 0 || hidden.FoundTotal != 0 {
		t.Errorf("rows that cannot be read are offered as connectors: %v", hidden.Found)
	}
}

func TestPagesHoldEveryRowOnce(t *testing.T) {
	t.Parallel()
	for _, total := range []int{1, 35, 50, 51, 480} {
		seen := map[string]bool{}
		for page := 1; page <= (total+connectors.RowsAPage-1)/connectors.RowsAPage; page++ {
			for _, row := range connectors.List(viewstest.Many(total), read(t, fmt.Sprintf("page=%d&sort=server", page))).Rows {
				if id := row.Connector.ID(); seen[id] {
					t.Errorf("of %d: %s is on two pages", total, id)
				} else {
					seen[id] = true
				}
			}
		}
		if len(seen) != total {
			t.Errorf("the pages hold %d rows, want %d", len(seen), total)
		}
	}
	beyond := connectors.List(viewstest.Many(60), read(t, "page=99"))
	if beyond.Filter.Page != 2 || len(beyond.Rows) != 10 {
		t.Errorf("a page beyond the last is page %d with %d rows, want the last: 2 with 10", beyond.Filter.Page, len(beyond.Rows))
	}
	if whole := connectors.List(viewstest.Many(35), read(t, "")); len(whole.Rows) != 35 {
		t.Errorf("a small tenant's list has %d rows on its page, want all 35", len(whole.Rows))
	}
}

func TestAttentionIsTheWorstAndLongestFirst(t *testing.T) {
	t.Parallel()
	var got []string
	for _, row := range connectors.Attention(viewstest.Tenant()) {
		got = append(got, row.Connector.Name().Short)
	}
	if want := "hosted-eu s2s-emea journal-apac wingtip-hosted"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestResultsStayWithTheirForm holds what the script of the list relies on: the fragment's order and health belong to the
// form outside it, and its parts have ids that the focus finds again.
func TestResultsStayWithTheirForm(t *testing.T) {
	t.Parallel()
	m := connectors.List(viewstest.Tenant(), read(t, "health=late&sort=-name&q=contoso"))
	results := viewstest.Parsed(t, connectors.ListingResults(m))
	viewstest.One(t, results, "input", "type=hidden", "name=health", "value=late", "form=filters")
	viewstest.One(t, results, "input", "type=hidden", "name=sort", "value=-name", "form=filters")
	viewstest.One(t, results, "", "id=results", "data-announce=1 connector matches")
	viewstest.One(t, results, "a", "id=tab-late", "aria-current=page")
	viewstest.One(t, results, "th", "aria-sort=descending")
	if links := viewstest.Find(results, "a", "href="+links.ConnectorURL("3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f404")); len(links) != 1 {
		t.Errorf("the row links %d times to its connector, want once", len(links))
	}
}

// TestCountsAreThoseOfTheirLists: the menu counts in one pass what each list would find.
func TestCountsAreThoseOfTheirLists(t *testing.T) {
	t.Parallel()
	rows := append(viewstest.Many(240), viewstest.Odd()...)
	var filters []connectors.Filter
	for _, query := range []string{"", "q=contoso", "q=contoso&health=healthy", "health=broken", "status=connected", "q=long&type=hosted", "q=office365", "q=nobody"} {
		filters = append(filters, read(t, query))
	}
	for i, got := range connectors.CountEach(rows, filters) {
		if want := connectors.List(rows, filters[i]).Matching; got != want {
			t.Errorf("%s: counted %d, and the list has %d", filters[i].URL(), got, want)
		}
	}
}

// TestEveryColumnSorts: each that can be chosen has a way to sort by it, which its address keeps.
func TestEveryColumnSorts(t *testing.T) {
	t.Parallel()
	var names []string
	for _, property := range connector.Properties() {
		names = append(names, property.Name)
	}
	rows := viewstest.Tenant()
	m := connectors.List(rows, read(t, "columns="+strings.Join(names, ",")))
	heads := viewstest.Find(viewstest.Find(viewstest.Parsed(t, connectors.ListingResults(m)), "thead")[0], "a")
	if len(heads) != 2+len(names) {
		t.Fatalf("%d columns, want name, health and %q", len(heads), names)
	}
	for _, head := range heads {
		to, err := url.Parse(viewstest.Value(head, "href"))
		if err != nil {
			t.Fatal(err)
		}
		sorted := connectors.ReadFilter(to.Query())
		if sorted.URL() != viewstest.Value(head, "href") || len(connectors.List(rows, sorted).Rows) != len(rows) {
			t.Errorf("%s leads to %s", viewstest.Value(head, "href"), sorted.URL())
		}
	}
}

// TestEachHealthHasItsBadge: the style sheet gives a health, in rows and tabs of the list, the icon and the tone that it has elsewhere.
func TestEachHealthHasItsBadge(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile("../../static/css/health.css")
	if err != nil {
		t.Fatal(err)
	}
	icons, err := os.ReadFile("../../static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := os.ReadFile("../../static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, health := range connector.Healths() {
		symbol := regexp.MustCompile(`<symbol id="` + components.HealthIcon(health) + `" viewBox="0 0 24 24">(<path d="[^"]+"/>)`).FindSubmatch(icons)
		rule := regexp.MustCompile(`\.list \[data-health="` + string(health) + `"\],\n#tab-` + string(health) + ` \{\n[^\n]*\n([^}]*)}`).FindSubmatch(sheet)
		if symbol == nil || rule == nil || !bytes.Contains(rule[0], symbol[1]) {
			t.Errorf("%s: %s, want %s", health, rule, symbol)
			continue
		}
		tone := regexp.MustCompile(`\.tone-` + string(components.HealthTone(health)) + ` \{\n([^}]*)}`).FindSubmatch(tokens)
		if tone == nil || !bytes.Equal(rule[1], tone[1]) {
			t.Errorf("%s has the tone %s, want %s", health, rule[1], tone)
		}
	}
}

// TestRowsAreDrawnOnce: of a page that was shown before no row is drawn again, whatever is said of the last sync. It counts what the
// whole process allocates, so nothing runs beside it.
func TestRowsAreDrawnOnce(t *testing.T) {
	costs := func(synced string) float64 {
		rows := viewstest.Many(connectors.RowsAPage)
		for i := range rows {
			rows[i].Connector = viewstest.With(rows[i].Connector, connector.LastSyncDateTime, synced)
		}
		m := connectors.List(rows, connectors.Filter{})
		m.Now = viewstest.Now
		return testing.AllocsPerRun(10, func() {
			if err := connectors.ListingContent(m).Render(t.Context(), io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	dated := costs("2026-11-24T08:00:00Z")
	for _, text := range []string{"", "0001-01-01T00:00:00Z", "yesterday"} {
		if got := costs(text); got > dated+connectors.RowsAPage {
			t.Errorf("a page of rows with the last sync %q allocates %.0f times, one with dates %.0f", text, got, dated)
		}
	}
}

// TestRowsThatChangedStandWhereTheyBelong: with other rows in some places the list is as if it had been judged anew.
func TestRowsThatChangedStandWhereTheyBelong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	retirement := connector.Retirement{Types: []string{"onPremises"}, Date: now.Add(-500 * 24 * time.Hour)}
	row := func(one connector.Connector) connectors.Row {
		return connectors.Row{Connector: one, Health: retirement.Health(one, now)}
	}
	drawn := rand.New(rand.NewPCG(1, 2))
	var rows []connectors.Row
	for n := range 300 {
		rows = append(rows, row(drawConnector(drawn, n, now)))
	}
	read := connectors.Judge(rows)
	for range 20 {
		changed, after := map[int]connectors.Row{}, slices.Clone(rows)
		for range 1 + drawn.IntN(9) {
			at := drawn.IntN(len(rows))
			changed[at] = row(drawConnector(drawn, at, now))
			after[at] = changed[at]
		}
		with, anew := read.With(changed), connectors.Judge(after)
		if got, want := with.Counts(), anew.Counts(); !maps.Equal(got, want) {
			t.Errorf("counts %v, want %v", got, want)
		}
		for _, sort := range []connectors.Sort{connectors.ByHealth, connectors.ByName, connectors.BySync} {
			for _, health := range []connector.Health{"", connector.Broken} {
				filter := connectors.Filter{Sort: sort, Down: drawn.IntN(2) == 0, Health: health}
				if got, want := idsOf(with.Matching(filter, nil)), idsOf(anew.Matching(filter, nil)); !slices.Equal(got, want) {
					t.Errorf("%+v:\n%v\nwant\n%v", filter, got, want)
				}
			}
		}
	}
}

func idsOf(rows []connectors.Row) (ids []string) {
	for _, row := range rows {
		ids = append(ids, row.Connector.ID())
	}
	return ids
}

// drawConnector is one that may be of any health, with names that others have too.
func drawConnector(drawn *rand.Rand, n int, now time.Time) connector.Connector {
	return connector.New(map[string]connector.Value{
		connector.ID:               connector.Of(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n)),
		connector.ExchangeAlias:    connector.Of(fmt.Sprint("mail ", drawn.IntN(40))),
		connector.Status:           connector.Of([]string{"connected", "disconnected", "none", "new status"}[drawn.IntN(4)]),
		connector.Type:             connector.Of([]string{"hosted", "onPremises", "dedicated"}[drawn.IntN(3)]),
		connector.LastSyncDateTime: connector.Of(now.Add(-time.Duration(drawn.IntN(200)) * time.Hour).Format(time.RFC3339)),
	})
}
