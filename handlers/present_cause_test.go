package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

const listKey = "GET " + graph.Collection

// lacks fails where the page says in its main part what it must not.
func lacks(t *testing.T, p page, parts ...string) {
	t.Helper()
	_, main, whole := strings.Cut(p.body, "<main")
	if !whole {
		main = p.body // a fragment
	}
	main, _, _ = strings.Cut(main, "</main>")
	for _, part := range parts {
		if main == "" || strings.Contains(main, part) {
			t.Errorf("%s says %q: %s", p.from, part, p)
		}
	}
}

// TestAReadThatGraphRefusesIsAnOutage: what a person reads was not typed by them, and the list has no id.
func TestAReadThatGraphRefusesIsAnOutage(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	for name, refusal := range map[string]graph.Problem{
		"another tenant":  graph.WrongTenant,
		"nothing there":   graph.NotFound,
		"no version":      {Status: 404, Code: "ResourceNotFound", Text: "Invalid version: devicemanagement"},
		"another service": {Status: 400, Code: "BadRequest", Text: "Resource not found for the segment 'exchangeConnectors'."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya, tom := s.person("maya"), s.person("tom")
			contains(t, maya.get("/connectors"), "hosted-na")
			form := maya.edit(id, "serverName", "EX02")
			s.tenant.Faults.Always(listKey, faults.Answer(refusal))
			if refusal != graph.NotFound { // which is an answer about one connector
				s.tenant.Faults.Always(listKey+"/"+id, faults.Answer(refusal))
				saved := maya.post("/connectors/"+id, form)
				equal(t, "a save", saved.status, http.StatusServiceUnavailable)
				contains(t, saved, "so nothing was sent", "switchboard check")
			}
			kept := maya.get("/connectors")
			equal(t, "with saved values", kept.status, http.StatusOK)
			contains(t, kept, "You are looking at saved values", "hosted-na")
			down := tom.get("/connectors")
			equal(t, "without", down.status, http.StatusServiceUnavailable)
			contains(t, down, "address", "switchboard check")
			lacks(t, down, "typed", "with this id", "Graph refused the values")
			if down.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			equal(t, "PATCH requests", s.patches(), 0)
		})
	}
}

// TestAProxysRefusalClosesNoGate: who may what is Graph's to say. A change that a proxy answered is in doubt, a read is to
// be tried later, and nobody is signed out.
func TestAProxysRefusalClosesNoGate(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	for _, status := range []int{302, 400, 401, 403, 404, 407, 410, 423, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya := s.person("maya")
			form := maya.edit(id, "serverName", "EX02")
			proxy := faults.Answer(graph.Proxy(status))
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() { s.tenant.Faults.Always(listKey+"/"+id, proxy) }, proxy))
			lost := maya.post("/connectors/"+id, form)
			equal(t, "a save", lost.status, http.StatusAccepted)
			contains(t, lost, `data-outcome="in_doubt"`, "Something between Switchboard and Graph", fmt.Sprint(status))
			lacks(t, lost, "refused", "Which gate is closed")
			equal(t, "PATCH requests", s.patches(), 1)
			access := maya.get("/access")
			equal(t, "still signed in", access.status, http.StatusOK)
			lacks(t, access, "Graph refused an edit of yours", "Intune did not take you")
			s.tenant.Faults.Always("POST "+graph.Collection+"/"+id+"/sync", proxy)
			s.tenant.Faults.Clear(listKey + "/" + id)
			page := maya.get("/connectors/" + id)
			asked := page.form("/connectors/" + id + "/sync")
			asked.Set("syncType", "fullSync")
			asked.Set("reason", "ticket 2")
			synced := maya.post("/connectors/"+id+"/sync", asked)
			equal(t, "a sync", synced.status, http.StatusAccepted)
			contains(t, synced, "Something between Switchboard and Graph", "may or may not have been accepted")
			s.tenant.Faults.Always(listKey, proxy)
			read := s.person("tom").get("/connectors")
			equal(t, "a read", read.status, http.StatusServiceUnavailable)
			contains(t, read, "A proxy, a gateway or a sign-in page", fmt.Sprint(status))
			lacks(t, read, "Which gate is closed")
		})
	}
}

