package handlers_test

import (
	"net/http"
	"regexp"
	"testing"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// saves saves an edit, and returns the id of its change.
func (s *site) saves(v *visitor, id string, typed ...string) (change string) {
	s.t.Helper()
	path := "/connectors/" + id
	v.post(path, v.edit(id, typed...))
	sent := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
	return sent[len(sent)-1].Header.Get("client-request-id")
}

// asksBeside asks for a page as its script does while the page shows that change's receipt.
func (v *visitor) asksBeside(change, path string) page {
	return v.get(path, "HX-Request", "true", "HX-Request-Type", "partial", "Switchboard-Passive", "true", "Switchboard-Receipt", change)
}

// TestReceiptStays while its page asks by itself. It says what has changed since, and the rows below claim only what is so; a change in
// doubt takes its place.
func TestReceiptStays(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, priya, id := s.person("maya"), s.person("priya"), simulator.ID("s2s-na")
		path, since := "/connectors/"+id, "Changed since then: "
		change := s.saves(maya, id, "serverName", "LIVE01", "exchangeAlias", "first")
		maya.get(path) // shows the receipt
		shown := `data-change="` + change + `"`
		page := maya.asksBeside(change, path)
		contains(t, page, shown, "Just saved", "the name above follows it", `data-value="LIVE01"`)
		lacks(t, page, since)
		lacks(t, maya.asksBeside(change, "/connectors/"+simulator.ID("s2s-emea")), shown)

		s.saves(priya, id, "version", "2")
		page = maya.asksBeside(change, path)
		contains(t, page, shown, "Just saved", `data-field="version" data-value="2"`)
		lacks(t, page, since)

		s.saves(priya, id, "serverName", "LIVE02", "exchangeAlias", "second")
		page = maya.asksBeside(change, path)
		contains(t, page, shown, since+"Alias and Exchange server. The properties below are those of now.", `data-value="LIVE02"`)
		lacks(t, page, "Just saved", "the name above follows it")

		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.LoseAnswer())
		doubtful := s.saves(priya, id, "serverName", "LIVE03")
		page = maya.asksBeside(change, path)
		contains(t, page, `data-change="`+doubtful+`" data-outcome="in_doubt"`)
		lacks(t, page, shown)
	})
}

// TestReceiptOfARefusalStays: what a refusal left as it was may change, too.
func TestReceiptOfARefusalStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, priya, id := s.person("maya"), s.person("priya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.NullRefused))
	change := s.saves(maya, id, "serverName", "LIVE01")
	page := maya.asksBeside(change, path)
	contains(t, page, `data-change="`+change+`" data-outcome="rejected"`)
	lacks(t, page, "Changed since then")
	equal(t, "the save", priya.post(path, priya.edit(id, "serverName", "LIVE02")).status, http.StatusSeeOther)
	contains(t, maya.asksBeside(change, path), "Changed since then: Exchange server.")
}

// TestReceiptOfAChangeThatWasNotSent names no read: none was made, and Graph was not asked for anything.
func TestReceiptOfAChangeThatWasNotSent(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		w.Header().Set("Connection", "close") // else the next PATCH may go out on it before its end is noticed
		next.ServeHTTP(w, r)
	})
	s.saves(maya, id, "version", "1") // gets the write scope
	form := maya.edit(id, "version", "2")
	s.tenant.Faults.Next("GET "+graph.Collection+"/"+id, faults.Then(func() { check(t, s.tenant.Refuse()) }, nil))
	refused := maya.post("/connectors/"+id, form)
	check(t, s.tenant.Resume())
	equal(t, "the save", refused.status, http.StatusServiceUnavailable)
	link := regexp.MustCompile(`/changes/[0-9a-f-]{36}`)
	receipt := maya.get(link.FindString(maya.get("/changes").body))
	contains(t, receipt, `data-outcome="not_applied"`, "The change was not sent to Graph.", "Graph could not be reached. It is safe to make the change again.")
	lacks(t, receipt, "still shows")
}

// TestReceiptOfASyncThatWasGivenUp speaks of a request, which stores nothing.
func TestReceiptOfASyncThatWasGivenUp(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id + "/sync"
	form := maya.get("/connectors/" + id).form(path)
	form.Set("syncType", "fullSync")
	form.Set("reason", "ticket 1")
	s.tenant.Faults.Next("POST "+graph.Collection+"/"+id+"/sync", faults.Reset())
	equal(t, "the sync", maya.post(path, form).status, http.StatusAccepted)
	change := s.tenant.Requests("POST " + graph.Collection + "/" + id + "/sync")[0].Header.Get("client-request-id")
	doubt := maya.get("/changes/" + change)
	contains(t, doubt, "Whether Graph accepted the request stays unknown.")
	lacks(t, doubt, "Graph stored", "Further edits")
	up := doubt.form("/changes/" + change + "/close")
	up.Set("reason", "it runs every hour")
	equal(t, "giving up", maya.post("/changes/"+change+"/close", up).status, http.StatusSeeOther)
	receipt := maya.get("/changes/" + change)
	contains(t, receipt, "Given up: whether Graph accepted the request for a full sync was not found out.", "it runs every hour")
	lacks(t, receipt, "stored")
}
