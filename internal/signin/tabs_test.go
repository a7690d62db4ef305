package signin_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// tab is one of a browser's, on its way to a page.
type tab struct {
	page, next string
	began      int // the turn in which its sign-in began
}

// together has the tabs take their next step at once: each request carries the cookies of before, and the answers arrive in
// any order. It returns the tabs that have arrived.
func together(b *signintest.Browser, tabs []*tab) (arrived []*tab) {
	b.T.Helper()
	sent := b.Request().Header["Cookie"]
	away := *b
	away.HTTP = &http.Client{CheckRedirect: b.HTTP.CheckRedirect}
	answers := make([]signintest.Answer, len(tabs))
	for i, tab := range tabs {
		header := http.Header{}
		if strings.HasPrefix(tab.next, "/") || strings.HasPrefix(tab.next, b.Site.URL) {
			header["Cookie"] = sent
		}
		answers[i] = away.Send(http.MethodGet, tab.next, header)
		b.Site.Balance()
	}
	at, _ := url.Parse(b.Site.URL)
	for _, i := range rand.Perm(len(tabs)) {
		b.HTTP.Jar.SetCookies(at, answers[i].Cookies)
		shown := answers[i].Status == http.StatusOK // signed in by another tab meanwhile
		callback := strings.Contains(tabs[i].next, "/auth/callback")
		if !shown {
			tabs[i].next = answers[i].Location
		}
		if shown || callback {
			arrived = append(arrived, tabs[i])
		}
		if size := underWay(b); size >= 6<<10 {
			b.T.Fatalf("the cookies of sign-ins under way are %d bytes, want less than 6 KiB", size)
		}
	}
	return arrived
}

// underWay is what the browser's cookies of sign-ins under way take of a request's header.
func underWay(b *signintest.Browser) (size int) {
	for _, cookie := range pending(b) {
		size += len(cookie.String()) + len("; ")
	}
	return size
}

// ways are orders in which tabs go on: which of them take their next step together.
var ways = map[string]func(left []*tab) []*tab{
	"all at once":             func(left []*tab) []*tab { return left },
	"one after the other":     func(left []*tab) []*tab { return left[:1] },
	"a few at once, as it is": func(left []*tab) []*tab { return shuffled(left)[:1+rand.IntN(len(left))] },
	"in turn":                 func(left []*tab) []*tab { return []*tab{slices.MinFunc(left, byProgress)} },
}

func byProgress(a, b *tab) int { return a.began - b.began }

func shuffled(tabs []*tab) []*tab {
	tabs = slices.Clone(tabs)
	rand.Shuffle(len(tabs), func(i, j int) { tabs[i], tabs[j] = tabs[j], tabs[i] })
	return tabs
}

// travel takes the tabs to where their sign-ins lead.
func travel(b *signintest.Browser, tabs []*tab, way func([]*tab) []*tab) {
	b.T.Helper()
	for left, turn := slices.Clone(tabs), 1; len(left) > 0; turn++ {
		going := way(left)
		for _, one := range going {
			one.began = turn
		}
		arrived := together(b, going)
		left = slices.DeleteFunc(left, func(one *tab) bool { return slices.Contains(arrived, one) })
	}
}

// TestTabsOpenedAtOnce: 24 tabs that are opened while nobody is signed in land each on its own page, whatever the order, and
// their cookies stay within what proxies take.
func TestTabsOpenedAtOnce(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open(signintest.Open(t, databasetest.SQLite(t)).Browser(t), way)
		})
	}
}

