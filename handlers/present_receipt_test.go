package handlers_test

import (
	"net/http"
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
