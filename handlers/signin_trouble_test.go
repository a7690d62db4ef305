package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/handlers"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/provider"
)

// begun is a sign-in for that page, and the callback's address that its provider sent the browser to.
func (v *visitor) begun(page, person string) (callback string) {
	v.site.t.Helper()
	login := v.follow("GET", v.get(page).location(), nil)
	picked := v.follow("POST", v.follow("GET", login.location(), nil).location(), url.Values{"person": {person}})
	return picked.location()
}

// with is the address with other parameters; without a value one is taken out.
func with(t *testing.T, address string, pairs ...string) string {
	t.Helper()
	u, err := url.Parse(address)
	check(t, err)
	query := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			query.Del(pairs[i])
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// TestTroubleAtTheCallback: whatever keeps a sign-in from its end, each way on from the page that says so leads to a sign-in
// that ends where this one should have.
func TestTroubleAtTheCallback(t *testing.T) {
	t.Parallel()
	const asked = "/connectors?q=na"
	for name, test := range map[string]struct {
		token  faults.Fault // of the code
		alter  []string     // of the callback's address
		status int
		ways   string // labels
	}{
		"the token endpoint answers 503":      {token: faults.Status(503, "text/html", "busy"), status: 503, ways: "Try again"},
		"the token endpoint answers 429":      {token: faults.Status(429, "application/json", `{"error":"invalid_request"}`), status: 503, ways: "Try again"},
		"the token endpoint does not answer":  {token: faults.Reset(), status: 503, ways: "Try again"},
		"the token endpoint's answer is lost": {token: faults.LoseAnswer(), status: 503, ways: "Try again"},
		"the code is not taken":               {token: faults.Status(400, "application/json", `{"error":"invalid_grant"}`), status: 400, ways: "Sign in again"},
		"the client is not taken":             {token: faults.Answer(provider.OldSecret), status: 503, ways: "Try again"},
		"the answer is no JSON":               {token: faults.Status(200, "text/html", "<p>"), status: 403, ways: "Sign in again"},
		"the provider cannot now":             {alter: []string{"code", "", "error", "temporarily_unavailable"}, status: 503, ways: "Try again"},
		"the provider fails":                  {alter: []string{"code", "", "error", "server_error"}, status: 503, ways: "Try again"},
		"the provider finds a fault":          {alter: []string{"code", "", "error", "invalid_scope"}, status: 503, ways: "Try again"},
		"the person cancels":                  {alter: []string{"code", "", "error", "access_denied"}, status: 403, ways: "Sign in again, Use another account"},
		"the person has to do more":           {alter: []string{"code", "", "error", "interaction_required"}, status: 400, ways: "Sign in to confirm"},
		"the organization forbids it":         {alter: []string{"code", "", "error", "access_denied", "error_description", "AADSTS53003"}, status: 403, ways: "Use another account"},
		"an administrator has to consent":     {alter: []string{"code", "", "error", "consent_required"}, status: 403, ways: "Ask for it now"},
		"another issuer answers":              {alter: []string{"iss", "https://login.example"}, status: 400, ways: "Sign in again"},
		"nothing came":                        {alter: []string{"code", ""}, status: 400, ways: "Sign in again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			for label := range strings.SplitSeq(test.ways, ", ") {
				v := s.visitor()
				callback := with(t, v.begun(asked, "tom"), test.alter...)
				s.tenant.Faults.Clear()
				if test.token != nil {
					s.tenant.Faults.Next("POST /token", test.token)
				}
				trouble := v.follow("GET", callback, nil)
				equal(t, "the status", trouble.status, test.status)
				if strings.Contains(trouble.body, `href=""`) {
					t.Error("the page offers to ask for the callback again, whose state is spent")
				}
				v.get("/connectors?q=another-tab") // must not come between
				back := v.through(v.get(trouble.way(label)), "tom")
				equal(t, "where "+label+" leads", back.from.RequestURI(), asked)
				equal(t, "the page there", back.status, http.StatusOK)
			}
		})
	}
}

