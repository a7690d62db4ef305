package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// replicated is a site of two instances on one PostgreSQL database, behind a proxy that gives requests to each in turn.
func replicated(t *testing.T, options ...option) *site {
	t.Helper()
	address := databasetest.URL(t, databasetest.PostgresKind)
	other := databasetest.Open(t, address)
	return newSite(t, databasetest.Open(t, address), append(options, func(set *setting) { set.others = append(set.others, other) })...)
}

const first, second = "0", "1"

// TestReplicasShareSessions: a sign-in may begin on one instance and end on the other, both know the session and take
// its forms, and a sign-out on one is known to the other after two seconds at most.
func TestReplicasShareSessions(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := replicated(t, clock.with)
	for _, way := range [][2]string{{first, second}, {second, first}} {
		maya := s.visitor()
		start := maya.get("/login", instanceHeader, way[0])
		picked := maya.follow("POST", maya.follow("GET", start.location(), nil).location(), url.Values{"person": {"maya"}})
		equal(t, "the callback elsewhere", maya.follow("GET", picked.location(), nil, instanceHeader, way[1]).status, http.StatusSeeOther)
		for _, instance := range way {
			equal(t, "a page of instance "+instance, maya.get("/connectors", instanceHeader, instance).status, http.StatusOK)
		}
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		form := maya.get(path+"/edit", instanceHeader, way[0]).form(path)
		form.Set("version", "by way of "+way[0])
		form.Set("reason", "ticket 1")
		saved := maya.post(path, form, instanceHeader, way[1])
		equal(t, "the form of one sent to the other", saved.status, http.StatusSeeOther)
		again := maya.post(path, form, instanceHeader, way[0])
		equal(t, "the same form again, to the one", again.status, http.StatusSeeOther)

		thief, token := maya.copy(), maya.token()
		equal(t, "before", thief.get("/connectors", instanceHeader, way[1]).status, http.StatusOK)
		equal(t, "the sign-out", maya.post("/logout", url.Values{"token": {token}}, instanceHeader, way[0]).status, http.StatusOK)
		equal(t, "the stolen cookie where the sign-out was", thief.get("/connectors", instanceHeader, way[0]).status, http.StatusSeeOther)
		clock.Add(2*time.Second + time.Millisecond)
		equal(t, "the stolen cookie elsewhere, two seconds later", thief.get("/connectors", instanceHeader, way[1]).status, http.StatusSeeOther)
	}
	equal(t, "PATCH requests", s.patches(), 2)
}

// TestReplicasRefuseASaveAtOnce: a write looks at the database, not at what an instance remembers.
func TestReplicasRefuseASaveAtOnce(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := replicated(t, clock.with) // the clock stands, so the other instance remembers the session
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	before := maya.post("/connectors/"+id, maya.edit(id, "version", "before"), instanceHeader, second)
	equal(t, "a save before", before.status, http.StatusSeeOther)
	form := maya.edit(id, "version", "after the sign-out")
	thief, token := maya.copy(), maya.token()
	equal(t, "a page of the other instance", thief.get("/connectors", instanceHeader, second).status, http.StatusOK)
	maya.post("/logout", url.Values{"token": {token}}, instanceHeader, first)
	thief.post("/connectors/"+id, form, instanceHeader, second)
	equal(t, "PATCH requests", s.patches(), 1)
}

// TestReplicasRefreshOnce: fifty sessions, each with five requests at once to both instances when its token is due, at a
// provider that takes a refresh token once and ends the session of one that comes again. Ten sessions ask at a time: more would
// try how many pages a slow machine makes in the time that Graph has.
func TestReplicasRefreshOnce(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := replicated(t, clock.with, func(set *setting) { set.idle = 4 * time.Hour })
	const sessions, atOnce, requests = 50, 10, 5
	people := make([]*visitor, sessions)
	for i := range people {
		people[i] = s.person([]string{"maya", "tom", "ruth", "priya", "omar"}[i%5])
	}
	before := len(s.tenant.Requests("POST /token"))
	clock.Add(56 * time.Minute) // five minutes before its end a token is due

	answers := make(chan int, sessions*requests)
	for some := range slices.Chunk(people, atOnce) {
		var all sync.WaitGroup
		for _, person := range some {
			for i := range requests {
				all.Go(func() { answers <- person.status("/connectors", strconv.Itoa(i%2)) })
			}
		}
		all.Wait()
	}
	close(answers)
	for status := range answers {
		equal(t, "a request at the end of the token's life", status, http.StatusOK)
	}
	equal(t, "calls of the token endpoint", len(s.tenant.Requests("POST /token"))-before, sessions)
	clock.Add(56 * time.Minute)
	for _, person := range people {
		equal(t, "a page an hour later", person.get("/connectors").status, http.StatusOK)
	}
}

// status asks without ending the test, as it may run beside others.
func (v *visitor) status(path, instance string) int {
	request, err := http.NewRequest(http.MethodGet, v.site.url.String()+path, nil)
	if err != nil {
		return 0
	}
	request.Header.Set(instanceHeader, instance)
	answer, err := v.client.Do(request)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// TestARefusalIsKnownToAllInstances: whom Graph refuses a read on one, the other shows what others have read no more.
func TestARefusalIsKnownToAllInstances(t *testing.T) {
	t.Parallel()
	s := replicated(t)
	tom, maya := s.person("tom"), s.person("maya")
	equal(t, "his list", tom.get("/connectors", instanceHeader, second).status, http.StatusOK)
	equal(t, "her list, which he may be shown", maya.get("/connectors", instanceHeader, second).status, http.StatusOK)
	equal(t, "a page elsewhere", tom.get("/connectors/"+simulator.ExampleID, instanceHeader, first).status, http.StatusOK)
	s.tenant.Faults.Next("GET "+graph.Collection+"/"+simulator.ExampleID, faults.Answer(graph.RoleForbids))
	equal(t, "a page that Graph refuses", tom.get("/connectors/"+simulator.ExampleID, instanceHeader, first).status, http.StatusForbidden)
	eventually(t, "his list is read of Graph", func() bool {
		equal(t, "her list", maya.get("/connectors", "Cache-Control", "max-age=0", instanceHeader, second).status, http.StatusOK)
		before := len(s.tenant.Requests("GET " + graph.Collection))
		equal(t, "his", tom.get("/connectors", instanceHeader, second).status, http.StatusOK)
		return len(s.tenant.Requests("GET "+graph.Collection)) > before
	})
}
