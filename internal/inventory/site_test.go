package inventory_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/inventory"
	"switchboard/internal/live"
	"switchboard/internal/seal"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

const (
	redirectURI = "http://127.0.0.1:9/auth/callback"
	secret      = "a secret of no use elsewhere"
	verifier    = "a-verifier-that-is-long-enough-for-rfc-7636-and-more"
	scope       = "openid profile offline_access https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
)

var (
	hosted = simulator.ID("hosted-na")
	second = simulator.ID("hosted-uk")
	list   = "GET " + graph.Collection
)

func getOf(id string) string { return "GET " + graph.Collection + "/" + id }

// tenantKey signs all tenants' tokens: making one takes longer than most tests.
var tenantKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// clock stands still unless a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
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

// site is a tenant and an inventory of it that is watched in the database.
type site struct {
	*inventory.Inventory
	t      *testing.T
	db     *database.DB
	tenant *simulator.Tenant
	record *audit.Log
	signer string
	clock  *clock
	people [2]reader
	// pause is what a client does between two tries of a read, nil for nothing
	pause func()
	// log is what all instances write told to.
	log  *slog.Logger
	told bytes.Buffer
}

func open(t *testing.T, db *database.DB, alter ...func(*inventory.Options)) *site {
	return openApart(t, db, 0, alter...)
}

// patience has people who have read before wait for that long.
func patience(wait time.Duration) func(*inventory.Options) {
	return func(o *inventory.Options) { o.Patience = wait }
}

// openApart has the tenant's clock differ from ours.
func openApart(t *testing.T, db *database.DB, apart time.Duration, alter ...func(*inventory.Options)) *site {
	t.Helper()
	s := &site{t: t, db: db, clock: &clock{now: time.Now().UTC().Truncate(time.Second)}}
	key, err := tenantKey()
	check(t, err)
	s.tenant, err = simulator.Start(simulator.Options{
		Client: simulator.Client{ID: "site", Secret: secret, RedirectURIs: []string{redirectURI}}, Key: key, Now: func() time.Time { return s.clock.Now().Add(apart) }, TokenLife: 100 * time.Hour,
	})
	check(t, err)
	t.Cleanup(func() { check(t, s.tenant.Close()) })
	s.signer, _, err = note.GenerateKey(rand.Reader, "site.example/audit")
	check(t, err)
	s.record, err = audit.New(audit.Options{Database: db, SignerKey: s.signer, Now: s.clock.Now})
	check(t, err)
	s.log = slog.New(slog.NewTextHandler(&s.told, nil))
	s.Inventory = s.replica(alter...)
	s.people = [2]reader{s.signIn("tom"), s.signIn("ruth")}
	return s
}

// replica is another instance of the inventory on the same database.
func (s *site) replica(alter ...func(*inventory.Options)) *inventory.Inventory {
	s.t.Helper()
	base, err := url.Parse(s.tenant.GraphURL())
	check(s.t, err)
	client := graphclient.New(graphclient.Options{
		Barred:  func(whose string) { s.Bar(whose) },
		BaseURL: base, Version: "test", Now: s.clock.Now,
		Sleep: func(ctx context.Context, _ time.Duration) error {
			if s.pause != nil {
				s.pause()
			}
			return ctx.Err()
		},
	})
	s.t.Cleanup(client.Close)
	o := inventory.Options{
		Graph: client, Patience: time.Minute, Database: s.db, AuditLog: s.record, Seals: sealed(s.t, 1), Pages: live.New(live.Options{Database: s.db}), CompareWithin: time.Minute,
		Build: "test", Now: s.clock.Now, Log: s.log,
	}
	for _, change := range alter {
		change(&o)
	}
	return inventory.New(o)
}

// sealed are session keys, each of that byte alone; the first seals.
func sealed(t *testing.T, each ...byte) *seal.Keys {
	t.Helper()
	var keys [][]byte
	for _, one := range each {
		keys = append(keys, bytes.Repeat([]byte{one}, 32))
	}
	seals, err := seal.New(keys)
	check(t, err)
	return seals
}

