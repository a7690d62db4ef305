package handlers_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/audit"
	"switchboard/internal/audit/witnesstest"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// witnessed is a site's option: a witness that knows the record of its key.
func witnessed(t *testing.T, into **witnesstest.Witness) option {
	return func(set *setting) {
		log, err := audit.New(audit.Options{SignerKey: set.signer})
		check(t, err)
		signer, err := note.NewSigner(set.signer)
		check(t, err)
		*into = witnesstest.Start(t, "one.example/witness", signer.Name(), log.VerifierKey())
		address, err := url.Parse((*into).URL)
		check(t, err)
		set.witnesses = []config.Witness{{Key: (*into).Key, URL: address}}
	}
}

func TestPagesAndExportsTellOfTheWitness(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var witness *witnesstest.Witness
		s := newSite(t, db, witnessed(t, &witness))
		ruth := s.person("ruth")
		contains(t, ruth.get("/audit"), `data-chain="verified"`, "Witness one.example/witness", "no line yet")
		s.by.Ask(t.Context())
		contains(t, ruth.get("/audit"), `data-chain="verified"`, `data-witness="one.example/witness"`, "line 1")
		contains(t, ruth.get("/audit/checkpoint"), "\n\nsite.example/audit\n1\n", "— one.example/witness ")
		contains(t, ruth.get("/audit.ndjson"), `,"witnessed":"site.example/audit\n1\n`)
		witness.Stop()
		s.by.Ask(t.Context())
		down := ruth.get("/audit")
		contains(t, down, `data-chain="verified"`, "A witness does not cosign.", "one.example/witness has not since", "connection refused", "line 1, 1 line behind")
	})
}

// TestRefusalOfAWitnessIsRed: somebody with key and database made another record, which the program cannot tell from a true one.
func TestRefusalOfAWitnessIsRed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		seen int // lines of the true record
		want string
	}{"a fork": {1, `data-first="1"`}, "a roll back": {5, `data-first="3"`}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				var witness *witnesstest.Witness
				s := newSite(t, db, witnessed(t, &witness))
				honest, err := audit.New(audit.Options{Database: databasetest.SQLite(t), SignerKey: s.set.signer})
				check(t, err)
				for range test.seen {
					_, err := honest.Note(t.Context(), audit.Entry{Action: audit.SignIn, Reason: "true"})
					check(t, err)
				}
				by, err := audit.NewWitnesses(audit.WitnessOptions{AuditLog: honest, Witnesses: []audit.Witness{{Key: witness.Key, URL: witness.URL}}, Log: slog.New(slog.DiscardHandler)})
				check(t, err)
				by.Ask(t.Context())
				ruth := s.person("ruth")
				maya, id := s.person("maya"), simulator.ID("s2s-na")
				save := maya.edit(id, "version", "16.2")
				s.by.Ask(t.Context())
				ready := s.visitor().get("/readyz")
				equal(t, "readiness", ready.status, http.StatusServiceUnavailable)
				contains(t, ready, "the audit log does not match its checkpoint")
				equal(t, "a save", maya.post("/connectors/"+id, save).status, http.StatusServiceUnavailable)
				page := ruth.get("/audit")
				contains(t, page, `data-chain="broken"`, test.want, "Chain broken", "A witness knows another audit log", "call your security team")
				if strings.Contains(page.body, "Chain verified") {
					t.Error("the page says that the chain is verified")
				}
			})
		})
	}
}