// TestTabsOpenedAtOnceAtSeveralInstances: the same where two instances answer in turn, which share the database and nothing else.
func TestTabsOpenedAtOnceAtSeveralInstances(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		c := signintest.NewClock()
		often := func(o *signintest.Options) { o.SweepEvery = 20 * time.Millisecond }
		s := signintest.NewSite(t, db, signintest.NewProvider(t, c), c, often)
		s.Twin = signintest.NewInstance(t, db, s.Provider, c, s.URL, often)
		s.Run(t)
		signintest.Run(t, s.Twin)
		for range 3 { // by then the first has met the second, and has taken its share
			c.Add(time.Millisecond)
			signintest.Eventually(t, "met", func() bool {
				var count int
				err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM instances WHERE seen_at = $1`, c.Now().UnixMicro()).Scan(&count)
				return err == nil && count == 2 && s.Twin.SignIn.Ready() == nil
			})
		}
		for _, way := range ways {
			open(s.Browser(t), way)
		}
	})
}

// open opens tabs of each kind, and looks where they land.
func open(b *signintest.Browser, way func([]*tab) []*tab) {
	b.T.Helper()
	for _, kind := range []struct {
		page  string
		count int
	}{
		{"/connectors/4a2b5c6d-0000-4000-8000-0000000000%02d/edit", 24},
		{"/audit?connector=4a2b5c6d-0000-4000-8000-000000000001&action=edit&outcome=applied&n=%d", 12},
		{"/connectors?q=" + strings.Repeat("x", 250) + "&n=%d", 6},
	} {
		var tabs []*tab
		for i := range kind.count {
			page := fmt.Sprintf(kind.page, i)
			tabs = append(tabs, &tab{page: page, next: page})
		}
		b.Send(http.MethodPost, "/logout", nil)
		b.Site.Clock.Add(10 * time.Second)
		travel(b, tabs, way)
		for _, one := range tabs {
			if one.next != one.page {
				b.T.Errorf("the tab of %s landed on %q", one.page, one.next)
			}
		}
	}
}

// TestMoreTabsThanFit: of 60 tabs the oldest give way, those that begin last finish, and the cookies stay within bounds.
func TestMoreTabsThanFit(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b := s.Browser(t)
	var last []*tab
	for round := range 3 {
		last = nil
		for i := range 20 {
			page := fmt.Sprintf("/connectors/%d-%d", round, i)
			last = append(last, &tab{page: page, next: page})
		}
		together(b, last) // the page, which leads to /login
		together(b, last) // /login, which leads to the provider
		s.Clock.Add(time.Second)
	}
	travel(b, last, ways["a few at once, as it is"])
	landed := 0
	for _, one := range last {
		if one.next == one.page {
			landed++
		}
	}
	if landed < 15 {
		t.Errorf("%d of the last 20 tabs landed on their pages, want 15 at least", landed)
	}
	newest := &tab{page: "/connectors/newest", next: "/connectors/newest"}
	if travel(b, []*tab{newest}, ways["one after the other"]); newest.next != newest.page {
		t.Errorf("the newest landed on %q", newest.next)
	}
}

// TestKeysOfRememberedPages: the key in the address of /login chooses among what its own browser remembers.
func TestKeysOfRememberedPages(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	b, other := s.Browser(t), s.Browser(t)
	end := func(b *signintest.Browser, login string) string {
		t.Helper()
		return b.Get(b.Get(b.Get(login).Location).Location).Location
	}
	first, second := b.Get("/connectors/1?q=a").Location, b.Get("/connectors/2").Location
	if strings.Contains(first, "connectors") || first == second {
		t.Errorf("the addresses are %s and %s", first, second)
	}
	if again := b.Get("/connectors/1?q=a").Location; again != first {
		t.Errorf("the page asked for again has the address %s, want %s", again, first)
	}
	for _, step := range []struct {
		by          *signintest.Browser
		login, want string
	}{
		{other, first, "/"}, // of another browser
		{b, "/login?back=unknown", "/"},
		{b, "/login?back=", "/"},
		{b, second, "/connectors/2"},
		{b, "/login", "/connectors/1?q=a"}, // without a key, the one remembered last
		{b, first, "/connectors/1?q=a"},
		{b, first, "/"}, // it is no longer remembered
		{b, "/login", "/"},
	} {
		if got := end(step.by, step.login); got != step.want {
			t.Errorf("%s led to %q, want %q", step.login, got, step.want)
		}
	}
	b = s.Browser(t)
	b.Get("/connectors/1")
	b.Send(http.MethodPost, "/logout", nil)
	if got := end(b, "/login"); got != "/" {
		t.Errorf("after a sign-out /login led to %q", got)
	}
	old := b.Site.Browser(t)
	login := old.Get("/connectors/1").Location
	s.Clock.Add(11 * time.Minute)
	if got := end(old, login); got != "/" {
		t.Errorf("a page of eleven minutes ago: %q", got)
	}
}