// reader is a person with a token of the tenant's.
type reader struct{ name, session, token string }

func (r reader) Token(context.Context, graphclient.Scope) (string, error) { return r.token, nil }
func (r reader) Renew(context.Context, graphclient.Scope, string, string) (string, error) {
	return r.token, nil
}
func (r reader) Whose() string       { return r.name }
func (r reader) SessionHash() string { return r.session }
func (r reader) RolesSource() string { return "claim roles" }
func (r reader) Actor() access.Actor {
	return access.Actor{OID: r.name, TID: "t", Name: r.name, Roles: []access.Role{access.Helpdesk}}
}

// signIn gets a person's token over HTTP, as an application does.
func (s *site) signIn(name string) reader {
	s.t.Helper()
	browser := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"client_id": {"site"}, "redirect_uri": {redirectURI}, "response_type": {"code"}, "scope": {scope}, "state": {"s"}, "nonce": {"n"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	answer, err := browser.Get(s.tenant.Issuer() + "/authorize?" + query.Encode())
	check(s.t, err)
	answer.Body.Close()
	page, err := answer.Location()
	check(s.t, err)
	answer, err = browser.PostForm(page.String(), url.Values{"person": {name}})
	check(s.t, err)
	answer.Body.Close()
	back, err := answer.Location()
	check(s.t, err)
	answer, err = browser.PostForm(s.tenant.Issuer()+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {redirectURI},
		"code_verifier": {verifier}, "client_id": {"site"}, "client_secret": {secret},
	})
	check(s.t, err)
	defer answer.Body.Close()
	var tokens struct {
		Access string `json:"access_token"`
	}
	check(s.t, json.NewDecoder(answer.Body).Decode(&tokens))
	if tokens.Access == "" {
		s.t.Fatalf("%s got no token", name)
	}
	return reader{name, "session of " + name, tokens.Access}
}

// set changes a property behind everybody's back.
func (s *site) set(id, name, value string) {
	s.t.Helper()
	check(s.t, s.tenant.Graph.Set(id, map[string]*string{name: &value}))
}

// get reads one connector.
func (s *site) get(who reader, id string) connector.Connector {
	s.t.Helper()
	reading, err := s.Get(context.Background(), who, id)
	check(s.t, err)
	return reading.Connector
}

// observed are the outside changes that the audit log knows, the newest first.
func (s *site) observed() []inventory.Outside {
	s.t.Helper()
	page, err := s.record.Query(context.Background(), audit.Filter{Action: audit.Observed}, 0, 100)
	check(s.t, err)
	var all []inventory.Outside
	for _, line := range page.Entries {
		if one, ok := inventory.OutsideOf(line); ok {
			all = append(all, one)
		}
	}
	return all
}

// noted puts a line of a change of ours into the audit log.
func (s *site) noted(id, connectorID, name, before, requested string, outcome audit.Outcome) {
	s.t.Helper()
	s.note(audit.Edit, id, connectorID, name, before, requested, outcome)
}

// resolved is noted for what a read found out.
func (s *site) resolved(id, connectorID, name, before, requested string, outcome audit.Outcome) {
	s.t.Helper()
	s.note(audit.Resolved, id, connectorID, name, before, requested, outcome)
}

func (s *site) note(action audit.Action, id, connectorID, name, before, requested string, outcome audit.Outcome) {
	s.t.Helper()
	field := connector.FieldChange{Name: name, Before: connector.Of(before), Requested: connector.Of(requested)}
	if outcome == audit.Applied {
		stored := connector.Of(requested)
		field.Stored = &stored
	}
	_, err := s.record.Note(context.Background(), audit.Entry{
		ID: id, Action: action, Connector: connectorID, Outcome: outcome, Fields: []connector.FieldChange{field},
	})
	check(s.t, err)
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
