package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/simulator"
	"switchboard/simulator/directory"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

const (
	scopes = "https://graph.microsoft.com/DeviceManagementServiceConfig."
	// settle is far below the minute of the default, so that a short run sees changes in doubt found out.
	settle = 35 * time.Second
)

// world is a tenant, the program, and the people who use it.
type world struct {
	folder   string
	url      string
	tenant   *simulator.Tenant
	program  *program
	people   []*browser
	auditor  *browser
	verifier string
	met      atomic.Int64 // requests that met a fault

	mu   sync.Mutex
	sent map[string]bool // the changes whose PATCH or sync arrived, by UUID
}

// open starts a tenant and the program.
func open(ctx context.Context, o options) (*world, error) {
	folder, err := os.MkdirTemp("", "switchboard-soak-")
	if err != nil {
		return nil, err
	}
	w := &world{folder: folder, sent: map[string]bool{}}
	if err := w.start(ctx, o); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) start(ctx context.Context, o options) error {
	free, err := freeAddresses(2)
	if err != nil {
		return err
	}
	pages, metrics := free[0], free[1]
	w.url = "http://" + pages
	secret := rand.Text()
	w.tenant, err = simulator.Start(simulator.Options{
		Client:     simulator.Client{ID: "soak", Secret: secret, RedirectURIs: []string{w.url + "/auth/callback"}},
		Connectors: fleet(), People: crowd(o.people), SyncDelay: time.Second,
	})
	if err != nil {
		return err
	}
	w.watchChanges()
	signer, verifier, err := note.GenerateKey(rand.Reader, "soak.switchboard.example/audit")
	if err != nil {
		return err
	}
	w.verifier = verifier
	keyFile := filepath.Join(w.folder, "audit.key")
	if err := os.WriteFile(keyFile, []byte(signer+"\n"), 0o600); err != nil {
		return err
	}
	sealing := make([]byte, 32)
	rand.Read(sealing)
	w.program, err = startProgram(ctx, o.binary, w.folder, w.url, metrics, map[string]string{
		"LISTEN": pages, "PUBLIC_URL": w.url, "DEMO": "false", "DATABASE_URL": "sqlite:" + filepath.Join(w.folder, "soak.db"),
		"OIDC_ISSUER": w.tenant.Issuer(), "OIDC_CLIENT_ID": "soak", "OIDC_CLIENT_SECRET": secret,
		"GRAPH_BASE_URL": w.tenant.GraphURL(), "GRAPH_READ_SCOPE": scopes + "Read.All", "GRAPH_WRITE_SCOPE": scopes + "ReadWrite.All",
		"SESSIONS_KEYS": base64.StdEncoding.EncodeToString(sealing), "AUDIT_KEY_FILE": keyFile,
		"CHANGES_SETTLE": settle.String(), "METRICS_LISTEN": metrics, "LOG_LEVEL": "warn",
	})
	return err
}

func (w *world) close() {
	if w.program != nil {
		w.program.stop()
	}
	if w.tenant != nil {
		_ = w.tenant.Close() // the run is over
	}
	_ = os.RemoveAll(w.folder)
}

// watchChanges keeps the id of each change that arrives.
func (w *world) watchChanges() {
	for _, key := range []string{"PATCH " + graph.Collection + "/*", "POST " + graph.Collection + "/*/sync"} {
		w.tenant.Faults.Always(key, w.watched(nil))
	}
}

// watched is a fault of a call that changes something, whose change is kept first.
func (w *world) watched(then faults.Fault) faults.Fault {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		w.mu.Lock()
		w.sent[r.Header.Get("client-request-id")] = true
		w.mu.Unlock()
		if then == nil {
			next.ServeHTTP(rw, r)
			return
		}
		then(rw, r, next)
	}
}

// fleet are connectors that never sync by themselves.
func fleet() []graph.Connector {
	all := make([]graph.Connector, connectors)
	for i := range all {
		status, kind, server, version, synced := "connected", "serviceToService", "EX01", "before", "2026-11-20T10:00:00Z"
		alias := fmt.Sprintf("connector-%02d", i)
		all[i] = graph.Connector{ID: idOf(i), Values: map[string]*string{
			"status": &status, "exchangeConnectorType": &kind, "serverName": &server, "version": &version,
			"exchangeAlias": &alias, "lastSyncDateTime": &synced,
		}}
	}
	return all
}

func idOf(number int) string { return fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", number) }

// crowd are that many admins and an auditor.
func crowd(count int) []simulator.Person {
	people := []simulator.Person{}
	for i := range count + 1 {
		one := simulator.Person{
			ID: fmt.Sprintf("p%03d", i), ObjectID: fmt.Sprintf("a1b2c3d4-0000-4a4a-8b8b-%012d", i), Name: fmt.Sprintf("Person %03d", i),
			Address: fmt.Sprintf("p%03d@contoso.com", i), Roles: []string{"Connector.Admin"}, Intune: directory.Updates, Title: "Admin", Main: true,
		}
		if i == count {
			one.ID, one.Roles, one.Title = "auditor", []string{"Connector.Auditor"}, "Auditor"
		}
		people = append(people, one)
	}
	return people
}

// freeAddresses are ports below those that systems hand out by themselves.
func freeAddresses(count int) (free []string, err error) {
	for port := 15_000 + os.Getpid()%4_000; port < 20_000 && len(free) < count; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if listener, err := net.Listen("tcp", address); err == nil {
			listener.Close()
			free = append(free, address)
		}
	}
	if len(free) < count {
		return nil, errors.New("no port is free")
	}
	return free, nil
}
