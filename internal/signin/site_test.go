package signin_test

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
	"switchboard/internal/problem"
	"switchboard/internal/signin"
)

var sealKey = []byte("0123456789abcdef0123456789abcdef")

// site is Switchboard's sign-in over HTTP, without its pages.
type site struct {
	*httptest.Server
	service  *signin.Service
	db       *database.DB
	provider *provider
	clock    *clock
	log      *logText
	finished []signin.Arrival
	problems []problem.Problem
	told     []string // whose sessions a refresh ended, and why
	mu       sync.Mutex
}

// logText collects what was logged.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open starts a provider and a site on the database, ready to sign people in.
func open(t *testing.T, db *database.DB, alter ...func(*signin.Options)) *site {
	t.Helper()
	c := newClock()
	s := newSite(t, db, newProvider(t, c), c, alter...)
	s.run(t)
	return s
}

// newSite is a site whose service does not run yet.
func newSite(t *testing.T, db *database.DB, p *provider, c *clock, alter ...func(*signin.Options)) *site {
	t.Helper()
	s := &site{db: db, provider: p, clock: c, log: &logText{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", s.login)
	mux.HandleFunc("GET /auth/callback", s.callback)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /token", s.token)
	mux.HandleFunc("GET /", s.page)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	s.service = service(t, db, p, c, s.URL, append(alter, func(o *signin.Options) {
		o.Log, o.Ended = slog.New(slog.NewJSONHandler(s.log, nil)), s.tell
	})...)
	return s
}

// service is one replica of the site at that address.
func service(t *testing.T, db *database.DB, p *provider, c *clock, address string, alter ...func(*signin.Options)) *signin.Service {
	t.Helper()
	public, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	o := signin.Options{
		Issuer: p.issuer(), ClientID: clientID, ClientSecret: clientSecret, PublicURL: public,
		ReadScope: readScope, WriteScope: writeScope,
		Roles: signin.Roles{Claim: "roles", Admin: []string{"Connector.Admin"}, Helpdesk: []string{"Connector.Helpdesk"}, Auditor: []string{"Connector.Auditor"}},
		Keys:  [][]byte{sealKey}, Idle: 30 * time.Minute, Absolute: 8 * time.Hour, DB: db, Now: c.Now,
	}
	for _, change := range alter {
		change(&o)
	}
	made, err := signin.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// run starts the service and waits until it is ready.
func (s *site) run(t *testing.T) {
	t.Helper()
	run(t, s.service)
	eventually(t, "ready", func() bool { return s.service.Ready() == nil })
}

func run(t *testing.T, service *signin.Service) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// eventually waits for what happens in the background.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !happened(); {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within 20 s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (s *site) login(w http.ResponseWriter, r *http.Request) {
	to, err := s.service.Start(w, r)
	s.lead(w, r, to, err)
}

func (s *site) callback(w http.ResponseWriter, r *http.Request) {
	arrival, err := s.service.Finish(w, r)
	if err == nil {
		s.mu.Lock()
		s.finished = append(s.finished, arrival)
		s.mu.Unlock()
	}
	s.lead(w, r, arrival.ReturnTo, err)
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	person, err := s.service.Person(r)
	if err != nil {
		s.lead(w, r, "", err)
		return
	}
	to, err := s.service.End(w, r, person)
	if to == "" {
		s.service.AskAnew(w)
		to = "/signed-out"
	}
	s.lead(w, r, to, err)
}

// token answers with the person's bearer.
func (s *site) token(w http.ResponseWriter, r *http.Request) {
	person, err := s.service.Person(r)
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

func (s *site) page(w http.ResponseWriter, r *http.Request) {
	person, err := s.service.Person(r)
	if err != nil || person == nil {
		s.lead(w, r, "/login?back="+s.service.Remember(w, r), err)
		return
	}
	fmt.Fprint(w, person.Actor().Name)
}

// lead redirects, or answers with the problem's words.
func (s *site) lead(w http.ResponseWriter, r *http.Request, to string, err error) {
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	var p problem.Problem
	if !errors.As(err, &p) {
		p = problem.New(problem.Internal, err.Error())
	}
	s.mu.Lock()
	s.problems = append(s.problems, p)
	s.mu.Unlock()
	status := map[problem.Kind]int{problem.BadRequest: 400, problem.Forbidden: 403, problem.SignedOut: 401, problem.Unavailable: 503}[p.Kind()]
	if status == 0 {
		status = 500
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, p.Title(), p.Detail(), p.Advice(), p.IDs())
}

func (s *site) tell(_ context.Context, person *signin.Person, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, person.Actor().OID+": "+reason)
}

// endings are what was told of sessions that ended, one a line.
func (s *site) endings() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.told, "\n")
}

// problem is the last one that was answered.
func (s *site) problem() problem.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problems[len(s.problems)-1]
}
