// Package simulator is a whole tenant in one listener: an OpenID provider that behaves like Microsoft Entra ID, and the part
// of Microsoft Graph that knows Exchange connectors, as v1.0 and as beta. The demo and the tests are served by it alike. It
// knows nothing of Switchboard, shares no type with its Graph client, and returns errors instead of taking a *testing.T.
//
// To sign somebody in over HTTP, without a browser:
//
//  1. GET the address that Switchboard's /login redirects to; it answers 302 to ISSUER/login?id=ID.
//  2. POST to that same address the form field "person" with a person's id, for instance "maya" (People lists them), or
//     "cancel" with any value to refuse.
//  3. It answers 303 to the redirect URI with code and state: Switchboard's /auth/callback.
//
// No cookie of the provider is needed for that; one is set for prompt=none and sign-out. In a browser the page has a button
// for each person whose name starts with theirs, for instance button "Maya Lindqvist".
//
// Requests lists what arrived, Graph knows what is stored, Directory changes people, and Faults makes either half misbehave:
//
//	tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.LoseAnswer())
//	tenant.Faults.Next("GET "+graph.Collection, faults.Answer(graph.Throttled.With("1")))
//	tenant.Faults.Always("POST /token", faults.Answer(provider.Busy))
package simulator

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"switchboard/simulator/directory"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/journal"
	"switchboard/simulator/provider"
)

// Client, Person and Request are named here so that most callers need no other package.
type (
	Client  = provider.Client
	Person  = directory.Person
	Request = journal.Entry
)

// TenantID is the tid claim and a part of the issuer.
const TenantID = "5d1c0f3a-7b2e-4c8d-9e6f-0a1b2c3d4e5f"

// Tenant is a running tenant. Its methods and parts are safe for concurrent use.
type Tenant struct {
	Provider  *provider.Provider
	Graph     *graph.Server
	Directory *directory.Directory
	Faults    *faults.Queue
	Journal   *journal.Journal

	issuer, graphURL *url.URL
	gate             *gate
	server           *http.Server
	served           chan error
	certificate      atomic.Pointer[tls.Certificate]
}

// Start opens the listener and serves until Close.
func Start(options Options) (*Tenant, error) {
	options = options.withDefaults()
	if options.KeyFile != "" && options.Key == nil {
		key, err := provider.LoadKey(options.KeyFile)
		if err != nil {
			return nil, err
		}
		options.Key = key
	}
	gate, err := openGate(options.Listen)
	if err != nil {
		return nil, err
	}
	t := &Tenant{Faults: &faults.Queue{}, Journal: &journal.Journal{}, gate: gate, served: make(chan error, 1)}
	if err := t.build(options); err != nil {
		return nil, errors.Join(err, gate.Close())
	}
	t.server = &http.Server{
		Handler: t.routes(options), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // broken connections are its trade
	}
	t.certificate.Store(options.Certificate)
	go func() { t.served <- t.serve(options.Certificate) }()
	return t, nil
}

// serve speaks HTTP/1.1 alone: faults cut connections, and over HTTP/2 a connection is not one request's.
func (t *Tenant) serve(certificate *tls.Certificate) error {
	if certificate == nil {
		return t.server.Serve(t.gate)
	}
	t.server.TLSConfig = &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return t.certificate.Load(), nil },
		MinVersion:     tls.VersionTLS12,
	}
	t.server.Protocols = new(http.Protocols)
	t.server.Protocols.SetHTTP1(true)
	return t.server.ServeTLS(t.gate, "", "")
}

func (t *Tenant) build(o Options) error {
	scheme, host := "http", t.gate.Addr().String()
	if o.Certificate != nil {
		scheme = "https"
	}
	t.issuer = &url.URL{Scheme: scheme, Host: host, Path: "/" + TenantID + "/v2.0"}
	t.graphURL = &url.URL{Scheme: scheme, Host: host, Path: "/graph/beta"}
	var err error
	if t.Directory, err = directory.New(o.People); err != nil {
		return fmt.Errorf("people of the demo tenant: %w", err)
	}
	t.Provider, err = provider.New(provider.Options{
		Issuer: t.issuer, TenantID: TenantID, Client: o.Client, Directory: t.Directory, Key: o.Key,
		TokenLife: o.TokenLife, KeepRefreshTokens: o.KeepRefreshTokens, Now: o.Now,
	})
	if err != nil {
		return err
	}
	t.Graph, err = graph.New(graph.Options{
		Base: t.graphURL, Authenticate: t.authenticate, Connectors: o.Connectors,
		PageSize: o.PageSize, SyncDelay: o.SyncDelay, Now: o.GraphNow,
	})
	return err
}

