package graphclient

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const otherID = "6a1b4d2f-4d2f-6a1b-2f4d-1b6a2f4d1b6a"

// reads asks for each connector that often, with a client that does not try again by itself.
func reads(t *testing.T, c *Client, times int, ids ...string) (last error) {
	t.Helper()
	for range times {
		for _, id := range ids {
			_, last = allOf(c, newPerson()).Get(t.Context(), id)
		}
	}
	return last
}

// TestBreaker: what opens it, and what does not.
func TestBreaker(t *testing.T) {
	t.Parallel()
	both := []string{exampleID, otherID}
	stalls := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		ids    []string
		down   bool
	}{
		"502 to all":                        {says(502, `{}`), both, true},
		"503 to all":                        {says(503, `{}`), both, true},
		"504 to all":                        {says(504, `{}`), both, true},
		"none in time":                      {stalls, both, true},
		"one connector alone":               {says(503, `{}`), both[:1], false},
		"one connector alone, none in time": {stalls, both[:1], false},
		"429":                               {says(429, `{}`), both, false},
		"500":                               {says(500, `{}`), both, false},
		"404":                               {says(404, `{}`), both, false},
		"HTML":                              {says(200, `<p>`, "Content-Type", "text/html"), both, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, test.answer)
			c, _ := client(t, g.URL, func(o *Options) { o.ReadTimeout = 200 * time.Millisecond })
			reads(t, c, 6, test.ids...)
			if c.Down() != test.down {
				t.Errorf("down: %t, want %t", c.Down(), test.down)
			}
		})
	}
	t.Run("refused dials", func(t *testing.T) {
		t.Parallel()
		g := newGraph(t, says(200, `{}`))
		g.Close()
		c, _ := client(t, g.URL)
		if reads(t, c, 6, both...); !c.Down() {
			t.Error("it is not down")
		}
	})
	t.Run("the list alone", func(t *testing.T) {
		t.Parallel()
		g := newGraph(t, says(503, `{}`))
		c, _ := client(t, g.URL)
		for range tripAfter {
			if _, err := allOf(c, newPerson()).List(t.Context()); err == nil {
				t.Fatal("it is read")
			}
		}
		if !c.Down() {
			t.Error("it is not down")
		}
	})
}

// TestDownAnswersAtOnceAndLooksAgain: while it is open nobody's call is made but one that looks; once Graph answers, all are.
func TestDownAnswersAtOnceAndLooksAgain(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	g := newGraph(t, func(w http.ResponseWriter, r *http.Request) {
		if mended.Load() {
			says(200, object(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], "x"))(w, r)
			return
		}
		says(503, `{}`)(w, r)
	})
	c, _ := client(t, g.URL)
	reads(t, c, 6, exampleID, otherID)
	before := len(g.arrived())
	err := failure(t, reads(t, c, 20, exampleID, otherID))
	if err.Class != Unavailable || err.Busy() || err.RetryAfter != tryEvery {
		t.Errorf("%v, to be tried after %v", err, err.RetryAfter)
	}
	// On a slow machine the two seconds may pass: one call a time is made then.
	if got := len(g.arrived()) - before; got > 5 {
		t.Errorf("%d of 40 calls were made", got)
	}
	if got := failure(t, patched(allOf(c, newPerson()))).Class; got != InDoubt {
		t.Errorf("a PATCH whose intent is committed: %v, want that it is sent", got)
	}
	mended.Store(true)
	for deadline := time.Now().Add(time.Minute); reads(t, c, 1, exampleID) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not find out that Graph is back")
		}
	}
	if c.Down() {
		t.Error("it is down still")
	}
}

// TestATrialThatHangsHoldsUpNoOther: while one call that looks hangs, the next is made all the same.
func TestATrialThatHangsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := newBreaker(time.Now)
	for path := range map[string]bool{"a": true, "b": true} {
		for range tripAfter {
			if tell, err := b.ask(path); err == nil {
				tell(silent)
			}
		}
	}
	var hung []func(verdict)
	for deadline := time.Now().Add(time.Minute); len(hung) < 2 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if tell, err := b.ask("a"); err == nil {
			hung = append(hung, tell)
		}
	}
	if len(hung) < 2 || !b.tripped() {
		t.Fatalf("%d trials, tripped: %t", len(hung), b.tripped())
	}
	hung[0](answered) // however late
	if b.tripped() {
		t.Error("an answer did not close it")
	}
	hung[1](silent)
	if b.tripped() {
		t.Error("one that began before the answer opened it again")
	}
}

// TestFailuresWhileOthersAreAnswered: changes that hang while Graph answers reads do not make it count as down.
func TestFailuresWhileOthersAreAnswered(t *testing.T) {
	t.Parallel()
	b := newBreaker(time.Now)
	var hung []func(verdict)
	for range 20 {
		for _, path := range []string{"a", "b"} {
			tell, err := b.ask(path)
			if err != nil {
				t.Fatal(err)
			}
			hung = append(hung, tell)
		}
	}
	tell, err := b.ask("c")
	if err != nil {
		t.Fatal(err)
	}
	tell(answered)
	for _, tell := range hung {
		tell(silent)
	}
	if b.tripped() {
		t.Error("it is down, although Graph answered after they had begun")
	}
}

// TestGivenUpAfterLong: a call that its caller gave up tells of Graph only if it had waited for long.
func TestGivenUpAfterLong(t *testing.T) {
	t.Parallel()
	err := &url.Error{Op: "Get", URL: "x", Err: context.Canceled}
	if got := judge(answer{took: hangs}, err); got != silent {
		t.Errorf("after %v: %v", hangs, got)
	}
	if got := judge(answer{took: time.Second}, err); got != nothing {
		t.Errorf("soon: %v", got)
	}
}
