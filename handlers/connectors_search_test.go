package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// suggested asks for what the top bar offers for a text, as its field does.
func (v *visitor) suggested(text string, headers ...string) page {
	v.site.t.Helper()
	return v.get("/search?q="+url.QueryEscape(text), append([]string{"HX-Request", "true", "HX-Request-Type", "partial"}, headers...)...)
}

// options are the suggestions: where each leads, and what it says.
func (p page) options() (leads, words []string) {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for node := range root.Descendants() {
		if attribute(node, "role") == "option" {
			leads, words = append(leads, attribute(node, "href")), append(words, strings.Join(strings.Fields(text(node)), " "))
		}
	}
	return leads, words
}

// TestSuggestionsAskNothing: they come of what the session has read, say when that was, and ask neither Graph nor the provider.
func TestSuggestionsAskNothing(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	tom, id := s.person("tom"), simulator.ID("hosted-na")
	before := len(s.tenant.Requests())

	unread := tom.suggested("hosted-na")
	equal(t, "the status where nothing was read", unread.status, http.StatusOK)
	contains(t, unread, "The list was not read in this session yet, so nothing can be suggested.", "Read the list from Graph and search it", `href="/connectors?q=hosted-na"`)
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)

	tom.get("/connectors/" + id)
	before = len(s.tenant.Requests())
	opened := tom.suggested("hosted")
	leads, _ := opened.options()
	equal(t, "what one opened is suggested", strings.Join(leads, " "), "/connectors/"+id+" /connectors?type=hosted /connectors?q=hosted")
	contains(t, opened, "Only the connectors that you opened are known so far")
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)

	tom.get("/")
	clock.Add(4 * time.Minute)
	before = len(s.tenant.Requests())
	read := tom.suggested("HOSTED na")
	leads, words := read.options()
	equal(t, "the first", leads[0], "/connectors/"+id)
	equal(t, "what it says", words[0], "hosted-na Contoso North America Healthy")
	contains(t, read, "From the list that you read", "4 minutes ago")
	for _, chrome := range []string{"<html", "<title", "<h1", "<main", "<form", "<nav"} {
		if strings.Contains(read.body, chrome) {
			t.Errorf("the suggestions hold %s: %s", chrome, read.body)
		}
	}
	if read.header.Get("Switchboard-Session") == "" {
		t.Error("the suggestions do not tell how long the session lasts")
	}
	contains(t, tom.suggested("<b>nothing"), "No connector matches in the list that you read", "Read the list again and search it", "q=%3Cb%3Enothing")
	equal(t, "what an empty text suggests", tom.suggested(" ").body, "")
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)
}

// TestSuggestionsWithoutHTMX lead to the list, searched.
func TestSuggestionsWithoutHTMX(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom := s.person("tom")
	for asked, want := range map[string]string{
		"/search?q=" + url.QueryEscape(" Zürich & co "): "/connectors?q=Z%C3%BCrich+%26+co",
		"/search?q=":                            "/connectors",
		"/search":                               "/connectors",
		"/search?q=//evil.example&x=":           "/connectors?q=%2F%2Fevil.example",
		"/search?q=" + strings.Repeat("a", 300): "/connectors?q=" + strings.Repeat("a", 200),
	} {
		got := tom.get(asked)
		equal(t, asked, got.status, http.StatusSeeOther)
		equal(t, asked, got.header.Get("Location"), want)
	}
	equal(t, "a restore of the history", tom.suggested("x", "HX-History-Restore-Request", "true").status, http.StatusSeeOther)
}

// TestFormerNamesAreFound by the suggestions and by the list, on both databases and on another instance: an alias that was
// changed here, one that was changed elsewhere, and the server's name of what had no alias.
func TestFormerNamesAreFound(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with, func(set *setting) { set.others = append(set.others, db) })
		maya, here, elsewhere := s.person("maya"), simulator.ID("s2s-na"), simulator.ID("hosted-uk")
		maya.get("/connectors")
		maya.rename(here, "exchangeAlias", "Zürich-Mail")
		maya.rename(here, "exchangeAlias", "harbour")
		check(t, s.tenant.Graph.Set(elsewhere, map[string]*string{"exchangeAlias": ptr("quay")}))
		for range 2 { // what two reads show was changed elsewhere
			maya.get("/connectors/" + elsewhere)
			maya.get("/connectors")
			clock.Add(2 * time.Second)
		}
		for _, instance := range []string{first, second} {
			tom := s.person("tom")
			tom.get("/", instanceHeader, instance)
			for former, id := range map[string]string{"zurich": here, "s2s-na": here, "hosted-uk": elsewhere} {
				found := tom.suggested(former, instanceHeader, instance)
				contains(t, found, "Was called", "/connectors/"+id)
				contains(t, tom.get("/connectors?q="+former, instanceHeader, instance), "data-row="+id+" ")
			}
		}
	})
}

