package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// menu are the links of the left bar by their words, each with its count.
func (p page) menu() map[string]string {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	found := map[string]string{}
	for node := range root.Descendants() {
		if node.Data == "a" && node.Parent.Data == "li" && attribute(node.Parent.Parent, "class") == "side-links" {
			words := strings.Join(strings.Fields(text(node)), " ")
			found[words] = attribute(node, "href")
			if has(node, "aria-current") {
				found["current"] += words
			}
		}
	}
	return found
}

func TestViewsStandInTheMenuWithTheirCounts(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		equal(t, "before anything was read", maya.get("/sessions").menu()["Newly broken"], "/connectors?health=broken")
		form := maya.get("/connectors?q=contoso&sort=-name&page=2").form("/views")
		form.Set("name", "Ours")
		to := maya.post("/views", form)
		equal(t, "status", to.status, http.StatusSeeOther)
		equal(t, "where it leads", to.leads(), "/connectors?q=contoso&sort=-name")
		shown := maya.get(to.leads())
		ids, _ := shown.rowsOf()
		mine := fmt.Sprintf("Ours %d", len(ids))
		equal(t, "the view's address in the menu", shown.menu()[mine], to.leads())
		equal(t, "the link that is lit", shown.menu()["current"], mine)
		before := len(s.tenant.Requests())
		equal(t, "on a page that reads nothing", maya.get("/sessions").menu()[mine], to.leads())
		equal(t, "requests to Graph", len(s.tenant.Requests()), before)
		if _, there := tom.get("/connectors").menu()[mine]; there {
			t.Error("somebody else sees the view")
		}
		path := deletion(t, shown)
		equal(t, "somebody else deletes it", tom.post(path, url.Values{"token": {tom.token()}}).status, http.StatusNotFound)
		gone := maya.post(path, url.Values{"token": {maya.token()}})
		equal(t, "its person does", gone.leads(), "/connectors?q=contoso&sort=-name")
		equal(t, "a second time", maya.post(path, url.Values{"token": {maya.token()}}).status, http.StatusNotFound)
	})
}

// deletion is where the page's form posts that deletes a view.
func deletion(t *testing.T, p page) string {
	t.Helper()
	_, after, _ := strings.Cut(p.body, `action="/views/`)
	id, _, there := strings.Cut(after, `/delete"`)
	if !there {
		t.Fatalf("no form deletes a view: %s", p)
	}
	return "/views/" + id + "/delete"
}

func TestViewsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	token := maya.token()
	save := func(name, query string) page {
		return maya.post("/views", url.Values{"token": {token}, "name": {name}, "query": {query}})
	}
	equal(t, "the first", save("Late", "?health=late").leads(), "/connectors?health=late")
	for what, got := range map[string]page{
		"a taken name": save("late", "health=late"), "no name": save(" ", "q=x"), "61 characters": save(strings.Repeat("é", 61), ""),
		"another parameter": save("A", "q=x&next=//evil.example"), "a parameter twice": save("A", "q=x&q=y"), "no query": save("A", "%zz"),
		"no such column": save("A", "columns=color"),
	} {
		equal(t, what, got.status, http.StatusUnprocessableEntity)
	}
	again := save("Late", "q=kept")
	contains(t, again, "You have a view of this name.", `value="q=kept"`, `value="Late"`, `aria-invalid="true"`)
	equal(t, "60 characters", save(strings.Repeat("é", 60), "").leads(), "/connectors")
	equal(t, "as fields", maya.post("/views", url.Values{"token": {token}, "name": {"Fields"}, "q": {"na"}, "size": {"25"}}).leads(), "/connectors?q=na&size=25")
	for i := range 17 {
		equal(t, "one more", save(fmt.Sprintf("View %d", i), "").status, http.StatusSeeOther)
	}
	equal(t, "the 21st", save("One too many", "").status, http.StatusUnprocessableEntity)
	equal(t, "without the token", maya.post("/views", url.Values{"name": {"x"}}).status, http.StatusForbidden)
}
