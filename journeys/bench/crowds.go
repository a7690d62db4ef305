package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// atOnce is how many people open a page at the same moment.
const atOnce = 140

// crowds are people at once, and people in mind.
func crowds(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, 43, crowd(max(atOnce, o.people)))
	if err != nil {
		return err
	}
	defer s.close()
	people, err := signedIn(ctx, s, max(atOnce, o.people))
	if err != nil {
		return err
	}
	s.tenant.Faults.Always("GET "+graph.Collection+"/"+theConnector, faults.Delay(300*time.Millisecond))
	served, busy, other := together(ctx, people[:atOnce], "/connectors/"+theConnector)
	t.word(fmt.Sprintf("%d people at once, Graph at 300 ms", atOnce), "all served, or told that Switchboard is busy",
		fmt.Sprintf("%d served, %d told that it is busy, %d told otherwise", served, busy, other), other == 0)
	s.tenant.Faults.Clear()
	for _, one := range people[:o.people] {
		for _, path := range []string{"/", "/connectors", "/connectors/" + theConnector} {
			if _, err := one.get(ctx, path); err != nil {
				return err
			}
		}
	}
	held, err := s.resident()
	t.number(fmt.Sprintf("memory, %d people with three pages each", o.people), "MB", 60, held)
	return err
}

// together has everybody ask at once.
func together(ctx context.Context, people []*browser, path string) (served, busy, other int) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, one := range people {
		all.Go(func() {
			got, err := one.send(ctx, http.MethodGet, path, nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && got.status == http.StatusOK && !strings.Contains(got.body, "Graph is not answering"):
				served++
			case err == nil && strings.Contains(got.body, "Switchboard is busy"):
				busy++
			default:
				other++
			}
		})
	}
	all.Wait()
	return served, busy, other
}

// doubt is what changes in doubt elsewhere cost a connector's page.
func doubt(ctx context.Context, o options, t *table) error {
	quiet, err := open(ctx, o, 243, crowd(workers))
	if err != nil {
		return err
	}
	defer quiet.close()
	troubled, err := open(ctx, o, 243, crowd(workers))
	if err != nil {
		return err
	}
	defer troubled.close()
	calm, err := signedIn(ctx, quiet, workers)
	if err != nil {
		return err
	}
	people, err := signedIn(ctx, troubled, workers)
	if err != nil {
		return err
	}
	const lost = 200
	troubled.tenant.Faults.Always("PATCH "+graph.Collection+"/*", faults.Reset())
	for _, one := range troubled.tenant.Graph.Connectors()[43:] {
		if answer, err := people[0].save(ctx, one.ID, "lost"); err != nil || answer.status != http.StatusAccepted {
			return errors.Join(err, fmt.Errorf("a save that is lost is answered %d", answer.status))
		}
	}
	path := "/connectors/" + theConnector
	before := troubled.calls()
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets("in doubt elsewhere", troubled.process, path, people), gets("nothing in doubt", quiet.process, path, calm))
	if err != nil {
		return err
	}
	t.ratio(fmt.Sprintf("connector page, %d changes in doubt elsewhere over none, CPU", lost), 1.1, over(all, 0, 1, spent))
	views := float64(o.rounds*o.requests + o.requests/4 + workers)
	extra := float64(troubled.calls()-before)/views - 1
	t.word("requests to Graph a view beside the page's own (the timer's among them)", "≤ 0.2", fmt.Sprintf("%.2f", extra), extra <= 0.2)
	return nil
}
