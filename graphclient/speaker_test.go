package graphclient

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/problem"
)

// strangers are bodies that anybody but Graph may answer with, by their content type.
var strangers = map[string][2]string{
	"HTML":                 {"text/html; charset=utf-8", "<h1>Sign in to the network</h1>"},
	"HTML called JSON":     {"application/json", "<h1>Blocked</h1>"},
	"plain text":           {"text/plain", "denied"},
	"nothing":              {"", ""},
	"JSON of a gateway":    {"application/json", `{"message":"Forbidden"}`},
	"OAuth's error":        {"application/json", `{"error":"access_denied","error_description":"ErrorCode Forbidden urn:intune:service"}`},
	"a numbered code":      {"application/json", `{"error":{"code":403,"message":"Application must have one of the following scopes: A"}}`},
	"an envelope, as text": {"text/html", `{"error":{"code":"Forbidden","message":"No."}}`},
	"an envelope, cut":     {"application/json", `{"error":{"co`},
	"a list":               {"application/json", `[{"error":{"code":"Forbidden"}}]`},
}

// TestAnAnswerThatIsNotGraphsJudgesNothing: whatever status a proxy chooses, a change is in doubt, a read is to be tried
// later, no token is renewed and no gate is closed.
func TestAnAnswerThatIsNotGraphsJudgesNothing(t *testing.T) {
	t.Parallel()
	for kind, stranger := range strangers {
		for _, status := range []int{302, 307, 400, 401, 403, 404, 407, 409, 410, 412, 423, 429, 502, 503, 511} {
			t.Run(fmt.Sprint(kind, " ", status), func(t *testing.T) {
				t.Parallel()
				g, someone := newGraph(t, says(status, stranger[1], "Content-Type", stranger[0], "Location", "/login", "Proxy-Authenticate", "Basic",
					"WWW-Authenticate", `Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`)), newPerson()
				c, _ := client(t, g.URL)
				calls := allOf(c, someone)
				_, list := calls.List(t.Context())
				_, read := calls.Get(t.Context(), exampleID)
				for what, err := range map[string]error{"list": list, "read": read, "change": patched(calls), "sync": syncedNow(calls)} {
					want := map[bool]Class{true: InDoubt, false: Unavailable}[what == "change" || what == "sync"]
					if got := failure(t, err); got.Class != want || got.By != Between || got.Text+got.Code != "" || got.Status != status {
						t.Errorf("%s: %v by %d with %q, want %v", what, got, got.By, got.Text, want)
					}
				}
				said := Explain(read)
				if words := said.Title() + said.Advice(); said.Kind() != problem.Unavailable || said.Gate() != "" || said.RetryAfter() == 0 ||
					!strings.Contains(words, "proxy") || !strings.Contains(words, fmt.Sprint(status)) {
					t.Errorf("told as %q", words)
				}
				if len(someone.renewals) != 0 {
					t.Errorf("renewals %q", someone.renewals)
				}
			})
		}
	}
}

// TestAnEmptyAnswerWithGraphsIDJudgesNoGate: it counts for what became of the change, and for nothing else.
func TestAnEmptyAnswerWithGraphsIDJudgesNoGate(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Class{401: SignInAgain, 403: Forbidden, 404: NotFound, 400: InDoubt, 409: InDoubt, 429: InDoubt, 503: InDoubt} {
		g := newGraph(t, says(status, "", "request-id", "b3d0c1a2", "Retry-After", "0"))
		c, _ := client(t, g.URL)
		got := failure(t, patched(allOf(c, newPerson())))
		if got.Class != want || got.explain().Gate() != "" {
			t.Errorf("%d: %v behind %q, want %v", status, got, got.explain().Gate(), want)
		}
	}
	g := newGraph(t, says(401, "", "request-id", "b3d0c1a2", "WWW-Authenticate", `Bearer realm="urn:intune:service,x"`))
	c, _ := client(t, g.URL)
	if got := failure(t, patched(allOf(c, newPerson()))); got.Class != NoAccess || got.explain().Gate() != "" {
		t.Errorf("Intune's realm: %v behind %q", got, got.explain().Gate())
	}
}

// TestACaptivePortalIsNamed: a page under 200 is no answer of Graph's either.
func TestACaptivePortalIsNamed(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(200, "<p>Welcome to the hotel", "Content-Type", "text/html"))
	c, _ := client(t, g.URL)
	_, err := allOf(c, newPerson()).List(t.Context())
	if said := Explain(err); !strings.Contains(said.Advice(), "sign-in page") {
		t.Errorf("told as %q %q", said.Title(), said.Advice())
	}
}

// TestARefusedReadIsNobodysTyping: a GET carries nothing that a person typed.
func TestARefusedReadIsNobodysTyping(t *testing.T) {
	t.Parallel()
	refusal := func(status int, code, text string) http.HandlerFunc {
		return says(status, wrap(code, text, 0))
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		words  string
		list   bool // the list alone
	}{
		"another tenant":        {refusal(400, "BadRequest", "Request not applicable to target tenant."), "tenant", false},
		"a plain 400":           {refusal(400, "BadRequest", "No."), "tenant", false},
		"a collection of none":  {refusal(404, "ResourceNotFound", "An error has occurred"), "tenant", true},
		"no version":            {fixture(t, "error-404-version"), "address", false},
		"another API":           {fixture(t, "error-400-segment"), "address", false},
		"no such method":        {refusal(400, "No method match route template", "No OData route exists."), "address", false},
		"a method not allowed":  {refusal(405, "Request_BadRequest", "No."), "address", false},
		"an empty 404, Graph's": {says(404, "", "request-id", "b3d0c1a2"), "tenant", true},
		"a conflict":            {fixture(t, "error-409"), "read", false},
	} {
		g := newGraph(t, test.answer)
		c, _ := client(t, g.URL)
		calls := allOf(c, newPerson())
		reads := map[string]func(context.Context) error{"list": func(ctx context.Context) error { _, err := calls.List(ctx); return err }}
		if !test.list {
			reads["one"] = func(ctx context.Context) error { _, err := calls.Get(ctx, exampleID); return err }
		}
		for what, read := range reads {
			said := Explain(read(t.Context()))
			all := said.Title() + " " + said.Detail() + " " + said.Advice()
			if said.Kind() != problem.Unavailable || said.RetryAfter() == 0 || !strings.Contains(all, test.words) ||
				strings.Contains(all, "typed") || strings.Contains(all, "values") || strings.Contains(all, "this id") {
				t.Errorf("%s, %s: told as %q", name, what, all)
			}
		}
	}
}
