package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// hang has all requests of the kind wait until release; arrived tells of each.
func (s *site) hang(request string) (arrived chan bool, release func()) {
	arrived, goOn := make(chan bool, 1000), make(chan bool)
	s.tenant.Faults.Always(request, faults.Then(func() { arrived <- true; <-goOn }, nil))
	return arrived, func() {
		s.tenant.Faults.Clear()
		close(goOn)
	}
}

// hasty is a site whose pages wait a moment for what hangs.
func hasty(set *setting) { set.patience = 50 * time.Millisecond }

// TestAHangingGraphKeepsNoPageWaiting: with a change in doubt and a Graph that answers nothing at all, every page that
// somebody has read before comes while it hangs, says so, and lets an administrator edit. Afterwards the doubt is resolved by a page.
func TestAHangingGraphKeepsNoPageWaiting(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), hasty)
	maya, tom := s.person("maya"), s.person("tom")
	id, other := simulator.ID("s2s-na"), simulator.ID("hosted-na")
	form := maya.edit(id, "version", "2")
	pages := []string{"/", "/connectors", "/connectors/" + id, "/connectors/" + other}
	for _, page := range pages {
		equal(t, page+" before", maya.get(page).status, http.StatusOK)
		equal(t, page+" before", tom.get(page).status, http.StatusOK)
	}
	goOn := make(chan bool)
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
		hangs := faults.Then(func() { <-goOn }, nil)
		s.tenant.Faults.Always("GET "+graph.Collection, hangs)
		s.tenant.Faults.Always("GET "+graph.Collection+"/*", hangs)
	}, faults.LoseAnswer()))
	equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusAccepted)
	change := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[0].Header.Get("client-request-id")
	for range 2 {
		for _, who := range []*visitor{maya, tom} {
			for _, page := range pages {
				shown := who.get(page)
				equal(t, page, shown.status, http.StatusOK)
				contains(t, shown, "Graph takes longer than usual to answer.")
				equal(t, page+" tells to edit", strings.Contains(shown.body, "You can edit all the same"), who == maya)
			}
			for _, page := range []string{"/changes", "/changes/" + change} {
				shown := who.get(page)
				equal(t, page, shown.status, http.StatusOK)
				contains(t, shown, change)
			}
		}
	}
	contains(t, maya.get("/connectors/"+other), "/connectors/"+other+"/edit")
	s.tenant.Faults.Clear()
	close(goOn)
	eventually(t, "the doubt resolved by a page", func() bool {
		return strings.Contains(tom.get("/changes/"+change).body, `data-outcome="applied_observed"`)
	})
	eventually(t, "a page of now", func() bool {
		return !strings.Contains(maya.get("/connectors/"+id).body, "takes longer")
	})
}

// TestHangingChangesOfOneKeepNobodyWaiting: twenty changes of one person hang; another person's connector is read and saved,
// and her own page is read anew, before any of the twenty is over.
func TestHangingChangesOfOneKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, tom := s.person("maya"), s.person("tom")
	const many = 20
	ids, _ := maya.get("/connectors").rowsOf()
	last, others := ids[many], ids[:many]
	var forms []url.Values
	for _, id := range others {
		forms = append(forms, maya.edit(id, "version", "2"))
	}
	arrived, release := s.hang("PATCH " + graph.Collection + "/*")
	over := make(chan int, many)
	for i, id := range others {
		go func() { over <- maya.post("/connectors/"+id, forms[i]).status }()
	}
	for range 8 {
		<-arrived
	}
	for name, who := range map[string]*visitor{"another person's": tom, "her own": maya} {
		shown := who.get("/connectors/" + last)
		equal(t, name+" page", shown.status, http.StatusOK)
		if strings.Contains(shown.body, "You are looking at values") {
			t.Errorf("%s page is an old one: %s", name, shown)
		}
	}
	equal(t, "changes that are over by then", len(over), 0)
	release()
	for range many {
		<-over
	}
}

// TestASlowGraphIsWaitedForByForms: what is known from before is not edited, so a form waits for the answer.
func TestASlowGraphIsWaitedForByForms(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), hasty)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	equal(t, "the page before", maya.get("/connectors/"+id).status, http.StatusOK)
	arrived, release := s.hang("GET " + graph.Collection + "/" + id)
	opened := make(chan page, 1)
	go func() { opened <- maya.get("/connectors/" + id + "/edit") }()
	<-arrived
	contains(t, maya.get("/connectors/"+id), "Graph takes longer than usual") // meanwhile
	equal(t, "forms that are open by then", len(opened), 0)
	release()
	form := <-opened
	equal(t, "the form", form.status, http.StatusOK)
	contains(t, form, `name="version"`)
}

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within a minute", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}