// TestAnswersInTheProvidersPlace: of a page that came instead of an answer of the token endpoint nobody says that the provider
// refused, or that Switchboard is not set up.
func TestAnswersInTheProvidersPlace(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]faults.Fault{
		"a proxy that forbids": faults.Status(403, "text/html", "<h1>Forbidden</h1>"), "a proxy's sign-in": faults.Status(407, "text/html", "<p>"),
		"another address": faults.Status(404, "text/plain", "not found"), "a way elsewhere": faults.Status(302, "text/html", ""),
		"nothing": faults.Status(204, "application/json", ""), "JSON of another kind": faults.Status(401, "application/json", `["no"]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			v := s.visitor()
			callback := v.begun("/connectors", "tom")
			s.tenant.Faults.Next("POST /token", fault)
			trouble := v.follow("GET", callback, nil)
			equal(t, "the status", trouble.status, http.StatusServiceUnavailable)
			contains(t, trouble, "Something between Switchboard and the identity provider answered in its place.")
			equal(t, "where it leads", v.through(v.get(trouble.way("Try again")), "tom").from.Path, "/connectors")
		})
	}
}

// TestConsentThatIsMissingNamesThePermission: the one that the sign-in asked for, and of a stranger no role is told.
func TestConsentThatIsMissingNamesThePermission(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for _, test := range []struct {
		visitor     *visitor
		start, says string
		not         []string
	}{
		{s.visitor(), "/login", "consent to " + segment(readScope) + ".", []string{"Your role allows it.", "consent to " + segment(writeScope)}},
		{s.visitor(), "/login?grant=write", "consent to " + segment(writeScope) + ".", []string{"Your role allows it."}},
		{s.person("maya"), "/login?grant=write", "consent to " + segment(writeScope) + ".", []string{"consent to " + segment(readScope)}},
	} {
		to, err := url.Parse(test.visitor.get(test.start).location())
		check(t, err)
		refused := test.visitor.get("/auth/callback?error=access_denied&error_description=AADSTS90094&state=" + to.Query().Get("state"))
		equal(t, "the status", refused.status, http.StatusForbidden)
		contains(t, refused, test.says)
		for _, wrong := range test.not {
			if strings.Contains(refused.body, wrong) {
				t.Errorf("%s says %q: %s", test.start, wrong, refused)
			}
		}
	}
}

// segment is the name of a permission in its scope.
func segment(scope string) string { return scope[strings.LastIndex(scope, "/")+1:] }

// TestSeveralScopesOfAKeyAreAllNamed: on a person's own page, in a review, in the command for PowerShell, and where consent is missing.
func TestSeveralScopesOfAKeyAreAllNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.scopes = readScope + "  " + writeScope })
	read, write := segment(readScope), segment(writeScope)
	both := read + " and " + write
	maya, path := s.person("maya"), "/connectors/"+simulator.ID("s2s-na")
	equal(t, "gates that name both", strings.Count(maya.get("/access").body, "Granted: "+both), 2)
	contains(t, maya.get(path), "Connect-MgGraph -Scopes &#39;"+read+"&#39;,&#39;"+write+"&#39;\n")
	contains(t, maya.post(path+"/review", maya.edit(simulator.ID("s2s-na"), "version", "16")), ">"+both+"</code>")
	to, err := url.Parse(maya.get("/login?grant=write").location())
	check(t, err)
	contains(t, maya.get("/auth/callback?error=access_denied&error_description=AADSTS90094&state="+to.Query().Get("state")), "consent to "+both+".")
}

// TestCallbackAgain: the address of a sign-in that is over, from the history or a bookmark, says to somebody who is signed in
// that they are, and leads anybody on.
func TestCallbackAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	v := s.visitor()
	callback := v.begun("/connectors?q=na", "tom")
	equal(t, "the sign-in", v.follow("GET", callback, nil).status, http.StatusSeeOther)
	for name, address := range map[string]string{
		"used": callback, "altered": with(t, callback, "state", "x"), "without all": with(t, callback, "state", "", "code", ""), "twice": callback + "&state=x",
	} {
		again := v.follow("GET", address, nil)
		equal(t, name+": the status", again.status, http.StatusBadRequest)
		contains(t, again, "You are signed in already.")
		if strings.Contains(again.body, "Sign in again") || strings.Contains(again.body, "/login") {
			t.Errorf("%s: somebody who is signed in is sent to sign in: %s", name, again)
		}
		equal(t, name+": where the page leads", v.get(again.way("Overview")).status, http.StatusOK)
	}
	stranger := s.visitor()
	lost := stranger.follow("GET", callback, nil)
	equal(t, "signed out: the status", lost.status, http.StatusBadRequest)
	equal(t, "where it leads", stranger.through(stranger.get(lost.way("Sign in")), "tom").from.Path, "/")
}

// TestCallbackTwiceAtOnce: the second of two equal callbacks knows where they lead.
func TestCallbackTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	v := s.visitor()
	callback := v.begun("/connectors?q=na", "tom")
	twin := v.copy() // whose request left before the answer to the first was there
	equal(t, "the first", v.follow("GET", callback, nil).status, http.StatusSeeOther)
	second := twin.follow("GET", callback, nil)
	equal(t, "the second", second.status, http.StatusBadRequest)
	equal(t, "where it leads", twin.through(twin.get(second.way("Sign in again")), "tom").from.RequestURI(), "/connectors?q=na")
}

// TestRepeatedSignInAsksForTheSame: a sign-in for the write scope, or as somebody else, that failed is that again.
func TestRepeatedSignInAsksForTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for _, start := range []string{"/login?grant=write", "/login?account=other"} {
		to, err := url.Parse(maya.get(start).location())
		check(t, err)
		failed := maya.get("/auth/callback?error=server_error&state=" + to.Query().Get("state"))
		equal(t, "the status", failed.status, http.StatusServiceUnavailable)
		equal(t, "where it leads", keyless(failed.way("Try again")), start)
	}
}

// TestTooManySignIns: whoever has to wait asks for the same address again, and it still leads to their page.
func TestTooManySignIns(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with, func(set *setting) {
		set.limits = handlers.Limits{SignIns: handlers.Limit{Burst: 1, Every: time.Minute}, Logouts: handlers.Limit{Burst: 1, Every: time.Minute}}
	})
	v := s.visitor()
	login := v.get("/connectors?q=na").location()
	v.get("/login")
	held := v.follow("GET", login, nil)
	equal(t, "the status", held.status, http.StatusTooManyRequests)
	equal(t, "what it offers", held.way("Try again"), "")
	clock.Add(time.Minute)
	equal(t, "where it leads then", v.through(v.follow("GET", login, nil), "tom").from.RequestURI(), "/connectors?q=na")
}

// TestPageOfTheSignOut: it says that somebody is signed out only where nobody is signed in, and of an administrator who comes back
// from the provider, with a yes, a no or an error, that their answer is there.
func TestPageOfTheSignOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, nobody := s.person("maya"), s.visitor()
	for _, test := range []struct {
		by         *visitor
		path, says string
		leads      string // the button's label
	}{
		{nobody, "/signed-out", "You are signed out", "Sign in"},
		{maya, "/signed-out", "You are signed in in this browser.", "Go on"},
		{maya, "/signed-out?provider=stays", "You are signed in", "Go on"},
		{nobody, "/signed-out?admin_consent=True&tenant=x", "Your answer is with the provider", "Sign in"},
		{nobody, "/signed-out?error=access_denied&error_description=AADSTS65004", "Your answer is with the provider", "Sign in"},
		{maya, "/signed-out?error=consent_required&admin_consent=True", "Your answer is with the provider", "Go on"},
		{maya, "/signed-out?form=kept", "Your session has ended", "Sign in"},
	} {
		page := test.by.get(test.path)
		equal(t, test.path, page.status, http.StatusOK)
		contains(t, page, test.says)
		if page.way(test.leads) == "" {
			t.Errorf("%s does not lead on by %q: %s", test.path, test.leads, page)
		}
		if test.leads == "Go on" {
			lacks(t, page, "holds nothing of Switchboard", "new session", "Use your work account", `#logout /></svg></span>`)
		}
	}
}
