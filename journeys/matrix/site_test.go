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

	"golang.org/x/mod/sumdb/note"

	"switchboard/handlers"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	house "switchboard/internal/site"
	"switchboard/simulator"
	"switchboard/simulator/graph"
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
	rooms     *house.Rooms
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

// build plugs the rooms together by the plan that the program follows. Waits that Graph asks for are not waited, and what hangs is
// given up once it hangs, so that no result depends on how busy the machine is.
func (s *site) build() {
	t := s.t
	signer, verifier, err := note.GenerateKey(rand.Reader, "matrix.switchboard.example/audit")
	check(t, err)
	s.verifier = verifier
	s.rooms, err = house.NewRooms(t.Context(), s.configuration(signer), s.db, house.Options{
		Version: "matrix", Log: slog.New(handlers.TagRequests(slog.NewJSONHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		Now: s.clock.Now, Graph: s.reachGraph, Waits: house.Waits{Read: time.Minute, Part: time.Minute},
	})
	check(t, err)
	t.Cleanup(s.rooms.Close)
	go s.rooms.SignIn.Run(t.Context())
	s.pages = s.rooms.Pages
}

// configuration is that of the site, at its tenant.
func (s *site) configuration(signer string) config.Config {
	root, err := url.Parse(s.tenant.GraphURL())
	check(s.t, err)
	public, err := url.Parse(s.url)
	check(s.t, err)
	key := make([]byte, 32)
	rand.Read(key)
	c := config.Config{PublicURL: public, Demo: true}
	c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = s.tenant.Issuer(), clientID, s.secret
	c.Graph.BaseURL, c.Graph.ReadScope, c.Graph.WriteScope = root, readScope, writeScope
	c.Roles.Claim, c.Roles.Admin, c.Roles.Helpdesk, c.Roles.Auditor = "roles", []string{"Connector.Admin"}, []string{"Connector.Helpdesk"}, []string{"Connector.Auditor"}
	c.Sessions.Idle, c.Sessions.Absolute, c.Sessions.Keys = 1000*time.Hour, 2000*time.Hour, [][]byte{key}
	c.Audit.Key = signer
	c.Bulk.Rate = 4
	c.Changes.RequireReason, c.Changes.Settle, c.Changes.ClaimsExpire = true, settle, 72*time.Hour
	c.Retirement.Date, c.Retirement.Types = time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), []string{"onPremises"}
	return c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
