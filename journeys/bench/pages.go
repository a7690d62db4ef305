package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"switchboard/simulator"
)

// target is something that is asked for again and again.
type target struct {
	name    string
	process *process
	ask     func(ctx context.Context, worker, number int) error
	// prepare makes ready what so many requests need; it is not measured. Nil: nothing.
	prepare func(ctx context.Context, requests int) error
}

// used is what one request took, and how many were answered in a second.
type used struct{ spent, allocated, middle, rate float64 }

// workers ask at once while processor time is measured: with few of them what is measured is how often a processor falls asleep.
const workers = 16

// measure asks that often, by several at once, and returns what each request took of the program.
func (t target) measure(ctx context.Context, requests, workers int) (used, error) {
	if t.prepare != nil {
		if err := t.prepare(ctx, requests); err != nil {
			return used{}, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	allocated, _ := t.process.allocations() // 0 for a program that does not tell
	before, err := t.process.spent()
	if err != nil {
		return used{}, err
	}
	var mu sync.Mutex
	var waits []time.Duration
	var failed error
	var all sync.WaitGroup
	started := time.Now()
	for worker := range workers {
		all.Go(func() {
			for number := worker; number < requests; number += workers {
				began := time.Now()
				err := t.ask(ctx, worker, number)
				mu.Lock()
				waits, failed = append(waits, time.Since(began)), errors.Join(failed, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(started)
	if failed != nil {
		return used{}, fmt.Errorf("%s: %w", t.name, failed)
	}
	after, err := t.process.spent()
	since, _ := t.process.allocations()
	slices.Sort(waits)
	count := float64(requests)
	return used{float64(after-before) / count, (since - allocated) / count, float64(waits[len(waits)/2]), count / took.Seconds()}, err
}

// rounds measures each target in each of count rounds, one after the other, after a first time that does not count.
func rounds(ctx context.Context, count, requests, workers int, targets ...target) ([][]used, error) {
	for _, each := range targets { // what comes first is slower
		if _, err := each.measure(ctx, requests/4+workers, workers); err != nil {
			return nil, err
		}
	}
	var all [][]used
	for range count {
		round := make([]used, len(targets))
		for i, each := range targets {
			var err error
			if round[i], err = each.measure(ctx, requests, workers); err != nil {
				return nil, err
			}
		}
		all = append(all, round)
	}
	return all, nil
}

// over are the ratios of one target to another, round by round.
func over(all [][]used, one, other int, of func(used) float64) (ratios []float64) {
	for _, round := range all {
		ratios = append(ratios, of(round[one])/max(1, of(round[other])))
	}
	return ratios
}

func spent(u used) float64     { return u.spent }
func allocated(u used) float64 { return u.allocated }

// gets asks for a page with one of the browsers.
func gets(name string, p *process, path string, browsers []*browser) target {
	return target{name: name, process: p, ask: func(ctx context.Context, worker, _ int) error {
		_, err := browsers[worker%len(browsers)].get(ctx, path)
		return err
	}}
}

// signedIn are that many people of the crowd, signed in.
func signedIn(ctx context.Context, s *site, count int) ([]*browser, error) {
	browsers := make([]*browser, count)
	for i := range browsers {
		var err error
		if browsers[i], err = arrive(ctx, s.url, "/login", fmt.Sprintf("p%04d", i)); err != nil {
			return nil, err
		}
	}
	return browsers, nil
}

var theConnector = simulator.ID("s2s-na")

// pages are the pages with all connectors of the demo, held against a floor of the same size.
func pages(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, listed, crowd(workers), o.databaseSetting()...)
	if err != nil {
		return err
	}
	defer s.close()
	idle, err := s.resident()
	if err != nil {
		return err
	}
	upstream, stop, err := stub()
	if err != nil {
		return err
	}
	defer stop()
	floor, err := startFloor(ctx, upstream)
	if err != nil {
		return err
	}
	defer floor.stop()
	people, err := signedIn(ctx, s, workers)
	if err != nil {
		return err
	}
	anybody := browsersOf(floor)
	for _, one := range overFloors {
		if err := one.measure(ctx, o, t, s, floor, people, anybody); err != nil {
			return err
		}
	}
	t.number("memory, idle", "MB", 25, idle)
	if err := latency(ctx, o, t, s, floor, people, anybody); err != nil {
		return err
	}
	return overProxy(ctx, o, t, s, upstream, people)
}

// overFloor is a page that is held against a floor of the same size.
type overFloor struct {
	name, path                   string
	of                           string // what the floor's page asks Graph for
	most, kilobytes, allocations float64
}

var overFloors = []overFloor{
	{"connector page", "/connectors/" + theConnector, "one", 1.5, 24, 1.2}, {"list of 43", "/connectors", "list", 1.5, 38, 1.2}, {"overview", "/", "list", 1.8, 32, 1.2},
}

func (one overFloor) measure(ctx context.Context, o options, t *table, s *site, floor *process, people, anybody []*browser) error {
	shown, err := people[0].get(ctx, one.path)
	if err != nil {
		return err
	}
	rows, err := rowsFor(ctx, anybody[0], len(shown.body))
	if err != nil {
		return err
	}
	floorPath := fmt.Sprintf("/page?rows=%d&of=%s", rows, one.of)
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets(one.name, s.process, one.path, people), gets("1c", floor, floorPath, anybody))
	if err != nil {
		return err
	}
	t.ratio(one.name+", CPU over an Echo + templ page of the same size with the same GET upstream", one.most, over(all, 0, 1, spent))
	t.ratio(one.name+", allocations over the same", one.allocations, over(all, 0, 1, allocated))
	t.number(one.name+", HTML before compression", "KB", one.kilobytes, float64(len(shown.body))/1000)
	return nil
}

// latency is what one person waits, over a plain proxy.
func latency(ctx context.Context, o options, t *table, s *site, floor *process, people, anybody []*browser) error {
	all, err := rounds(ctx, o.rounds, max(20, o.requests/4), 1, gets("connector page", s.process, "/connectors/"+theConnector, people), gets("proxy", floor, "/proxy", anybody))
	if err != nil {
		return err
	}
	var more []float64
	for _, round := range all {
		more = append(more, (round[0].middle-round[1].middle)/float64(time.Millisecond))
	}
	t.ratio("connector page at one connection, p50 in ms over httputil.ReverseProxy", 1, more)
	return nil
}

func browsersOf(p *process) []*browser {
	all := make([]*browser, workers)
	for i := range all {
		all[i] = newBrowser(p.url)
	}
	return all
}

// overProxy holds the connector page against oauth2-proxy, which passes 540 bytes on.
func overProxy(ctx context.Context, o options, t *table, s *site, upstream string, people []*browser) error {
	const what = "connector page, CPU over oauth2-proxy 7.15.6 passing 540 bytes on"
	if o.proxy == "" {
		t.word(what, "≤ 2", "not measured: no binary of it was given", false)
		return nil
	}
	free, err := freeAddresses(1)
	if err != nil {
		return err
	}
	url := "http://" + free[0]
	provider, err := simulator.Start(simulator.Options{Client: simulator.Client{ID: "proxy", Secret: "secret of the proxy", RedirectURIs: []string{url + "/oauth2/callback"}}, People: crowd(workers)})
	if err != nil {
		return err
	}
	defer provider.Close()
	command := exec.Command(mustAbs(o.proxy), "--provider=oidc", "--oidc-issuer-url="+provider.Issuer(), "--client-id=proxy", "--client-secret=secret of the proxy",
		"--redirect-url="+url+"/oauth2/callback", "--http-address="+free[0], "--upstream="+upstream, "--email-domain=*", "--cookie-secure=false",
		"--cookie-secret=0123456789abcdef0123456789abcdef", "--skip-provider-button", "--insecure-oidc-allow-unverified-email", "--oidc-email-claim=sub",
		"--scope=openid profile", "--code-challenge-method=S256")
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	proxy, err := start(ctx, command, url, "/ping")
	if err != nil {
		return err
	}
	defer proxy.stop()
	through := make([]*browser, workers)
	for i := range through {
		if through[i], err = arrive(ctx, url, "/oauth2/start?rd=%2F", fmt.Sprintf("p%04d", i)); err != nil {
			return err
		}
	}
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets("connector page", s.process, "/connectors/"+theConnector, people), gets("oauth2-proxy", proxy, "/", through))
	if err != nil {
		return err
	}
	t.ratio(what, 2, over(all, 0, 1, spent))
	return nil
}

// databaseSetting is the database that pages and saves are measured with.
func (o options) databaseSetting() []string {
	if o.database == "" {
		return nil
	}
	return []string{"DATABASE_URL=" + o.database}
}