// TestGatesAreJudgedByGraphsReasons: 403 has several causes, and an empty one has none.
func TestGatesAreJudgedByGraphsReasons(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		id := simulator.ID("s2s-na")
		refuse := func(fault faults.Fault) page {
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, fault)
			refused := maya.post("/connectors/"+id, maya.edit(id, "serverName", "EX02"))
			equal(t, "a save", refused.status, http.StatusForbidden)
			return refused
		}
		const barred, unlicensed = "Graph refused an edit of yours", "Intune did not take you"
		bare := refuse(faults.Status(403, "", "", "request-id", "b3d0c1a2-4e5f-4a6b-8c7d-9e0f1a2b3c2d"))
		contains(t, bare, "does not say why")
		lacks(t, bare, "Which gate is closed")
		lacks(t, maya.get("/access"), barred, unlicensed)
		contains(t, refuse(faults.Answer(graph.RoleForbids)), "Which gate is closed")
		contains(t, maya.get("/access"), barred)
		refuse(faults.Answer(graph.NoIntuneAccess))
		licence := maya.get("/access")
		contains(t, licence, unlicensed)
		lacks(t, licence, barred)
	})
}

// TestASyncIsRefusedInWordsOfASync: it holds no values that could be at fault, and meets nobody's edit.
func TestASyncIsRefusedInWordsOfASync(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id + "/sync"
	for want, refusal := range map[int][]graph.Problem{
		http.StatusUnprocessableEntity: {graph.NoReason, graph.WrongTenant, {Status: 400, Code: "BadRequest", Text: "Requested value was not found."}},
		http.StatusConflict:            {graph.Conflict, graph.ConditionFail},
	} {
		for _, problem := range refusal {
			form := maya.get("/connectors/" + id).form(path)
			form.Set("reason", "ticket 1")
			form.Set("syncType", "deltaSync")
			s.tenant.Faults.Next("POST "+graph.Collection+"/"+id+"/sync", faults.Answer(problem))
			refused := maya.post(path, form)
			equal(t, problem.Text, refused.status, want)
			contains(t, refused, "sync", "No sync was asked for", problem.Text)
			sent := s.tenant.Requests("POST " + graph.Collection + "/" + id + "/sync")
			receipt := maya.get("/changes/" + sent[len(sent)-1].Header.Get("client-request-id"))
			contains(t, receipt, `data-outcome="rejected"`, problem.Text)
			for _, shown := range []page{refused, receipt} {
				lacks(t, shown, "values", "typed", "changed meanwhile", "Review")
			}
		}
	}
}

// TestALongRetryAfterNamesItsDay: 25 hours from now is not '10:23'.
func TestALongRetryAfterNamesItsDay(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	form := maya.edit(id, "serverName", "EX02")
	s.tenant.Faults.Always("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.Throttled.With("90000")))
	saved := maya.post("/connectors/"+id, form)
	equal(t, "a save", saved.status, http.StatusServiceUnavailable)
	equal(t, "Retry-After", saved.header.Get("Retry-After"), "90000")
	s.tenant.Faults.Always(listKey+"/"+id, faults.Answer(graph.Throttled.With("90000")))
	s.tenant.Faults.Always(listKey, faults.Answer(graph.Throttled.With("90000")))
	for _, shown := range []page{saved, maya.get("/connectors/" + id), s.person("tom").get("/connectors")} {
		if !strings.Contains(shown.body, "ry again tomorrow, ") && !strings.Contains(shown.body, "ry again on ") {
			t.Errorf("no day is named: %s", shown)
		}
	}
}

// TestALineBreakInAValueIsSeenAndCanBeMended, although no text field of a browser can hold one.
func TestALineBreakInAValueIsSeenAndCanBeMended(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	broken := "EX01\n"
	check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": &broken}))
	contains(t, maya.get("/connectors/"+id), "data-value=\"EX01\n\"", "U+000A")
	untouched := maya.edit(id)
	contains(t, maya.get("/connectors/"+id+"/edit"), `value="EX01␊"`, "stands for a line break (U+000A)")
	contains(t, maya.post("/connectors/"+id, untouched), "nothing was sent")
	equal(t, "PATCH requests", s.patches(), 0)

	review := maya.post("/connectors/"+id+"/review", maya.edit(id, "version", "9"))
	lacks(t, review, `&#34;serverName&#34;`)
	equal(t, "another field", maya.post("/connectors/"+id, review.form("/connectors/"+id)).status, http.StatusSeeOther)
	equal(t, "mended", maya.post("/connectors/"+id, maya.edit(id, "serverName", "EX01")).status, http.StatusSeeOther)
	sent := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
	equal(t, "the first PATCH", string(sent[0].Body), `{"version":"9"}`)
	equal(t, "the second PATCH", string(sent[1].Body), `{"serverName":"EX01"}`)
	change := sent[1].Header.Get("client-request-id")
	contains(t, maya.get("/changes/"+change), "U+000A")

	back := maya.get("/changes/" + change + "/revert").form("/connectors/" + id)
	back.Set("reason", "ticket 3")
	equal(t, "put back", maya.post("/connectors/"+id, back).status, http.StatusSeeOther)
	equal(t, "the third PATCH", string(s.tenant.Requests("PATCH " + graph.Collection + "/" + id)[2].Body), `{"serverName":"EX01\n"}`)
}
