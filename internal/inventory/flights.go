package inventory

import (
	"context"
	"slices"
	"sync"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/problem"
)

const (
	// readWithin bounds one read of Graph, all its pages and retries included.
	readWithin = 15 * time.Second
	// mostReads are on their way for one flight.
	mostReads = 2
)

// flights let requests of one session that ask for the same at the same time wait for one answer.
type flights struct {
	// patience is how long a read may hang until somebody who asks for the same begins another beside it: Graph may be back,
	// and the answer to the first be lost.
	patience time.Duration

	mu  sync.Mutex
	all map[string]*flight
}

// flight is what several requests wait for. The first good answer to one of its reads ends it, or the failure of all.
type flight struct {
	landed chan struct{}
	answer any
	err    error
	reads  []*attempt // on their way, the oldest first
	failed error      // how the latest try failed that is repeated, nil for none
}

type attempt struct {
	began  time.Time
	cancel context.CancelFunc
}

// join is the flight of that key, begun if need be. A read goes on when those who asked for it give up.
func (f *flights) join(ctx context.Context, key string, read func(context.Context, func(error)) (any, error)) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[string]*flight{}
	}
	one, there := f.all[key]
	if !there {
		one = &flight{landed: make(chan struct{})}
		f.all[key] = one
	} else if time.Since(one.reads[len(one.reads)-1].began) < f.patience {
		return one
	}
	if len(one.reads) == mostReads { // nobody's answer is lost by it: whoever waits waits for the flight
		one.reads[0].cancel()
		one.reads = one.reads[1:]
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), readWithin)
	own := &attempt{time.Now(), cancel}
	one.reads = append(one.reads, own)
	go func() {
		answer, err := read(bounded, func(err error) { f.note(one, err) })
		f.land(key, one, own, answer, err)
	}()
	return one
}

// land ends the flight, unless it has failed and another of its reads may do better.
func (f *flights) land(key string, one *flight, own *attempt, answer any, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own.cancel()
	at := slices.Index(one.reads, own)
	if at < 0 {
		return
	}
	one.reads = slices.Delete(one.reads, at, at+1)
	if err != nil && len(one.reads) > 0 && graphclient.Explain(err).Kind() == problem.Unavailable {
		return
	}
	for _, other := range one.reads {
		other.cancel()
	}
	one.reads, one.answer, one.err = nil, answer, err
	if f.all[key] == one {
		delete(f.all, key)
	}
	close(one.landed)
}

// note keeps how a try of the flight failed that is repeated.
func (f *flights) note(one *flight, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.failed = err
}

// failure is how the latest try of the flight failed, nil while none has.
func (f *flights) failure(one *flight) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return one.failed
}

// forget has whoever asks from now on begin anew.
func (f *flights) forget(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, key)
}
