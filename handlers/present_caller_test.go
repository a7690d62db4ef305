package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestCallersCard: what was changed elsewhere, what was asked for and who did so stand on the page of somebody else, and in the summary.
func TestCallersCard(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, tom := s.person("maya"), s.person("tom")
		id := simulator.ID("hosted-na")
		path := "/connectors/" + id
		tom.get(path)
		well := clock.Now()
		clock.Add(10 * time.Minute)
		disconnected := "disconnected"
		check(t, s.tenant.Graph.Set(id, map[string]*string{"status": &disconnected}))
		seen := clock.Now()
		tom.get(path)
		clock.Add(2 * time.Second)
		card := tom.get(path)
		stamp := func(at time.Time) string { return at.Format("2 Jan 2006, 15:04 UTC") }
		contains(t, card, `data-health="broken"`, `data-answer="since"`, "first seen so on", "Nobody looked in between.", "Under way: nothing.",
			"Well until "+stamp(well)+" at least, first seen so on "+stamp(seen)+". Nobody looked in between.", "Anybody with Connector.Admin.",
			"Ask whether mail fails on one device or on many", `data-key="c"`)
		lacks(t, card, "Check that the account of the primary SMTP address")
		contains(t, maya.get(path), "Check that the account of the primary SMTP address")
		contains(t, s.person("ruth").get(path), "The evidence pack about this connector")

		maya.post(path, maya.edit(id, "version", "15.2"))
		maya.post(path+"/sync", syncForm(maya.get(path), "deltaSync"))
		asked := clock.Now()
		clock.Add(time.Second)
		card = tom.get(path)
		contains(t, card, "Maya Lindqvist asked for a delta sync on", "Maya Lindqvist, who changed it last, on", "Under way: Maya Lindqvist asked for a delta sync on "+stamp(asked))
		contains(t, page{t: t, body: summaryOf(t, card)}, "Devices that have access to mail keep it.", "Ask: Maya Lindqvist, who changed it last, on", path)
		equal(t, "the page after an edit by htmx", strings.Contains(maya.get(path, "HX-Request", "true").body, "data-summary"), true)
	})
}

// syncForm is the card's form for a sync, filled in.
func syncForm(card page, kind string) url.Values {
	form := card.form(card.from.Path + "/sync")
	form.Set("syncType", kind)
	form.Set("reason", "The caller waits.")
	return form
}

// TestCopyAsNamesGraph where this program asks it, by each connector's escaped id, and no token.
func TestCopyAsNamesGraph(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom := s.person("tom")
	id := simulator.ID("s2s-na")
	shown := tom.get("/connectors/" + id)
	equal(t, "the page", shown.status, http.StatusOK)
	contains(t, shown, "Invoke-MgGraphRequest -Method GET -Uri &#39;"+s.tenant.GraphURL()+"/deviceManagement/exchangeConnectors/"+id+"&#39;",
		"Connect-MgGraph -Scopes &#39;DeviceManagementServiceConfig.Read.All&#39;", "Bearer $GRAPH_TOKEN", "&#34;exchangeConnectorType&#34;: &#34;serviceToService&#34;")
	lacks(t, shown, "eyJ")
}
