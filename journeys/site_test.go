package journeys

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// site is one running program with a tenant and a database of its own.
type site struct {
	url     string
	tenant  *simulator.Tenant
	program *program
}

// settings of a story that are not what most want.
type settings struct {
	kind       string // of database; SQLite when empty
	settle     time.Duration
	idle       time.Duration
	syncDelay  time.Duration
	connectors []graph.Connector
	// before is what was in the database before the program started, with the file of the key that signs its record.
	before func(database, keyFile string)
}

// open starts a tenant and the program in front of it, until the story is over.
func open(t *testing.T, s settings) *site {
	t.Helper()
	if s.kind == "" {
		s.kind = databasetest.SQLiteKind
	}
	if s.settle == 0 {
		s.settle = 200 * time.Millisecond
	}
	if s.idle == 0 {
		s.idle = 30 * time.Minute
	}
	return openAll(t, s, freeAddress(t))[0]
}

// openAll starts a program at each address, as replicas of one site.
func openAll(t *testing.T, s settings, addresses ...string) (sites []*site) {
	t.Helper()
	secret := rand.Text()
	var redirects []string
	for _, address := range addresses {
		redirects = append(redirects, "http://"+address+"/auth/callback", "http://"+address+"/signed-out")
	}
	tenant, err := simulator.Start(simulator.Options{
		Client:    simulator.Client{ID: "journeys", Secret: secret, RedirectURIs: redirects},
		SyncDelay: s.syncDelay, Connectors: s.connectors,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tenant.Close() })
	database, key, keys := databasetest.URL(t, s.kind), auditKey(t), sessionKey(t)
	if s.before != nil {
		s.before(database, key)
	}
	for _, address := range addresses {
		public := "http://" + address
		started := start(t, map[string]string{
			"LISTEN": address, "PUBLIC_URL": public, "DEMO": "false", "DATABASE_URL": database,
			"OIDC_ISSUER": tenant.Issuer(), "OIDC_CLIENT_ID": "journeys", "OIDC_CLIENT_SECRET": secret,
			"GRAPH_BASE_URL": tenant.GraphURL(), "SESSIONS_KEYS": keys, "AUDIT_KEY_FILE": key,
			"GRAPH_READ_SCOPE": readScope, "GRAPH_WRITE_SCOPE": writeScope,
			"CHANGES_SETTLE": s.settle.String(), "SESSIONS_IDLE": s.idle.String(),
		})
		started.ready(t, public)
		sites = append(sites, &site{url: public, tenant: tenant, program: started})
	}
	return sites
}

const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
)

func sessionKey(t *testing.T) string {
	t.Helper()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(key)
}

func auditKey(t *testing.T) string {
	t.Helper()
	signer, _, err := note.GenerateKey(rand.Reader, "journeys.switchboard.example")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "audit.key")
	if err := os.WriteFile(file, []byte(signer+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Ports are below the ones that the system hands out by itself, so that no connection takes one between the look and the
// start. Where the search begins is drawn, for two runs at once.
const firstPort, ports = 26_000, 6_000

var nextPort = struct {
	sync.Mutex
	at int64
}{at: drawn(ports)}

func drawn(below int64) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(below))
	if err != nil {
		return 0
	}
	return n.Int64()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	nextPort.Lock()
	defer nextPort.Unlock()
	for range ports {
		nextPort.at = (nextPort.at + 1) % ports
		address := fmt.Sprintf("127.0.0.1:%d", firstPort+nextPort.at)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		listener.Close()
		return address
	}
	t.Fatal("no port is free")
	return ""
}

// Keys of faults and of the journal.
func patchOf(id string) string { return "PATCH " + graph.Collection + "/" + id }
func readOf(id string) string  { return "GET " + graph.Collection + "/" + id }
func syncOf(id string) string  { return "POST " + graph.Collection + "/" + id + "/sync" }

const listing = "GET " + graph.Collection

// patched is what the only PATCH of a connector carried, and whose bearer came with it.
func (s *site) patched(t *testing.T, id string) (body map[string]*string, person string) {
	t.Helper()
	sent := s.tenant.Requests(patchOf(id))
	if len(sent) != 1 {
		t.Fatalf("PATCHes of %s: got %d, want 1", id, len(sent))
	}
	return bodyOf(t, sent[0]), sent[0].Person
}

func bodyOf(t *testing.T, request simulator.Request) (body map[string]*string) {
	t.Helper()
	if err := json.Unmarshal(request.Body, &body); err != nil {
		t.Fatalf("the request's body: %v", err)
	}
	return body
}

// sent fails the story unless that many requests of the key arrived.
func (s *site) sent(t *testing.T, key string, want int) {
	t.Helper()
	if got := len(s.tenant.Requests(key)); got != want {
		t.Errorf("%s: arrived %d times, want %d", key, got, want)
	}
}

// holds fails the story unless the tenant stores that value.
func (s *site) holds(t *testing.T, id, property, want string) {
	t.Helper()
	connector, ok := s.tenant.Graph.Connector(id)
	if got, _ := connector.Value(property); !ok || got != want {
		t.Errorf("%s of %s in the tenant: got %q, want %q", property, id, got, want)
	}
}

// elsewhere changes a connector as another administrator does, outside of Switchboard.
func (s *site) elsewhere(t *testing.T, id, property, value string) {
	t.Helper()
	if err := s.tenant.Graph.Set(id, map[string]*string{property: &value}); err != nil {
		t.Fatal(err)
	}
}
