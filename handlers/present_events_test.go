package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// syncForm is the form that asks for a full sync.
func (v *visitor) syncForm(id string) url.Values {
	v.site.t.Helper()
	form := v.get("/connectors/" + id).form("/connectors/" + id + "/sync")
	form.Set("syncType", "fullSync")
	form.Set("reason", "Queue looked stuck")
	return form
}

// TestSyncIsToldEverywhere: its kind, and how it ended once anybody's read has shown it, on every page and in every export.
func TestSyncIsToldEverywhere(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, ruth := s.person("maya"), s.person("ruth")
		id := simulator.ID("s2s-na")
		equal(t, "the sync", maya.post("/connectors/"+id+"/sync", maya.syncForm(id)).status, http.StatusSeeOther)
		contains(t, ruth.get("/audit?action=sync"), "Asked for a full sync", "Accepted")
		clock.Add(6 * time.Second)
		contains(t, ruth.get("/connectors/"+id), "asked for a full sync", "Synced in 5 s")
		lines := s.lines(db, audit.Filter{Connector: id})
		equal(t, "lines", len(lines), 3)
		change := "/changes/" + lines[0].ID
		for _, path := range []string{"/connectors/" + id, "/changes", "/", change, "/audit?action=sync", "/audit/" + s.entry(ruth, "sync")} {
			page := ruth.get(path)
			contains(t, page, "sked for a full sync", "Synced in 5 s", "Queue looked stuck")
			if strings.Contains(page.body, "a delta sync") || strings.Contains(page.body, ">Accepted<") {
				t.Errorf("%s tells of another sync: %s", path, page.body)
			}
		}
		contains(t, ruth.get("/audit?action=resolved"), "Saw a full sync", "Ruth Brandt")
		synced := lines[2].SyncedAt.Text()
		contains(t, ruth.get("/audit.ndjson?connector="+id), `"graph":null,"sync_type":"fullSync","synced_at":"`+synced+`","hash":"`)
		contains(t, ruth.get("/audit.csv?connector="+id), "graph_request_id,sync_type,synced_at,run,observed,ticket,hash", ",fullSync,"+synced+",,,,")
	})
}

// entry is the number of the latest entry of that action.
func (s *site) entry(v *visitor, action string) string {
	s.t.Helper()
	return v.get("/audit?action=" + action).rows()[0]
}

// TestSyncIsToldWhereItWasRefusedOrLost with its kind.
func TestSyncIsToldWhereItWasRefusedOrLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault faults.Fault
		says  string
	}{
		"refused":  {faults.Answer(graph.RoleForbids), "Graph refused the request for a full sync"},
		"in doubt": {faults.LoseAnswer(), "Graph did not answer the request for a full sync"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := databasetest.SQLite(t)
			s := newSite(t, db)
			maya := s.person("maya")
			id := simulator.ID("s2s-na")
			form := maya.syncForm(id)
			s.tenant.Faults.Next("POST "+graph.Collection+"/"+id+"/sync", test.fault)
			maya.post("/connectors/"+id+"/sync", form)
			lines := s.lines(db, audit.Filter{Connector: id})
			for _, line := range lines {
				equal(t, "the kind in the record", line.SyncType, "fullSync")
			}
			contains(t, maya.get("/changes/"+lines[0].ID), test.says)
			contains(t, maya.get("/changes"), "tried to ask for a full sync")
		})
	}
}

// TestOldSyncIsToldWithItsKind, which its line does not hold, and without an end that nobody recorded.
func TestOldSyncIsToldWithItsKind(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		ruth := s.person("ruth")
		id, change := simulator.ID("s2s-na"), "00000000-0000-4000-8000-000000000001"
		var asked time.Time
		for _, outcome := range []audit.Outcome{audit.Pending, audit.Applied} {
			line, err := s.record(db).Note(t.Context(), audit.Entry{ID: change, Action: audit.Sync, Actor: access.Actor{OID: "o", TID: "t", Name: "Ann"}, Connector: id, Outcome: outcome})
			check(t, err)
			asked = line.Time
		}
		run(t, db, `INSERT INTO changes (id, seq, once, connector, action, detail, reason, actor, fields, outcome, instance, intended_at, sync_after, sync_ended)
			VALUES ('`+change+`', 2, 'x', '`+id+`', 'sync', 'fullSync', '', '{"OID":"o","TID":"t","Name":"Ann"}', 'null', 'applied', '', `+
			strconv.FormatInt(asked.UnixMicro(), 10)+`, '`+asked.Add(10*time.Second).Format(time.RFC3339Nano)+`', 1)`)
		for _, path := range []string{"/connectors/" + id, "/changes", "/", "/audit?action=sync"} {
			contains(t, ruth.get(path), "sked for a full sync")
		}
		contains(t, ruth.get("/changes/"+change), "Synced in 10 s")
		equal(t, "lines", len(s.lines(db, audit.Filter{Connector: id})), 2)
	})
}

// TestConnectorsAreNamedInASessionThatNeverReadThem, from what anybody saw last.
func TestConnectorsAreNamedInASessionThatNeverReadThem(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya := s.person("maya")
		id := simulator.ID("s2s-na")
		form := maya.edit(id, "version", "16.1")
		s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.RoleForbids))
		equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusForbidden)
		ruth := s.person("ruth")
		number := s.entry(ruth, "edit")
		change := s.lines(db, audit.Filter{Action: audit.Edit})[0].ID
		for _, path := range []string{"/changes", "/changes/" + change, "/audit?action=edit", "/audit/" + number} {
			page := ruth.get(path)
			contains(t, page, "s2s-na", "ried to edit 1 field", `href="/connectors/`+id+`"`)
			if strings.Contains(page.body, ">"+id+"</bdi></a>") {
				t.Errorf("%s calls the connector by its id", path)
			}
		}
	})
}

// TestWhatWasNotStoredStaysVisible in the history, beside what Graph stored instead.
func TestWhatWasNotStoredStaysVisible(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	form := maya.edit(id, connector.ServerName, "asked.example")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Rewrite(func(answer *faults.Recorded) {
		body := strings.ReplaceAll(answer.Body.String(), "asked.example", "kept.example")
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}))
	equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusSeeOther)
	maya.get("/connectors/" + id) // shows the receipt
	for _, path := range []string{"/connectors/" + id, "/changes", "/", "/audit?action=edit"} {
		contains(t, maya.get(path), "asked.example", "Graph stored", "kept.example", "Saved differently")
	}
}
