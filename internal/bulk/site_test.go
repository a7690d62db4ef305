package bulk_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"database/sql"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/live"
	"switchboard/internal/oidc"
	"switchboard/internal/seal"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
)

func patchOf(id string) string { return "PATCH " + graph.Collection + "/" + id }
func getOf(id string) string   { return "GET " + graph.Collection + "/" + id }

// tenantKey signs all tenants' tokens: making one takes longer than most tests.
var tenantKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// site is a tenant with real sign-in and a record, on one database.
type site struct {
	t      *testing.T
	db     *database.DB
	tenant *simulator.Tenant
	people *session.Service
	entry  *signin.Service
	record *audit.Log
	signer string
	forged bool   // the audit log may be broken in the end
	clock  *clock // of those who look after sessions
	seals  *seal.Keys
	sleep  func(context.Context, time.Duration) error // of the changes; nil sleeps in real time
	web    *httptest.Server
	who    chan *session.Person // who asked for the web's page last
}

// replica is one process: a room of changes and the runs over it.
type replica struct {
	*bulk.Service
	changes *changes.Service
	clock   *clock
	site    *site
	between *between
}

// clock is the real one of a process, which a test may put forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// open starts a site on the database.
func open(t *testing.T, db *database.DB) *site {
	t.Helper()
	s := &site{t: t, db: db, clock: &clock{}, who: make(chan *session.Person, 1)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	public := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	key, err := tenantKey()
	check(t, err)
	client := simulator.Client{ID: "site", Secret: "a secret of no use elsewhere", RedirectURIs: []string{public.String() + "/auth/callback"}}
	s.tenant, err = simulator.Start(simulator.Options{Client: client, Key: key, TokenLife: 24 * time.Hour})
	check(t, err)
	t.Cleanup(func() { check(t, s.tenant.Close()) })
	s.seals, err = seal.New([][]byte{make([]byte, 32)})
	check(t, err)
	provider, err := oidc.New(oidc.Options{
		Issuer: s.tenant.Issuer(), ClientID: client.ID, ClientSecret: client.Secret, PublicURL: public,
		ReadScope: readScope, WriteScope: writeScope, Now: s.clock.Now,
	})
	check(t, err)
	s.people, err = session.New(session.Options{
		Client: provider, Seals: s.seals, Idle: 12 * time.Hour, Absolute: 24 * time.Hour,
		Roles: session.Roles{Claim: "roles", Admin: []string{"Connector.Admin"}, Helpdesk: []string{"Connector.Helpdesk"}, Auditor: []string{"Connector.Auditor"}},
		DB:    db, Now: s.clock.Now,
	})
	check(t, err)
	s.entry, err = signin.New(signin.Options{Client: provider, Sessions: s.people, Seals: s.seals, DB: db, Now: s.clock.Now})
	check(t, err)
	running, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.entry.Run(running) }()
	t.Cleanup(func() { stop(); check(t, <-ended) })
	s.serve(listener)
	s.signer, _, err = note.GenerateKey(rand.Reader, "site.example/audit")
	check(t, err)
	s.record, err = audit.New(audit.Options{Database: db, SignerKey: s.signer, Now: time.Now})
	check(t, err)
	t.Cleanup(s.endsWhole)
	eventually(t, "ready to sign people in", func() bool { return s.entry.Ready() == nil })
	return s
}

// endsWhole says that in the end runs tell what the audit log tells.
func (s *site) endsWhole() {
	record, err := audit.New(audit.Options{Database: s.db, SignerKey: s.signer, Now: time.Now})
	check(s.t, err)
	record.Beside(bulk.New(bulk.Options{Database: s.db}).Differing)
	if err := record.Check(context.Background()); err != nil {
		s.t.Logf("the record cannot be checked: %v", err)
	}
	if found := record.Standing(); found.Broken && !s.forged {
		s.t.Errorf("the record is broken at line %d: %s", found.First, found.Why)
	}
}