// TestASessionSuggestsWhatItReadItself, and nothing that another session did.
func TestASessionSuggestsWhatItReadItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, tom := s.person("maya"), s.person("tom")
	maya.get("/connectors")
	before := len(s.tenant.Requests("GET " + graph.Collection))
	leads, _ := tom.suggested("hosted-na").options()
	equal(t, "what somebody suggests who read nothing", strings.Join(leads, " "), "/connectors?q=hosted-na")
	equal(t, "requests to the tenant", len(s.tenant.Requests("GET "+graph.Collection)), before)
	gone := simulator.ID("hosted-na")
	check(t, s.tenant.Graph.Remove(gone))
	maya.get("/connectors/" + gone)
	maya.get("/connectors")
	leads, _ = maya.suggested("hosted-na").options()
	equal(t, "one that was removed", strings.Contains(strings.Join(leads, " "), gone), false)
}

// TestTenThousandAreFilteredWithoutGraph: filter, search, sort, page and suggestions of a large tenant come of one read.
func TestTenThousandAreFilteredWithoutGraph(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), func(set *setting) {
		set.tenant.Connectors, set.tenant.PageSize = simulator.Many(time.Now(), 10_000), 1_000
	})
	tom := s.person("tom")
	contains(t, tom.get("/connectors"), "10,000 Intune Exchange connectors", "1 to 50 of 10,000")
	before := len(s.tenant.Requests())
	for _, query := range []string{"health=broken", "q=contoso+munchen", "status=connected&type=hosted", "sort=-sync", "sort=server&page=3", "page=200"} {
		got := tom.get("/connectors?"+query, "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#results")
		equal(t, query, got.status, http.StatusOK)
		equal(t, query+" has rows", strings.Contains(got.body, "data-row"), true)
	}
	leads, _ := tom.suggested("jane.doe@muc.contoso.com").options()
	equal(t, "suggestions", len(leads), 8)
	all := tom.get("/connectors?part=ids", "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "span#matching")
	ids := html.UnescapeString(regexp.MustCompile(`data-matching="([^"]*)"`).FindStringSubmatch(all.body)[1])
	equal(t, "requests to the tenant", len(s.tenant.Requests()), before)

	form := tom.get("/connectors").form("/connectors/picked")
	form.Set("picks", ids)
	form.Set("format", "csv")
	equal(t, "lines of the file of all that are ticked", len(tom.post("/connectors/picked", form).sheet()), 10_001)
}

// TestAHeadingThatIsCutOffIsFound as it is copied from the page, whatever cuts it off: its length, or its marks.
func TestAHeadingThatIsCutOffIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	for _, alias := range []string{strings.Repeat("W", 1_000), strings.Repeat("👩\u200d👩\u200d👧", 60), "Z" + strings.Repeat("\u0301\u0323", 300), strings.Repeat("שלום עולם ", 100), strings.Repeat("a\u00a0\u00a0", 150)} {
		check(t, s.tenant.Graph.Set(id, map[string]*string{"exchangeAlias": ptr(alias)}))
		heading := headingOf(t, maya.get("/connectors/"+id))
		contains(t, page{t: t, body: heading}, "… · Contoso North America")
		maya.get("/connectors")
		contains(t, maya.get("/connectors?q="+url.QueryEscape(heading)), "data-row="+id)
		leads, _ := maya.suggested(heading).options()
		equal(t, "the first suggestion", leads[0], "/connectors/"+id)
	}
}

// headingOf is a page's heading as it is copied: without the marks, which are no part of it.
func headingOf(t *testing.T, shown page) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(shown.body))
	check(t, err)
	var copied strings.Builder
	for node := range root.Descendants() {
		if node.Type == html.TextNode && within(node, "h1") && !within(node, "span.hidden-mark") {
			copied.WriteString(node.Data)
		}
	}
	return copied.String()
}

func within(node *html.Node, what string) bool {
	name, class, _ := strings.Cut(what, ".")
	for above := range node.Ancestors() {
		if above.Data == name && attribute(above, "class") == class || above.Data == name && class == "" {
			return true
		}
	}
	return false
}
