package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestBrokenRecord: the page says from which line on, nothing new is begun, what has happened is still recorded, and what
// leaves ends with the checkpoint from before.
func TestBrokenRecord(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, ruth := s.person("maya"), s.person("ruth")
		id := simulator.ID("s2s-na")
		equal(t, "the save before", maya.post("/connectors/"+id, maya.edit(id, "version", "16.1")).status, http.StatusSeeOther)
		save, sync := maya.edit(id, "version", "16.2"), maya.syncForm(id)
		contains(t, ruth.get("/audit"), `data-chain="verified"`)
		good := ruth.get("/audit/checkpoint").body
		sent := s.patches()
		dropped := "DROP TRIGGER audit_entries_no_delete"
		if !db.Local() {
			dropped = "DROP TRIGGER audit_entries_no_change ON audit_entries"
		}
		run(t, db, dropped, "DELETE FROM audit_entries WHERE seq = 2")

		contains(t, ruth.get("/audit"), `data-chain="broken"`, `data-first="2"`, "Line 2 is missing.", "Nothing new is begun")
		contains(t, ruth.get("/audit", "HX-Request", "true", "HX-Target", "div#results"), `data-chain="broken"`, `hx-swap-oob="outerHTML"`)
		ready := s.visitor().get("/readyz")
		equal(t, "readiness", ready.status, http.StatusServiceUnavailable)
		contains(t, ready, "the audit log does not match its checkpoint")
		equal(t, "a save", maya.post("/connectors/"+id, save).status, http.StatusServiceUnavailable)
		equal(t, "a sync", maya.post("/connectors/"+id+"/sync", sync).status, http.StatusServiceUnavailable)
		equal(t, "what Graph was asked for", s.patches(), sent)
		for _, page := range []string{"/", "/connectors", "/connectors/" + id, "/connectors/" + id + "/edit", "/changes"} {
			equal(t, page, maya.get(page).status, http.StatusOK)
		}
		edits := s.lines(db, audit.Filter{Action: audit.Edit})
		contains(t, maya.get("/changes/"+edits[0].ID), "may not be what happened")

		s.person("tom")
		equal(t, "who signed in since", s.lines(db, audit.Filter{Action: audit.SignIn})[1].Actor.Name, "Tom Okafor")
		equal(t, "the checkpoint", ruth.get("/audit/checkpoint").body, good)
		export := ruth.get("/audit.ndjson").body
		equal(t, "that the export ends with it", strings.Contains(export, strings.ReplaceAll(good, "\n", `\n`)), true)
		pack := ruth.get("/audit/evidence.zip")
		equal(t, "an evidence pack", pack.status, http.StatusOK)
		if _, err := audit.VerifyEvidence(strings.NewReader(pack.body), int64(len(pack.body)), audit.VerifyOptions{}); err == nil {
			t.Error("an evidence pack of a broken record verifies")
		}
	})
}

// TestWhatALineDoesNotSayIsNotShownAsVerified: the column beside it that says whether a stored value was known, forged after the record
// was checked.
func TestWhatALineDoesNotSayIsNotShownAsVerified(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, ruth, id := s.person("maya"), s.person("ruth"), simulator.ID("s2s-na")
		equal(t, "the save", maya.post("/connectors/"+id, maya.edit(id, "version", "16.typed")).status, http.StatusSeeOther)
		contains(t, ruth.get("/audit"), `data-chain="verified"`)
		dropped := "DROP TRIGGER audit_entries_no_update"
		if !db.Local() {
			dropped = "DROP TRIGGER audit_entries_no_change ON audit_entries"
		}
		run(t, db, dropped, "UPDATE audit_entries SET settled = 0 WHERE seq = 4")
		ruth.get("/audit/4")
		contains(t, ruth.get("/audit"), `data-chain="broken"`, `data-first="4"`)
	})
}
