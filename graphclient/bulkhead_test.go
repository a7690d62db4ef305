package graphclient

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/internal/problem"
)

// hanging answers nobody at that method until release; others get their connector.
func hanging(t *testing.T, method string) (g *graph, inside chan struct{}, release func()) {
	t.Helper()
	inside, released := make(chan struct{}, 100), make(chan struct{})
	g = newGraph(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method && strings.HasPrefix(r.Header.Get("Authorization"), "Bearer maya") {
			inside <- struct{}{}
			<-released
		}
		says(200, object(exampleID, "x"))(w, r)
	})
	return g, inside, func() { close(released) }
}

// maya has tokens of her own, so that the server knows her.
func maya() *person {
	p := named("maya")
	p.tokens = []string{"maya-1", "maya-2"}
	return p
}

// TestOnePersonsCallsHoldUpNobodyElse: twenty calls of one person hang; while they do, another person reads and writes, and so
// does she by the other kind of call.
func TestOnePersonsCallsHoldUpNobodyElse(t *testing.T) {
	t.Parallel()
	const many = 20
	for method, ask := range map[string]func(allCalls) error{
		"GET":   func(k allCalls) error { _, err := k.Get(context.Background(), exampleID); return err },
		"PATCH": patched,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			g, inside, release := hanging(t, method)
			c, _ := client(t, g.URL)
			done := make(chan error, many)
			for range many {
				go func() { done <- ask(allOf(c, maya())) }()
			}
			for range shareOfOne {
				<-inside
			}
			if _, err := allOf(c, named("tom")).Get(t.Context(), exampleID); err != nil {
				t.Errorf("another person's GET: %v", err)
			}
			if err := patched(allOf(c, named("tom"))); err != nil {
				t.Errorf("another person's PATCH: %v", err)
			}
			if method == "PATCH" {
				if _, err := allOf(c, maya()).Get(t.Context(), exampleID); err != nil {
					t.Errorf("her own GET: %v", err)
				}
			}
			if got := len(inside); got != 0 {
				t.Errorf("%d more of her calls than her share are on their way", got)
			}
			release()
			for range many {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			for _, b := range []*bulkhead{c.reads, c.writes} {
				if len(b.slots) != 0 || len(b.shares) != 0 {
					t.Errorf("%d slots and %d shares are still taken", len(b.slots), len(b.shares))
				}
			}
		})
	}
}

// TestNoTurnIsBusyAndNoFaultOfGraphs: a call whose turn does not come in its own time says so, and was not sent.
func TestNoTurnIsBusyAndNoFaultOfGraphs(t *testing.T) {
	t.Parallel()
	for method, ask := range map[string]func(context.Context, allCalls) error{
		"GET": func(ctx context.Context, k allCalls) error { _, err := k.Get(ctx, exampleID); return err },
		"PATCH": func(ctx context.Context, k allCalls) error {
			_, err := k.Patch(ctx, exampleID, serverName("x"), changeID)
			return err
		},
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			g, inside, release := hanging(t, method)
			defer release()
			c, slept := client(t, g.URL)
			for range shareOfOne {
				go ask(context.Background(), allOf(c, maya()))
			}
			for range shareOfOne {
				<-inside
			}
			soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			err := failure(t, ask(soon, allOf(c, maya())))
			if want := map[string]Class{"GET": Unavailable, "PATCH": NotSent}[method]; err.Class != want || !err.Busy() || err.RetryAfter != busyWait {
				t.Errorf("%v, busy %t, to be tried after %v", err, err.Busy(), err.RetryAfter)
			}
			if said := Explain(err); said.Title() != "Switchboard is busy." || said.Kind() != problem.Unavailable || said.RetryAfter() != busyWait {
				t.Errorf("a person reads %q, to be tried after %v", said.Title(), said.RetryAfter())
			}
			if got := len(g.arrived()); got != shareOfOne || len(slept.all) != 0 {
				t.Errorf("%d requests and waits %v, want %d and none", got, slept.all, shareOfOne)
			}
		})
	}
}

// TestManyAtOnceAreAllAnswered: a crowd that Graph answers is not told that it does not.
func TestManyAtOnceAreAllAnswered(t *testing.T) {
	t.Parallel()
	const many = 140
	g := newGraph(t, says(200, object(exampleID, "x")))
	c, _ := client(t, g.URL)
	done := make(chan error, many)
	for i := range many {
		go func() {
			_, err := allOf(c, named(string(rune('a'+i)))).Get(context.Background(), exampleID)
			done <- err
		}()
	}
	for range many {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
