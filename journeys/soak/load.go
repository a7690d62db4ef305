package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// measured are the answers of one phase, by what was asked for.
type measured struct {
	mu    sync.Mutex
	took  map[string][]time.Duration // of what no fault could touch
	odd   map[string]int             // answers there that nobody should get, by page and status
	asked int
}

// kinds are what people do, as often as it stands here.
var kinds = []string{"list", "list", "list", "overview", "overview", "overview", "card", "card", "card", "card", "form", "save"}

// load has people ask at that rate, whether or not they are answered, and waits for the answers.
func (w *world) load(ctx context.Context, rate int, lasts time.Duration) *measured {
	m := &measured{took: map[string][]time.Duration{}, odd: map[string]int{}}
	every := time.NewTicker(time.Second / time.Duration(rate))
	defer every.Stop()
	end := time.After(lasts)
	var under sync.WaitGroup
	defer under.Wait()
	for {
		select {
		case <-ctx.Done():
			return m
		case <-end:
			return m
		case <-every.C:
		}
		m.asked++
		under.Go(func() {
			w.act(ctx, m, kinds[rand.IntN(len(kinds))], w.people[rand.IntN(len(w.people))], rand.IntN(connectors))
		})
	}
}

// act does one thing and measures it, unless a fault could strike the connector.
func (w *world) act(ctx context.Context, m *measured, kind string, who *browser, number int) {
	start := time.Now()
	status, took := 0, time.Duration(0)
	var err error
	get := func(path string) {
		var got page
		got, err = who.send(ctx, "GET", path, nil)
		status, took = got.status, time.Since(start)
	}
	healthy := number%2 == 0
	switch kind {
	case "list":
		healthy = true
		get("/connectors")
	case "overview":
		healthy = true
		get("/")
	case "card":
		get("/connectors/" + idOf(number))
	case "form":
		get("/connectors/" + idOf(number) + "/edit")
	case "save":
		status, took, err = who.save(ctx, idOf(number), fmt.Sprintf("v%d", rand.IntN(1_000_000)))
	}
	if healthy && ctx.Err() == nil {
		m.add(kind, status, took, err)
	}
}

// expected are the answers that a person may get where nothing is wrong: 409 meets somebody else's edit.
var expected = map[string][]int{"list": {200}, "overview": {200}, "card": {200}, "form": {200}, "save": {200, 303, 409}}

func (m *measured) add(kind string, status int, took time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil && !errors.Is(err, errNoForm):
		m.odd[kind+": "+err.Error()]++
	case !slices.Contains(expected[kind], status):
		m.odd[fmt.Sprintf("%s: %d", kind, status)]++
	}
	if took > 0 {
		m.took[kind] = append(m.took[kind], took)
	}
}

// share is the time within which that share of the answers came.
func share(all []time.Duration, of float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(of*float64(len(sorted))), len(sorted)-1)]
}

const (
	mostSlower = 3
	// unfelt is a time below which nobody waits, and a busy machine says more than the program.
	unfelt = 100 * time.Millisecond
)

// compare prints both phases and returns what was slower, or answered otherwise, than faults elsewhere excuse.
func compare(quiet, stormy *measured) (broken []string) {
	fmt.Printf("%-10s %8s %9s %9s %9s %9s\n", "healthy", "answers", "quiet 50%", "99%", "storm 50%", "99%")
	for _, kind := range slices.Compact(slices.Clone(kinds)) {
		q, s := quiet.took[kind], stormy.took[kind]
		q99, s99 := share(q, 0.99), share(s, 0.99)
		fmt.Printf("%-10s %8d %9v %9v %9v %9v\n", kind, len(q)+len(s), round(share(q, 0.5)), round(q99), round(share(s, 0.5)), round(s99))
		if s99 > max(mostSlower*q99, unfelt) {
			broken = append(broken, fmt.Sprintf("%s: 99%% within %v, more than %d times %v", kind, round(s99), mostSlower, round(q99)))
		}
	}
	for what, count := range stormy.odd {
		broken = append(broken, fmt.Sprintf("of what no fault touched, %d answers were %s", count, what))
	}
	for what, count := range quiet.odd {
		broken = append(broken, fmt.Sprintf("while all was quiet, %d answers were %s", count, what))
	}
	fmt.Printf("%d requests while quiet, %d in the storm\n", quiet.asked, stormy.asked)
	slices.Sort(broken)
	return broken
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
