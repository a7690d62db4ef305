// Package signintest is for tests of sign-in and what lies below it: a provider that behaves until a test says otherwise, a site on
// a database of its own, and browsers.
package signintest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
	"switchboard/internal/session"
	"switchboard/internal/signin"
)

// SealKey is the one key of an instance, unless a test gives others.
var SealKey = []byte("0123456789abcdef0123456789abcdef")

// Site is Switchboard's sign-in over HTTP, without its pages.
type Site struct {
	*httptest.Server
	Service  *Instance
	Twin     *Instance // nil, or another one that answers in turn with Service: see Balance
	DB       *database.DB
	Provider *Provider
	Clock    *Clock
	Log      *LogText
	Finished []signin.Arrival
	Problems []problem.Problem
	Told     []string // whose sessions a refresh ended, and why
	mu       sync.Mutex
}

// Instance is one of the instances that share a database.
type Instance struct {
	Client   *oidc.Client
	Sessions *session.Service
	SignIn   *signin.Service
}

// Options are those of an instance's rooms; what several of them take stands here once.
type Options struct {
	OIDC     oidc.Options
	Sessions session.Options
	Keys     [][]byte
	// SweepEvery is the pause between two sweeps, the product's unless given.
	SweepEvery time.Duration
	DB         interface {
		session.Database
		signin.Database
	}
	Now func() time.Time
	Log *slog.Logger
}

// New plugs the rooms together as the product does.
func New(o Options) (*Instance, error) {
	seals, err := seal.New(o.Keys)
	if err != nil {
		return nil, err
	}
	o.OIDC.Now, o.OIDC.Log = o.Now, o.Log
	client, err := oidc.New(o.OIDC)
	if err != nil {
		return nil, err
	}
	o.Sessions.Client, o.Sessions.Seals, o.Sessions.DB, o.Sessions.Now, o.Sessions.Log = client, seals, o.DB, o.Now, o.Log
	sessions, err := session.New(o.Sessions)
	if err != nil {
		return nil, err
	}
	signIn, err := signin.New(signin.Options{Client: client, Sessions: sessions, Seals: seals, DB: o.DB, Now: o.Now, Log: o.Log, SweepEvery: o.SweepEvery})
	return &Instance{client, sessions, signIn}, err
}

// LogText collects what was logged.
type LogText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *LogText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *LogText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Open starts a provider and a site on the database, ready to sign people in.
func Open(t *testing.T, db *database.DB, alter ...func(*Options)) *Site {
	t.Helper()
	c := NewClock()
	s := NewSite(t, db, NewProvider(t, c), c, alter...)
	s.Run(t)
	return s
}

// NewSite is a site whose service does not run yet.
func NewSite(t *testing.T, db *database.DB, p *Provider, c *Clock, alter ...func(*Options)) *Site {
	t.Helper()
	s := &Site{DB: db, Provider: p, Clock: c, Log: &LogText{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", s.login)
	mux.HandleFunc("GET /auth/callback", s.callback)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /token", s.token)
	mux.HandleFunc("GET /", s.page)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	s.Service = NewInstance(t, db, p, c, s.URL, append(alter, func(o *Options) {
		o.Log, o.Sessions.Ended = slog.New(slog.NewJSONHandler(s.Log, nil)), s.tell
	})...)
	return s
}

// NewInstance is one replica of the site at that address.
func NewInstance(t *testing.T, db *database.DB, p *Provider, c *Clock, address string, alter ...func(*Options)) *Instance {
	t.Helper()
	public, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		OIDC: oidc.Options{
			Issuer: p.Issuer(), ClientID: ClientID, ClientSecret: ClientSecret, PublicURL: public, ReadScope: ReadScope, WriteScope: WriteScope,
		},
		Sessions: session.Options{
			Roles: session.Roles{Claim: "roles", Admin: []string{"Connector.Admin"}, Helpdesk: []string{"Connector.Helpdesk"}, Auditor: []string{"Connector.Auditor"}},
			Idle:  30 * time.Minute, Absolute: 8 * time.Hour,
		},
		Keys: [][]byte{SealKey}, DB: db, Now: c.Now,
	}
	for _, change := range alter {
		change(&o)
	}
	made, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Run starts the service and waits until it is ready.
func (s *Site) Run(t *testing.T) {
	t.Helper()
	Run(t, s.Service)
	Eventually(t, "ready", func() bool { return s.Service.SignIn.Ready() == nil })
}

// Run starts an instance for as long as the test takes.
func Run(t *testing.T, service *Instance) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.SignIn.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// Balance has the other of two instances answer from now on.
func (s *Site) Balance() {
	if s.Twin != nil {
		s.Service, s.Twin = s.Twin, s.Service
	}
}

// Eventually waits for what happens in the background.
func Eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within 20 s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	to, err := s.Service.SignIn.Start(w, r)
	s.lead(w, r, to, err)
}

func (s *Site) callback(w http.ResponseWriter, r *http.Request) {
	arrival, err := s.Service.SignIn.Finish(w, r)
	if err == nil {
		s.mu.Lock()
		s.Finished = append(s.Finished, arrival)
		s.mu.Unlock()
	}
	s.lead(w, r, arrival.ReturnTo, err)
}

func (s *Site) logout(w http.ResponseWriter, r *http.Request) {
	person, err := s.Service.Sessions.Person(r)
	if err != nil {
		s.lead(w, r, "", err)
		return
	}
	to, err := s.Service.SignIn.End(w, r, person)
	if to == "" {
		s.Service.SignIn.AskAnew(w)
		to = "/signed-out"
	}
	s.lead(w, r, to, err)
}

// token answers with the person's bearer.
func (s *Site) token(w http.ResponseWriter, r *http.Request) {
	person, err := s.Service.Sessions.Person(r)
	if err != nil || person == nil {
		s.lead(w, r, "/login", err)
		return
	}
	need := graphclient.Read
	if r.URL.Query().Get("need") == "write" {
		need = graphclient.Write
	}
	token, err := person.Token(r.Context(), need)
	if err != nil {
		s.lead(w, r, "", err)
		return
	}
	fmt.Fprint(w, token)
}

func (s *Site) page(w http.ResponseWriter, r *http.Request) {
	person, err := s.Service.Sessions.Person(r)
	if err != nil || person == nil {
		s.lead(w, r, "/login?back="+s.Service.SignIn.Remember(w, r), err)
		return
	}
	fmt.Fprint(w, person.Actor().Name)
}

// lead redirects, or answers with the problem's words.
func (s *Site) lead(w http.ResponseWriter, r *http.Request, to string, err error) {
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	var p problem.Problem
	if !errors.As(err, &p) {
		p = problem.New(problem.Internal, err.Error())
	}
	s.mu.Lock()
	s.Problems = append(s.Problems, p)
	s.mu.Unlock()
	status := map[problem.Kind]int{problem.BadRequest: 400, problem.Forbidden: 403, problem.SignedOut: 401, problem.Unavailable: 503}[p.Kind()]
	if status == 0 {
		status = 500
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, p.Title(), p.Detail(), p.Advice(), p.IDs())
}

func (s *Site) tell(_ context.Context, person *session.Person, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Told = append(s.Told, person.Actor().OID+": "+reason)
}

// Endings are what was told of sessions that ended, one a line.
func (s *Site) Endings() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.Told, "\n")
}

// Problem is the last one that was answered.
func (s *Site) Problem() problem.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Problems[len(s.Problems)-1]
}
