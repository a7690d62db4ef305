package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// small is how many connectors the tenant has that a large one is held against.
const small = 100

// fullPage is a filter that leaves a page of fifty in both tenants: of those that are well the small one has half a page.
const fullPage = "/connectors?health=retired"

// large is what grows with a tenant that does not grow with a page.
func large(ctx context.Context, o options, t *table) error {
	few, err := open(ctx, o, small, crowd(workers))
	if err != nil {
		return err
	}
	defer few.close()
	many, err := open(ctx, o, o.large, crowd(workers))
	if err != nil {
		return err
	}
	defer many.close()
	fews, err := readLists(ctx, few)
	if err != nil {
		return err
	}
	manys, err := readLists(ctx, many)
	if err != nil {
		return err
	}
	calls := many.calls()
	for _, one := range []struct {
		name, path string
		most       float64
		swap       bool
	}{
		{"sorted", "/connectors?sort=server", 1.2, true}, {"filtered", fullPage, 1.2, true}, {"next page", "/connectors?page=2", 1.2, true},
		{"next page, plain link", "/connectors?page=2", 1.2, false}, {"`/audit`", "/audit", 1.1, false}, {"`/changes`", "/changes", 1.1, false},
	} {
		if err := grown(ctx, o, t, one.name, one.path, one.most, one.swap, few, many, fews, manys); err != nil {
			return err
		}
	}
	made := many.calls() - calls
	t.word("calls to Graph for all these", "0, but one list a minute", fmt.Sprint(made), made <= 3*o.large/100*workers)
	return slow(ctx, o, t)
}

// readLists has everybody read the list once.
func readLists(ctx context.Context, s *site) ([]*browser, error) {
	people, err := signedIn(ctx, s, workers)
	if err != nil {
		return nil, err
	}
	for _, one := range people {
		if _, err := one.get(ctx, "/connectors"); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// grown measures one page of both. What was read may be a minute old by now, so everybody reads it again first.
func grown(ctx context.Context, o options, t *table, name, path string, most float64, swap bool, few, many *site, fews, manys []*browser) error {
	for _, one := range append(append([]*browser{}, fews...), manys...) {
		one.header.Del("HX-Request")
		one.header.Del("HX-Target")
		if _, err := one.get(ctx, "/connectors"); err != nil {
			return err
		}
		if swap {
			one.header.Set("HX-Request", "true")
			one.header.Set("HX-Target", "div#results")
		}
	}
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets(name, many.process, path, manys), gets(name, few.process, path, fews))
	if err != nil {
		return err
	}
	t.ratio(fmt.Sprintf("%s, %d connectors over %d, CPU", name, o.large, small), most, over(all, 0, 1, spent))
	return nil
}

// slow is a large tenant of a Graph that takes 200 ms a page, and one of one connector more than the contract's older bound.
func slow(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, o.large+1, crowd(1))
	if err != nil {
		return err
	}
	defer s.close()
	who, err := arrive(ctx, s.url, "/login", "p0000")
	if err != nil {
		return err
	}
	whole, err := who.send(ctx, http.MethodGet, "/connectors.json", nil)
	if err != nil {
		return err
	}
	t.word(fmt.Sprintf("%d connectors", o.large+1), "works", fmt.Sprintf("status %d", whole.status), whole.status == http.StatusOK)
	s.tenant.Faults.Always("GET "+graph.Collection, faults.Delay(200*time.Millisecond))
	newcomer, err := arrive(ctx, s.url, "/login", "p0000")
	if err != nil {
		return err
	}
	began := time.Now()
	first, err := newcomer.send(ctx, http.MethodGet, "/connectors", nil)
	if err != nil {
		return err
	}
	t.word(fmt.Sprintf("%d connectors, 200 ms a page of Graph", o.large+1), "works",
		fmt.Sprintf("status %d after %.1f s", first.status, time.Since(began).Seconds()), first.status == http.StatusOK)
	return nil
}
