package handlers_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/handlers"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/simulator"
)

// setting is what a site is started with beside its database.
type setting struct {
	tenant         simulator.Options
	idle, absolute time.Duration
	perPerson      int
	now            func() time.Time
	keys           [][]byte
	signer         string
	limits         handlers.Limits
	proxies        []netip.Prefix
	patience       time.Duration // of a page with what hangs; long, so that no slow machine decides a test
	beat           time.Duration // of a stream; twenty seconds unless given
	public         *url.URL      // as configured; where the site listens unless given
	// provider is the way to the provider, the network's unless given.
	provider http.RoundTripper
	// others are the same database as further instances open it.
	others []*database.DB
	// witnesses cosign the record when the site's by is told to ask them.
	witnesses []config.Witness
	// runbooks is a folder of the organization's own.
	runbooks string
	// certificate is the client's credential in the place of its secret; the embedded provider takes none.
	certificate string
	// scopes are what both keys of Graph's scopes say; the tenant's own two, one each, unless given.
	scopes string
	// working has each instance take the rows of runs; else a run that was started stays as it is.
	working bool
}

// working has the site take the rows of runs.
func working(set *setting) { set.working = true }

type option func(*setting)

func settings(options []option) setting {
	key := make([]byte, 32)
	rand.Read(key)
	signer, _, err := note.GenerateKey(rand.Reader, "site.example/audit")
	if err != nil {
		panic(err) // the name is a constant
	}
	set := setting{idle: 30 * time.Minute, absolute: 8 * time.Hour, now: time.Now, keys: [][]byte{key}, signer: signer, limits: handlers.DefaultLimits(), patience: time.Minute}
	for _, change := range options {
		change(&set)
	}
	return set
}

// clock is a site's own: it stands until it is moved. The tenant shares it, or its tokens would be of another time.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// with gives the site that clock.
func (c *clock) with(set *setting) { set.now, set.tenant.Now = c.Now, c.Now }

// instanceHeader names the instance that is to answer; without it they take turns.
const instanceHeader = "Test-Instance"

// balance is the proxy before the instances: no session sticks to one.
func (s *site) balance(w http.ResponseWriter, r *http.Request) {
	chosen, err := strconv.Atoi(r.Header.Get(instanceHeader))
	if err != nil {
		chosen = int(s.turn.Add(1)) % len(s.instances)
	}
	s.instances[chosen].ServeHTTP(w, r)
}

// copy is a second browser with the same cookies: a thief's.
func (v *visitor) copy() *visitor {
	v.site.t.Helper()
	other := v.site.visitor()
	other.client.Jar.SetCookies(v.site.url, v.client.Jar.Cookies(v.site.url))
	return other
}

// sessionID is the visitor's session as the list of sessions names it.
func (v *visitor) sessionID() string {
	v.site.t.Helper()
	for _, cookie := range v.client.Jar.Cookies(v.site.url) {
		if strings.Contains(cookie.Name, "-session") {
			sum := sha256.Sum256([]byte(cookie.Value))
			return base64.RawURLEncoding.EncodeToString(sum[:])
		}
	}
	v.site.t.Fatal("no session cookie")
	return ""
}
