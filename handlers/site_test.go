package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/net/html"

	"switchboard/handlers"
	"switchboard/internal/audit"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/live"
	house "switchboard/internal/site"
	"switchboard/simulator"
)

// site is the whole product but its command line, on a tenant and a database of its own.
type site struct {
	t      *testing.T
	tenant *simulator.Tenant
	url    *url.URL
	log    *logged
	set    setting
	// instances share the database, the tenant and the keys; balance chooses one for each request.
	instances []http.Handler
	turn      atomic.Uint64
	by        *audit.Witnesses
	metrics   *prometheus.Registry // of the last instance
	close     func()               // of the last instance, early
	bus       *live.Bus            // of the last instance
}

// scopes of the embedded tenant.
const (
	readScope  = "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"
	writeScope = "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"
)

// newSite starts a site on that database; it ends with the test.
func newSite(t *testing.T, db *database.DB, options ...option) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := &site{t: t, url: &url.URL{Scheme: "http", Host: listener.Addr().String()}, log: &logged{}, set: settings(options)}
	if s.set.public == nil {
		s.set.public = s.url
	}
	client := simulator.Client{ID: "site", Secret: rand.Text(), RedirectURIs: []string{s.url.String() + "/auth/callback", s.url.String() + "/signed-out"}}
	s.set.tenant.Client = client
	s.tenant, err = simulator.Start(s.set.tenant)
	check(t, err)
	t.Cleanup(func() { check(t, s.tenant.Close()) })
	for _, own := range append([]*database.DB{db}, s.set.others...) {
		s.instances = append(s.instances, s.build(own, client))
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(s.balance)}}
	server.Start()
	t.Cleanup(server.Close)
	for i := range s.instances {
		s.awaitReady(strconv.Itoa(i))
	}
	return s
}

func (s *site) awaitReady(instance string) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); s.visitor().get("/readyz", instanceHeader, instance).status != http.StatusOK; {
		if time.Now().After(deadline) {
			s.t.Fatal("the site does not get ready:\n" + s.log.String())
		}
	}
}

// build plugs the rooms together by the plan that the program follows.
func (s *site) build(db *database.DB, client simulator.Client) http.Handler {
	rooms, err := house.NewRooms(s.t.Context(), s.configuration(client), db, house.Options{
		Version: "test", Log: slog.New(handlers.TagRequests(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		Now: s.set.now, Provider: s.set.provider, Limits: s.set.limits,
		Waits: house.Waits{Look: s.set.patience, Read: s.set.patience, Part: time.Minute, Compare: time.Minute, Beat: s.set.beat},
	})
	check(s.t, err)
	s.t.Cleanup(rooms.Close)
	s.by, s.metrics, s.close, s.bus = rooms.Witnesses, rooms.Metrics, rooms.Close, rooms.Live
	go rooms.SignIn.Run(s.t.Context())
	go rooms.Live.Run(s.t.Context())
	if s.set.working {
		s.t.Cleanup(s.work(rooms))
	}
	return rooms.Pages
}

// work has the instance take the rows of runs until what is returned is called.
func (s *site) work(rooms *house.Rooms) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- rooms.Bulk.Work(ctx) }()
	return func() {
		cancel()
		check(s.t, <-ended)
	}
}

// configuration is that of the site, at its tenant.
func (s *site) configuration(client simulator.Client) config.Config {
	graphURL, err := url.Parse(s.tenant.GraphURL())
	check(s.t, err)
	c := config.Config{PublicURL: s.set.public, Demo: true, TrustedProxies: s.set.proxies}
	c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = s.tenant.Issuer(), client.ID, client.Secret
	if s.set.certificate != "" {
		c.OIDC.ClientSecret, c.OIDC.ClientCertificateFile = "", s.set.certificate
	}
	c.Graph.BaseURL, c.Graph.ReadScope, c.Graph.WriteScope = graphURL, cmp.Or(s.set.scopes, readScope), cmp.Or(s.set.scopes, writeScope)
	c.Roles.Claim, c.Roles.Admin, c.Roles.Helpdesk, c.Roles.Auditor = "roles", []string{"Connector.Admin"}, []string{"Connector.Helpdesk"}, []string{"Connector.Auditor"}
	c.Sessions.Idle, c.Sessions.Absolute, c.Sessions.PerPerson, c.Sessions.Keys = s.set.idle, s.set.absolute, s.set.perPerson, s.set.keys
	c.Audit.Key, c.Audit.Witnesses = s.set.signer, s.set.witnesses
	c.Bulk.Rate = 4
	c.Changes.RequireReason, c.Changes.Settle = true, time.Hour
	c.Runbooks.Dir = s.set.runbooks
	c.Bulk.Rate = 5
	c.Changes.ClaimsExpire = 72 * time.Hour
	c.Retirement.Date, c.Retirement.Types = time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC), []string{"onPremises", "hosted", "dedicated"}
	return c
}

