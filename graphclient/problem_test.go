package graphclient

import (
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/internal/problem"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	signedOut := problem.New(problem.SignedOut, "The session has ended.")
	for _, test := range []struct {
		err   error
		kind  problem.Kind
		after time.Duration
	}{
		{&Error{Class: Refused, Status: 400}, problem.Invalid, 0},
		{&Error{Class: Forbidden, Status: 403}, problem.Forbidden, 0},
		{&Error{Class: NoAccess, Status: 401}, problem.Forbidden, 0},
		{&Error{Class: ConsentMissing, Status: 403, Scopes: []string{"A", "B"}}, problem.Forbidden, 0},
		{&Error{Class: NotFound, Status: 404}, problem.NotFound, 0},
		{&Error{Class: Conflict, Status: 412}, problem.Conflict, 0},
		{&Error{Class: Throttled, Status: 429, RetryAfter: time.Hour}, problem.Unavailable, time.Hour},
		{&Error{Class: Throttled, Status: 429}, problem.Unavailable, retryUnsaid},
		{&Error{Class: SignInAgain, Status: 401}, problem.SignedOut, 0},
		{&Error{Class: ClaimsNeeded, Status: 401, Claims: "{}"}, problem.Forbidden, 0},
		{&Error{Class: NoToken, cause: errors.New("database is locked")}, problem.Unavailable, retryUnsaid},
		{&Error{Class: NoToken, cause: signedOut}, problem.SignedOut, 0},
		{&Error{Class: NotSent}, problem.Unavailable, retryUnsaid},
		{&Error{Class: Unavailable, Status: 503}, problem.Unavailable, retryUnsaid},
		{&Error{Class: Misconfigured, Status: 302}, problem.Unavailable, time.Minute},
		{errors.New("a defect"), problem.Internal, 0},
	} {
		got := Explain(test.err)
		if got.Kind() != test.kind || got.RetryAfter() != test.after {
			t.Errorf("%v: kind %d after %v, want %d after %v", test.err, got.Kind(), got.RetryAfter(), test.kind, test.after)
		}
	}
}

func TestExplanationsQuoteIDsAndNotGraph(t *testing.T) {
	t.Parallel()
	for class := range Class(len(classNames)) {
		got := Explain(&Error{Class: class, Status: 400, Code: "Code", Text: "GRAPH SAYS", RequestID: "id-1"})
		if strings.Contains(got.Title()+got.Detail()+got.Advice(), "GRAPH SAYS") {
			t.Errorf("%v: %q", class, got.Advice())
		}
		if got.Quote() != "GRAPH SAYS" {
			t.Errorf("%v: quotes %q", class, got.Quote())
		}
		if ids := got.IDs(); len(ids) != 1 || ids[0].Value != "id-1" {
			t.Errorf("%v: ids %v", class, ids)
		}
	}
}

// TestARefusedChangeNamesWhatIsAtFault: a tenant that Intune does not serve is not a value.
func TestARefusedChangeNamesWhatIsAtFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Request not applicable to target tenant.":               "The values are not at fault.",
		"Resource not found for the segment 'exchangeConnector'": "The values are not at fault.",
		"An error has occurred":                                  "Intune gave no reason.",
		"Requested value 'x' was not found.":                     "Check the values that you changed.",
	} {
		got := Explain(&Error{Class: Refused, Status: 400, By: Graph, Code: "BadRequest", Text: text, handling: handling{call: one}})
		if got.Kind() != problem.Invalid || !strings.HasPrefix(got.Advice(), want) {
			t.Errorf("%q: %q, want %q", text, got.Advice(), want)
		}
	}
}