// replica is another process on the site's database, which does not work yet.
func (s *site) replica(alter ...func(*bulk.Options)) *replica {
	s.t.Helper()
	base, err := url.Parse(s.tenant.GraphURL())
	check(s.t, err)
	r := &replica{clock: &clock{}, site: s}
	graph := graphclient.New(graphclient.Options{
		BaseURL: base, Version: "test", Now: r.clock.Now,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	s.t.Cleanup(graph.Close)
	log := slog.New(slog.NewTextHandler(s.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	pages := live.New(live.Options{Database: s.db})
	r.changes = changes.New(changes.Options{
		Graph: graph, GraphURL: base.String(), Database: s.db, AuditLog: s.record, Live: s.live, Pages: pages, RequireReason: true, Settle: time.Minute,
		Build: "test", Instance: uuid.NewString(), Now: r.clock.Now, NewID: uuid.NewString, Log: log, Sleep: s.sleep,
	})
	r.between = &between{Service: r.changes}
	o := bulk.Options{
		Database: s.db, Changes: r.between, Seals: s.seals, Live: s.live, Rate: 5, RequireReason: true,
		Tell: func(ctx context.Context, tx *sql.Tx, run string) error {
			return pages.Tell(ctx, tx, live.Event{Kind: live.Run, Run: run})
		},
		Now: r.clock.Now, NewID: uuid.NewString, Log: log,
	}
	for _, change := range alter {
		change(&o)
	}
	r.Service = bulk.New(o)
	r.changes.KeptBy(r.Service)
	return r
}

// work has the process work until the test ends or the function is called, which comes back when it has stopped.
func (r *replica) work() (stop func()) {
	running, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { check(r.site.t, r.Work(running)) })
	stop = sync.OnceFunc(func() { cancel(); all.Wait() })
	r.site.t.Cleanup(stop)
	return stop
}

// between stands between the runs and the changes; a test may step in.
type between struct {
	*changes.Service
	mu     sync.Mutex
	before func(id string) // a row is claimed, and nothing is asked
	after  func(id string) // the outcome is recorded, and the process has not gone on
}

func (b *between) set(f func(*between)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

func (b *between) SaveInRun(ctx context.Context, p changes.Person, run changes.InRun, edit connector.Edit) (changes.Result, error) {
	b.mu.Lock()
	before, after := b.before, b.after
	b.mu.Unlock()
	if before != nil {
		before(edit.ID)
	}
	result, err := b.Service.SaveInRun(ctx, p, run, edit)
	if after != nil {
		after(edit.ID)
	}
	return result, err
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

// listed is what the list shows: what Graph holds now.
func (s *site) listed() []connector.Connector {
	var all []connector.Connector
	for _, held := range s.tenant.Graph.Connectors() {
		values := map[string]connector.Value{connector.ID: connector.Of(held.ID)}
		for _, property := range connector.Editable() {
			if value, set := held.Value(property.Name); set {
				values[property.Name] = connector.Of(value)
			}
		}
		all = append(all, connector.New(values))
	}
	return all
}

// ids are those of the first connectors of the list.
func (s *site) ids(count int) []string {
	s.t.Helper()
	var ids []string
	for _, each := range s.listed() {
		ids = append(ids, each.ID())
	}
	if len(ids) < count {
		s.t.Fatalf("the tenant has %d connectors, not %d", len(ids), count)
	}
	return ids[:count]
}

// begin reviews that those connectors shall get a version of their own each, and starts the run.
func (r *replica) begin(who visitor, ids []string) bulk.Run {
	r.site.t.Helper()
	asked := bulk.Asked{IDs: ids, Own: map[string]map[string]string{}}
	for i, id := range ids {
		asked.Own[connector.Key(id)] = map[string]string{connector.Version: version(i)}
	}
	return r.start(who, asked)
}

func version(i int) string { return "9.9." + strconv.Itoa(i) }

func (r *replica) start(who visitor, asked bulk.Asked) bulk.Run {
	r.site.t.Helper()
	plan := bulk.Review(r.site.listed(), bulk.Standing{}, asked)
	review, err := r.KeepReview(context.Background(), who.Actor(), plan)
	check(r.site.t, err)
	how, run, err := r.Start(context.Background(), who.Actor(), bulk.Order{Review: review, Ticked: asked.IDs, Reason: "ticket 4711"})
	check(r.site.t, err)
	equal(r.site.t, "the start", how, bulk.Begun)
	return run
}

// now is the run as it stands; its counts have to sum.
func (r *replica) now(id string) bulk.Run {
	r.site.t.Helper()
	run, err := r.Run(context.Background(), id)
	check(r.site.t, err)
	c := run.Counts
	if sum := c.Applied + c.Conflict + c.Rejected + c.InDoubt + c.NotApplied + c.Superseded + c.Skipped + c.Left; sum != c.Total {
		r.site.t.Errorf("the counts sum to %d, not to %d: %+v", sum, c.Total, c)
	}
	return run
}

// becomes waits until the run is in that state.
func (r *replica) becomes(id string, state bulk.State) bulk.Run {
	r.site.t.Helper()
	var run bulk.Run
	eventually(r.site.t, string(state), func() bool { run = r.now(id); return run.State == state })
	return run
}

func (r *replica) rows(id string) []bulk.Row {
	r.site.t.Helper()
	rows, err := r.Rows(context.Background(), id, bulk.Page{Most: bulk.MostRows})
	check(r.site.t, err)
	return rows
}

func (s *site) holds(id, name string) string {
	held, _ := s.tenant.Graph.Connector(id)
	value, _ := held.Value(name)
	return value
}

// set changes a property behind everybody's back.
func (s *site) set(id, name, value string) {
	s.t.Helper()
	check(s.t, s.tenant.Graph.Set(id, map[string]*string{name: &value}))
}

// patches are the PATCH requests that arrived, for one connector or for all.
func (s *site) patches(ids ...string) []simulator.Request {
	var found []simulator.Request
	for _, each := range s.tenant.Requests() {
		if each.Method == "PATCH" && (len(ids) == 0 || each.Key == patchOf(ids[0])) {
			found = append(found, each)
		}
	}
	return found
}

// lines are the audit log's lines of a change as "action outcome", each of which has to name the run.
func (s *site) lines(run, change string) string {
	s.t.Helper()
	entries, err := s.record.Of(context.Background(), change)
	check(s.t, err)
	var lines []string
	for _, entry := range entries {
		lines = append(lines, string(entry.Action)+" "+string(entry.Outcome))
		equal(s.t, "the run of a line", entry.Run, run)
	}
	return strings.Join(lines, ", ")
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

func eventually(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within 60 s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// edited saves an alias for the connector, on its own.
func (s *site) edited(r *replica, who visitor, id, alias string) changes.Result {
	s.t.Helper()
	shown := s.listed()[slices.IndexFunc(s.listed(), func(c connector.Connector) bool { return c.ID() == id })]
	result, err := r.changes.Save(context.Background(), who, audit.Origin{}, connector.Edit{
		ID: id, Shown: shown, Wanted: map[string]string{connector.ExchangeAlias: alias}, Reason: "ticket", IdempotencyKey: uuid.NewString(),
	})
	check(s.t, err)
	return result
}

// doubt leaves an edit of the connector in doubt, and returns its id.
func (s *site) doubt(r *replica, who visitor, id string) string {
	s.t.Helper()
	s.tenant.Faults.Next(patchOf(id), faults.Reset())
	result := s.edited(r, who, id, "in doubt")
	equal(s.t, "the edit", result.Change.Outcome, audit.InDoubt)
	return result.Change.ID
}

// settled waits until the run is done and nothing of it is in doubt; in the end all rows are applied.
func (s *site) settled(r *replica, run string, who visitor) {
	s.t.Helper()
	r.becomes(run, bulk.Done)
	check(s.t, r.changes.ResolveAll(context.Background(), who, audit.Origin{}))
	now := r.now(run)
	equal(s.t, "applied in the end", now.Counts.Applied, now.Counts.Total)
}