// routes: Graph identifies its caller before a fault may strike, so that every request is recorded with its person. A batch
// is taken apart before that: what is recorded, and what meets faults, are its parts.
func (t *Tenant) routes(o Options) http.Handler {
	forGraph := t.Graph.Batch(t.Journal.Record(o.Now, t.Graph.Key, t.Graph.Identify(t.Faults.Wrap(t.Graph.Key, t.Graph))))
	forProvider := t.Journal.Record(o.Now, t.Provider.Key, t.Faults.Wrap(t.Provider.Key, t.Provider))
	var control http.Handler = http.NotFoundHandler()
	if o.ControlSecret != "" {
		control = faults.Control(t.Faults, o.ControlSecret, usual)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != t.issuer.Host: // a page elsewhere that has its name point here
			http.Error(w, "this is not the address of the demo tenant", http.StatusMisdirectedRequest)
		case r.URL.Path == faults.Path:
			control.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/"+TenantID+"/"):
			forProvider.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/graph/"):
			forGraph.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// authenticate joins the two halves: Graph asks whose token it is, the provider knows.
func (t *Tenant) authenticate(r *http.Request, token string) (graph.Caller, *graph.Problem) {
	bearer, err := t.Provider.Verify(r.Context(), token)
	person := bearer.Person
	caller := graph.Caller{
		Person: person.ID, Scopes: bearer.Permissions,
		Reads: person.Intune >= directory.Reads, Updates: person.Intune >= directory.Updates,
	}
	switch {
	case errors.Is(err, provider.ErrExpired):
		return caller, &graph.ExpiredToken
	case errors.Is(err, provider.ErrRevoked):
		return caller, &graph.ClaimsChallenge
	case err != nil:
		return caller, &graph.InvalidToken
	}
	return caller, nil
}

// usual is the error answer of the service that a fault key belongs to.
func usual(key string, status int) (http.Handler, bool) {
	if strings.Contains(key, " "+graph.Collection) {
		return graph.OfStatus(status)
	}
	if status == http.StatusBadRequest {
		return provider.Revoked, true
	}
	if status == http.StatusServiceUnavailable {
		return provider.Busy, true
	}
	return nil, false
}

// Issuer is the provider's issuer, for instance "http://127.0.0.1:8081/GUID/v2.0".
func (t *Tenant) Issuer() string { return t.issuer.String() }

// GraphURL is Graph's root, for instance "http://127.0.0.1:8081/graph/beta".
func (t *Tenant) GraphURL() string { return t.graphURL.String() }

// Host is the address that the tenant listens on.
func (t *Tenant) Host() string { return t.issuer.Host }

// TenantID is the tid claim.
func (t *Tenant) TenantID() string { return TenantID }

// People is everybody in the tenant.
func (t *Tenant) People() []Person { return t.Directory.People() }

// Requests are those that arrived, oldest first; with keys only theirs, for instance "PATCH /deviceManagement/exchangeConnectors/ID".
func (t *Tenant) Requests(keys ...string) []Request { return t.Journal.Entries(keys...) }

// Refuse closes the port, so that dials fail. Requests on their way are still answered, idle connections are closed.
func (t *Tenant) Refuse() error {
	t.server.SetKeepAlivesEnabled(false)
	return t.gate.refuse()
}

// Resume opens the port again.
func (t *Tenant) Resume() error {
	t.server.SetKeepAlivesEnabled(true)
	return t.gate.resume()
}

// Present shows another certificate from now on, as one that has expired; idle connections are closed.
func (t *Tenant) Present(certificate tls.Certificate) {
	t.certificate.Store(&certificate)
	t.server.SetKeepAlivesEnabled(false)
	t.server.SetKeepAlivesEnabled(true)
}

// Close stops serving and cuts what is under way.
func (t *Tenant) Close() error {
	err := t.server.Close()
	if served := <-t.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	t.served <- http.ErrServerClosed // so that Close may be called twice
	return err
}
