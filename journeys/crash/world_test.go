package crash

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
	settle     = 50 * time.Millisecond
)

// world is a tenant, a database and the program between them, which dies and is started again.
type world struct {
	t        *testing.T
	url      string
	settings map[string]string
	tenant   *simulator.Tenant
	db       *database.DB // the test's own connections to the program's database
	program  *program
	admin    *browser
	key      string                    // the verifier's
	ends     map[string]map[string]int // how often a change ended how, by point
}

// open starts a world that has that many connectors.
func open(t *testing.T, kind string, connectors int) *world {
	t.Helper()
	address := freeAddress(t)
	w := &world{t: t, url: "http://" + address, ends: map[string]map[string]int{}}
	var err error
	w.tenant, err = simulator.Start(simulator.Options{
		Client:     simulator.Client{ID: "crash", Secret: "of no use elsewhere", RedirectURIs: []string{w.url + "/auth/callback"}},
		Connectors: plain(connectors),
	})
	check(t, err)
	t.Cleanup(func() { w.tenant.Close() })
	signer, verifier, err := note.GenerateKey(rand.Reader, "crash.switchboard.example")
	check(t, err)
	w.key = verifier
	keyFile := filepath.Join(t.TempDir(), "audit.key")
	check(t, os.WriteFile(keyFile, []byte(signer+"\n"), 0o600))
	databaseURL := databasetest.URL(t, kind)
	w.db = databasetest.Open(t, databaseURL)
	w.settings = map[string]string{
		"LISTEN": address, "PUBLIC_URL": w.url, "DEMO": "false", "DATABASE_URL": databaseURL,
		"OIDC_ISSUER": w.tenant.Issuer(), "OIDC_CLIENT_ID": "crash", "OIDC_CLIENT_SECRET": "of no use elsewhere",
		"GRAPH_BASE_URL": w.tenant.GraphURL(), "GRAPH_READ_SCOPE": readScope, "GRAPH_WRITE_SCOPE": writeScope,
		"SESSIONS_KEYS": base64.StdEncoding.EncodeToString(make([]byte, 32)), "AUDIT_KEY_FILE": keyFile,
		"CHANGES_SETTLE": settle.String(), "BULK_RATE": "5", // the most that there may be
	}
	w.restart()
	w.admin = signIn(t, w.url, "maya")
	return w
}

func (w *world) restart() {
	w.t.Helper()
	w.program = start(w.t, w.settings)
	w.program.ready(w.t, w.url)
}

// plain are that many connectors that never sync by themselves.
func plain(count int) []graph.Connector {
	all := make([]graph.Connector, count)
	for i := range all {
		version, status, kind, never := "before", "connected", "serviceToService", "0001-01-01T00:00:00Z"
		all[i] = graph.Connector{ID: idOf(i), Deaf: true, Values: map[string]*string{
			"version": &version, "status": &status, "exchangeConnectorType": &kind, "lastSyncDateTime": &never,
		}}
	}
	return all
}

func idOf(number int) string   { return fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", number) }
func patchOf(id string) string { return "PATCH " + graph.Collection + "/" + id }
func readOf(id string) string  { return "GET " + graph.Collection + "/" + id }

// row is a change as the program's database holds it.
type row struct{ id, outcome string }

// rows are the connector's changes, the oldest first.
func (w *world) rows(id string) []row {
	found, err := w.db.QueryContext(context.Background(), "SELECT id, outcome FROM changes WHERE connector = $1 ORDER BY seq", id)
	if err != nil {
		w.t.Error(err)
		return nil
	}
	defer found.Close()
	var rows []row
	for found.Next() {
		var each row
		if err := found.Scan(&each.id, &each.outcome); err != nil {
			w.t.Error(err)
		}
		rows = append(rows, each)
	}
	return rows
}

// lines are the record's lines of a change as "action outcome", the oldest first.
func (w *world) lines(change string) []string {
	w.t.Helper()
	found, err := w.db.QueryContext(context.Background(), "SELECT action, outcome FROM audit_entries WHERE id = $1 ORDER BY seq", change)
	check(w.t, err)
	defer found.Close()
	var lines []string
	for found.Next() {
		var action, outcome string
		check(w.t, found.Scan(&action, &outcome))
		lines = append(lines, action+" "+outcome)
	}
	check(w.t, found.Err())
	return lines
}

// intended says whether the intent that a PATCH belongs to was committed when the PATCH arrived.
func (w *world) intended(r *http.Request) {
	var committed int
	err := w.db.QueryRowContext(context.Background(), "SELECT count(*) FROM audit_entries WHERE id = $1 AND outcome = 'pending'",
		r.Header.Get("client-request-id")).Scan(&committed)
	if err != nil || committed != 1 {
		w.t.Errorf("a PATCH arrived with %d committed intents: %v", committed, err)
	}
}

// watched is a fault that looks for the intent first.
func (w *world) watched(fault faults.Fault) faults.Fault {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		w.intended(r)
		fault(rw, r, next)
	}
}

// hold takes the lock that writers of the record wait for, until release is called.
func (w *world) hold() (release func()) {
	held, let, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- w.db.Write(context.Background(), func(tx *sql.Tx) error {
			if !w.db.Local() {
				var size int64
				if err := tx.QueryRow("SELECT size FROM audit_head FOR UPDATE").Scan(&size); err != nil {
					return err
				}
			}
			close(held)
			<-let
			return nil
		})
	}()
	<-held
	return func() {
		close(let)
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
}

// age lets the 35 s pass within which another instance may still be sending what is pending.
func (w *world) age(id string) {
	w.t.Helper()
	_, err := w.db.ExecContext(context.Background(), "UPDATE changes SET intended_at = intended_at - 36000000 WHERE connector = $1 AND outcome = 'pending'", id)
	check(w.t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