// logged is what the site writes.
type logged struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// visitor is somebody with a browser that follows nothing by itself.
type visitor struct {
	site   *site
	client *http.Client
}

func (s *site) visitor() *visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	return &visitor{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// person signs somebody of the tenant in, over HTTP.
func (s *site) person(id string) *visitor {
	s.t.Helper()
	v := s.visitor()
	v.arrive(id)
	return v
}

// arrive signs the visitor in, again if they were.
func (v *visitor) arrive(id string) {
	v.site.t.Helper()
	login := v.follow("GET", v.site.url.String()+"/login", nil)
	login = v.follow("GET", login.location(), nil)
	picked := v.follow("POST", login.location(), url.Values{"person": {id}})
	arrived := v.follow("GET", picked.location(), nil)
	if arrived.status != http.StatusSeeOther {
		v.site.t.Fatalf("%s could not sign in: %s", id, arrived)
	}
}

// page is an answer.
type page struct {
	status int
	header http.Header
	body   string
	from   *url.URL
	t      *testing.T
}

// String is the start of what a person reads, for a failure's message.
func (p page) String() string {
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	read := strings.Join(strings.Fields(text(root)), " ")
	return fmt.Sprintf("%d %s: %.300s", p.status, p.from, read)
}

func (p page) location() string {
	p.t.Helper()
	to, err := p.from.Parse(p.header.Get("Location"))
	check(p.t, err)
	if p.header.Get("Location") == "" {
		p.t.Fatalf("no redirect from %s but %s", p.from, p)
	}
	return to.String()
}

// leads is where a redirect leads on this site, without the key of the page that was remembered.
func (p page) leads() string {
	p.t.Helper()
	return keyless(p.header.Get("Location"))
}

var backKey = regexp.MustCompile(`[?&]back=[A-Za-z0-9_-]{8}$`)

func keyless(address string) string { return backKey.ReplaceAllString(address, "") }

// way is where the page's link of that label leads.
func (p page) way(label string) string {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for node := range root.Descendants() {
		if node.Data == "a" && strings.Join(strings.Fields(text(node)), " ") == label {
			return attribute(node, "href")
		}
	}
	p.t.Fatalf("no link %q: %s", label, p)
	return ""
}

// follow sends one request as a browser sends it.
func (v *visitor) follow(method, address string, form url.Values, headers ...string) page {
	v.site.t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	check(v.site.t, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		}
	}
	return v.send(request)
}

func (v *visitor) send(request *http.Request) page {
	v.site.t.Helper()
	answer, err := v.client.Do(request)
	check(v.site.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(v.site.t, err)
	return page{answer.StatusCode, answer.Header, string(body), request.URL, v.site.t}
}

func (v *visitor) get(path string, headers ...string) page {
	v.site.t.Helper()
	return v.follow("GET", v.site.url.String()+path, nil, headers...)
}

func (v *visitor) post(path string, form url.Values, headers ...string) page {
	v.site.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return v.follow("POST", v.site.url.String()+path, form, headers...)
}

// form is the first form of the page that posts to the path, filled in as the page shows it.
func (p page) form(path string) url.Values {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for node := range root.Descendants() {
		if node.Data == "form" && attribute(node, "action") == path && attribute(node, "method") == "post" {
			return fields(node)
		}
	}
	p.t.Fatalf("no form posts to %s: %s", path, p)
	return nil
}

// fields are what a browser sends of a form that nobody touched, its buttons left out.
func fields(form *html.Node) url.Values {
	values := url.Values{}
	for node := range form.Descendants() {
		name := attribute(node, "name")
		kind := attribute(node, "type")
		switch {
		case name == "", node.Data == "button", (kind == "radio" || kind == "checkbox") && !has(node, "checked"):
		case node.Data == "input":
			values.Set(name, attribute(node, "value"))
		case node.Data == "textarea":
			values.Set(name, strings.TrimPrefix(text(node), "\n"))
		case node.Data == "select":
			for option := range node.Descendants() {
				if option.Data == "option" && (has(option, "selected") || !values.Has(name)) {
					values.Set(name, attribute(option, "value"))
				}
			}
		}
	}
	return values
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	for _, a := range node.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(node *html.Node) string {
	var all strings.Builder
	for inner := range node.Descendants() {
		if inner.Type == html.TextNode {
			all.WriteString(inner.Data)
		}
	}
	return all.String()
}

// edit is a connector's edit form with some values typed into it.
func (v *visitor) edit(id string, typed ...string) url.Values {
	v.site.t.Helper()
	form := v.get("/connectors/" + id + "/edit").form("/connectors/" + id)
	form.Set("reason", "ticket 1")
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	return form
}

// patches are the PATCH requests that reached the tenant.
func (s *site) patches() int {
	count := 0
	for _, request := range s.tenant.Requests() {
		if request.Method == http.MethodPatch {
			count++
		}
	}
	return count
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal compares what came with what was wanted.
func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
