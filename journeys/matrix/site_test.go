package matrix

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/mod/sumdb/note"

	"switchboard/graphclient"
	"switchboard/handlers"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/signin"
	"switchboard/simulator"
	"switchboard/simulator/graph"
	"switchboard/views/frame"
)

const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
	clientID   = "matrix"
	settle     = time.Minute
	spare      = 2 // connectors beside those that each cell has to itself
)

// site is the whole product but its command line, on a tenant and a database of its own, which one fault is to meet.
type site struct {
	t         *testing.T
	url       string
	tenant    *simulator.Tenant
	db        *database.DB
	dbAddress string
	secret    string // the client's
	verifier  string // the audit key's public half
	clock     clock
	log       written
	graph     *graphclient.Client
	patience  *patience
	pages     http.Handler
	fault     fault
}

// clock goes on by itself, and further by hand. The tenant shares it, or its tokens would be of another time.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) Add(later time.Duration) { c.ahead.Add(int64(later)) }

// newSite starts a site on a fresh database of that kind, which that fault is to meet; it ends with the test.
func newSite(t *testing.T, kind string, f fault) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := &site{
		t: t, url: "http://" + listener.Addr().String(), dbAddress: databasetest.URL(t, kind), secret: rand.Text(), patience: newPatience(), fault: f,
	}
	var certificate *tls.Certificate
	if f.tls {
		certificate = &good
	}
	s.db = databasetest.Open(t, s.dbAddress)
	s.tenant, err = simulator.Start(simulator.Options{
		Client:     simulator.Client{ID: clientID, Secret: s.secret, RedirectURIs: []string{s.url + "/auth/callback", s.url + "/signed-out"}},
		Connectors: plain(len(surfaces()) + spare), Now: s.clock.Now, TokenLife: 24 * time.Hour, SyncDelay: time.Second, PageSize: 100,
		KeepRefreshTokens: true, Certificate: certificate, Key: tenantKey(),
	})
	check(t, err)
	t.Cleanup(func() { check(t, s.tenant.Close()) })
	s.build()
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.pages}}
	server.Start()
	t.Cleanup(server.Close)
	for s.visitor().get("/readyz").status != http.StatusOK {
		if t.Context().Err() != nil {
			t.Fatal("the site does not get ready")
		}
	}
	return s
}

// plain are connectors that never sync by themselves.
func plain(count int) []graph.Connector {
	all := make([]graph.Connector, count)
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

// build plugs the rooms together as cmd/web does. Waits that Graph asks for are not waited, and what hangs is given up once it
// hangs, so that no result depends on how busy the machine is.
func (s *site) build() {
	t := s.t
	signer, verifier, err := note.GenerateKey(rand.Reader, "matrix.switchboard.example/audit")
	check(t, err)
	s.verifier = verifier
	record, err := audit.New(s.db, audit.Options{SignerKey: signer, Now: s.clock.Now})
	check(t, err)
	root, err := url.Parse(s.tenant.GraphURL())
	check(t, err)
	public, err := url.Parse(s.url)
	check(t, err)
	log := slog.New(handlers.TagRequests(slog.NewJSONHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	s.graph = s.newGraph(root, log)
	key := make([]byte, 32)
	rand.Read(key)
	roles := signin.Roles{Claim: "roles", Admin: []string{"Connector.Admin"}, Helpdesk: []string{"Connector.Helpdesk"}, Auditor: []string{"Connector.Auditor"}}
	const idle, absolute = 1000 * time.Hour, 2000 * time.Hour
	check(t, record.Start(t.Context(), audit.Owner{Issuer: s.tenant.Issuer(), Client: clientID, TID: simulator.TenantID}))
	people, err := signin.New(signin.Options{
		Issuer: s.tenant.Issuer(), ClientID: clientID, ClientSecret: s.secret, PublicURL: public, ReadScope: readScope, WriteScope: writeScope,
		Roles: roles, Keys: [][]byte{key}, Idle: idle, Absolute: absolute, DB: s.db, Now: s.clock.Now, Log: log,
		Ended: handlers.RecordEndings(record, "matrix", log),
	})
	check(t, err)
	go people.Run(t.Context())
	service := changes.New(changes.Options{
		Graph: s.graph, GraphURL: root.String(), Database: s.db, Record: record, RequireReason: true, Settle: settle, Build: "matrix",
		Instance: uuid.NewString(), Now: s.clock.Now, NewID: uuid.NewString, Log: log,
	})
	seen := inventory.New(s.graph, s.clock.Now).Watching(inventory.Watch{Database: s.db, Record: record, Build: "matrix", Log: log})
	s.pages = handlers.New(handlers.Options{
		PublicURL: public, Retirement: connector.Retirement{Date: time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises"}},
		RequireReason: true, Settle: settle, Roles: roles, Idle: idle, Absolute: absolute, ReadScope: readScope, WriteScope: writeScope, Build: "matrix",
		Limits: handlers.DefaultLimits(), Sessions: people, SignIn: people, Elsewhere: people, Everybody: people, Drafts: drafts.New(s.db, people, s.clock.Now, log),
		Inventory: seen, Memory: seen, Changes: service, Outcomes: service, Syncs: service, Endings: service,
		Record: record, Exports: record, Trail: record, Proofs: record,
		Database: s.db.Ready, Writable: record.Writable, Static: http.NotFoundHandler(), Assets: frame.Assets{},
		Metrics: prometheus.NewRegistry(), Now: s.clock.Now, NewID: uuid.NewString, Log: log,
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
