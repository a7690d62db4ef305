package changes_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/live"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
	settle     = time.Minute
)

// hosted is a connector that is alive.
var hosted = simulator.ID("hosted-na")

func patchOf(id string) string { return "PATCH " + graph.Collection + "/" + id }
func getOf(id string) string   { return "GET " + graph.Collection + "/" + id }

// tenantKey signs all tenants' tokens: making one takes longer than most tests.
var tenantKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// clock stands still unless a test moves it.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	ahead time.Duration // how far Graph's own clock is ahead
}

// Graph is Graph's own clock.
func (c *clock) Graph() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.Add(c.ahead)
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// sleep lets the time pass instead of waiting for it, and other goroutines run.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	return yield(ctx, d)
}

// yield lets other goroutines run while the time stands still.
func yield(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// site is a tenant, real sign-in and a room of changes on one database.
type site struct {
	*changes.Service
	t      *testing.T
	db     *database.DB
	tenant *simulator.Tenant
	people *session.Service
	entry  *signin.Service // where people sign in
	record *audit.Log
	signer string
	forged bool // the audit log may be broken in the end
	clock  *clock
	web    *httptest.Server
	who    chan *session.Person // who asked for the web's page last
}

// open starts a site on the database.
func open(t *testing.T, db *database.DB, alter ...func(*changes.Options)) *site {
	t.Helper()
	s := &site{t: t, db: db, clock: &clock{now: time.Now().UTC().Truncate(time.Second)}, who: make(chan *session.Person, 1)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	public := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	key, err := tenantKey()
	check(t, err)
	client := simulator.Client{ID: "site", Secret: "a secret of no use elsewhere", RedirectURIs: []string{public.String() + "/auth/callback"}}
	s.tenant, err = simulator.Start(simulator.Options{Client: client, Key: key, Now: s.clock.Now, GraphNow: s.clock.Graph, TokenLife: 24 * time.Hour})
	check(t, err)
	t.Cleanup(func() { check(t, s.tenant.Close()) })
	seals, err := seal.New([][]byte{make([]byte, 32)})
	check(t, err)
	provider, err := oidc.New(oidc.Options{
		Issuer: s.tenant.Issuer(), ClientID: client.ID, ClientSecret: client.Secret, PublicURL: public,
		ReadScope: readScope, WriteScope: writeScope, Now: s.clock.Now,
	})
	check(t, err)
	s.people, err = session.New(session.Options{
		Client: provider, Seals: seals, Idle: 12 * time.Hour, Absolute: 24 * time.Hour,
		Roles: session.Roles{Claim: "roles", Admin: []string{"Connector.Admin"}, Helpdesk: []string{"Connector.Helpdesk"}, Auditor: []string{"Connector.Auditor"}},
		DB:    db, Now: s.clock.Now,
	})
	check(t, err)
	s.entry, err = signin.New(signin.Options{Client: provider, Sessions: s.people, Seals: seals, DB: db, Now: s.clock.Now})
	check(t, err)
	running, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.entry.Run(running) }()
	t.Cleanup(func() { stop(); check(t, <-ended) })
	s.serve(listener)
	s.signer, _, err = note.GenerateKey(rand.Reader, "site.example/audit")
	check(t, err)
	s.record, err = audit.New(audit.Options{Database: db, SignerKey: s.signer, Now: s.clock.Now})
	check(t, err)
	s.Service = s.replica(db, alter...)
	t.Cleanup(s.endsWhole)
	eventually(t, "ready to sign people in", func() bool { return s.entry.Ready() == nil })
	return s
}

// endsWhole says that in the end the table of changes tells what the audit log tells.
func (s *site) endsWhole() {
	record := s.recordOf(s.db)
	if err := record.Check(context.Background()); err != nil {
		s.t.Logf("the record cannot be checked: %v", err) // where the test has taken the database away
	}
	if found := record.Standing(); found.Broken && !s.forged {
		s.t.Errorf("the record is broken at line %d: %s", found.First, found.Why)
	}
}

// replica is another instance of the room.
func (s *site) replica(db *database.DB, alter ...func(*changes.Options)) *changes.Service {
	s.t.Helper()
	base, err := url.Parse(s.tenant.GraphURL())
	check(s.t, err)
	client := graphclient.New(graphclient.Options{
		BaseURL: base, Version: "test", Now: s.clock.Now,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	s.t.Cleanup(client.Close)
	o := changes.Options{
		Graph: client, GraphURL: base.String(), Database: db, AuditLog: s.record, Live: s.live, Pages: live.New(live.Options{Database: db}), RequireReason: true, Settle: settle, Build: "test",
		Instance: uuid.NewString(), Now: s.clock.Now, NewID: uuid.NewString, Log: slog.New(slog.NewTextHandler(s.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Sleep: yield,
	}
	for _, change := range alter {
		change(&o)
	}
	return changes.New(o)
}

// live are somebody's sessions, as the sign-in knows them.
func (s *site) live(ctx context.Context, who access.Actor) ([]changes.Person, error) {
	found, err := s.people.Live(ctx, who)
	var sessions []changes.Person
	for _, person := range found {
		sessions = append(sessions, person)
	}
	return sessions, err
}

// another is another instance: of its own on PostgreSQL, and on SQLite, which has room for one, the same again.
func (s *site) another() *changes.Service {
	if s.db.Local() {
		return s.Service
	}
	return s.replica(s.db)
}

// shown is what a form shows of a connector: what Graph holds now.
func (s *site) shown(id string) connector.Connector {
	s.t.Helper()
	held, there := s.tenant.Graph.Connector(id)
	if !there {
		s.t.Fatalf("the tenant has no connector %s", id)
	}
	values := map[string]connector.Value{connector.ID: connector.Of(id)}
	for _, property := range connector.Editable() {
		if value, set := held.Value(property.Name); set {
			values[property.Name] = connector.Of(value)
		}
	}
	return connector.New(values)
}

// edit is what a person sends who opened the form now and typed these values, as name and value in turn.
func (s *site) edit(id string, typed ...string) connector.Edit {
	s.t.Helper()
	e := connector.Edit{ID: id, Shown: s.shown(id), Wanted: map[string]string{}, Reason: "ticket 4711", IdempotencyKey: uuid.NewString()}
	for i := 0; i+1 < len(typed); i += 2 {
		e.Wanted[typed[i]] = typed[i+1]
	}
	return e
}

// set changes a property behind everybody's back.
func (s *site) set(id, name, value string) {
	s.t.Helper()
	check(s.t, s.tenant.Graph.Set(id, map[string]*string{name: &value}))
}

func (s *site) holds(id, name string) string {
	held, _ := s.tenant.Graph.Connector(id)
	value, _ := held.Value(name)
	return value
}

// patches are the PATCH requests for the connector that arrived.
func (s *site) patches(id string) []simulator.Request { return s.tenant.Requests(patchOf(id)) }

// lines are the audit log's lines of a change as "action outcome".
func (s *site) lines(id string) []string {
	s.t.Helper()
	entries, err := s.record.Of(context.Background(), id)
	check(s.t, err)
	var lines []string
	for _, entry := range entries {
		lines = append(lines, string(entry.Action)+" "+string(entry.Outcome))
	}
	return lines
}

// changesOf are the ids of all changes of a connector that the audit log knows, the oldest first.
func (s *site) changesOf(id string) []string {
	s.t.Helper()
	entries, err := s.record.History(context.Background(), id, 1000)
	check(s.t, err)
	var ids []string
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Outcome == audit.Pending {
			ids = append(ids, entries[i].ID)
		}
	}
	return ids
}

// today is the change as it stands now.
func (s *site) today(id string) changes.Change {
	s.t.Helper()
	change, err := s.Get(context.Background(), id)
	check(s.t, err)
	return change
}

// breakRecord takes the audit log's head away, so that nothing can be appended; mend puts it back.
func (s *site) breakRecord() { s.rename("audit_head", "audit_head_gone") }
func (s *site) mendRecord()  { s.rename("audit_head_gone", "audit_head") }

func (s *site) rename(from, to string) {
	_, err := s.db.ExecContext(context.Background(), "ALTER TABLE "+from+" RENAME TO "+to)
	check(s.t, err)
}

// kindOf is the kind of problem that an error is, Internal for any other.
func kindOf(err error) problem.Kind {
	var said problem.Problem
	if errors.As(err, &said) {
		return said.Kind()
	}
	return problem.Internal
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal compares what came with what was wanted.
func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func equalLines(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func eventually(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within 30 s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}
