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
	// readWithin bounds one read of a connector, and what a person waits for any. listWithin bounds a list, each page of which is
	// bounded as a read is.
	readWithin = 15 * time.Second
	listWithin = 10 * time.Minute
	// mostAttempts of one read are on their way at once.
	mostAttempts = 2
)

// inFlight lets requests of one session that ask for the same at the same time wait for one answer.
type inFlight struct {
	now func() time.Time
	// patience is how long an attempt may hang until a request for the same begins another beside it: Graph may be back, and
	// the answer to the first be lost.
	patience time.Duration

	mu    sync.Mutex
	reads map[string]*sharedRead
}

// sharedRead is what several requests wait for. The first good answer to one of its attempts ends it, or the failure of all.
type sharedRead struct {
	done     chan struct{}
	answer   any
	err      error
	begun    time.Time  // in real time
	attempts []*attempt // on their way, the oldest first
	failed   error      // how the latest try failed that is repeated, nil for none
	part     any        // what was read so far; nil for nothing
	partSize int
}

// until is how long it takes until the read has lasted for so long.
func (s *sharedRead) until(lasted time.Duration) time.Duration {
	return time.Until(s.begun.Add(lasted))
}

type attempt struct {
	moved  time.Time // when it began, or last got a part
	cancel context.CancelFunc
}

// teller is how a read tells of itself while it is on its way.
type teller struct {
	// failed is told how a try failed that is repeated, part what was read so far and of how many connectors.
	failed func(error)
	part   func(read any, size int)
}

// reader reads something.
type reader func(context.Context, teller) (any, error)

// join is the read of that key, begun if need be. A read goes on when those who asked for it give up.
func (f *inFlight) join(ctx context.Context, key string, within time.Duration, read reader) *sharedRead {
	f.mu.Lock()
	defer f.mu.Unlock()
	one, there := f.reads[key]
	if !there {
		one = &sharedRead{done: make(chan struct{}), begun: time.Now()}
		f.reads[key] = one
	} else if f.now().Sub(one.attempts[len(one.attempts)-1].moved) < f.patience {
		return one
	}
	if len(one.attempts) == mostAttempts { // no request loses its answer by it: requests wait for the read, not for an attempt
		one.attempts[0].cancel()
		one.attempts = one.attempts[1:]
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	own := &attempt{f.now(), cancel}
	one.attempts = append(one.attempts, own)
	go func() {
		answer, err := read(bounded, teller{
			failed: func(err error) { f.noteFailure(one, err) },
			part:   func(read any, size int) { f.notePart(one, own, read, size) },
		})
		f.end(key, one, own, answer, err)
	}()
	return one
}

// end ends the read with what an attempt gave, unless that has failed and another attempt may do better.
func (f *inFlight) end(key string, one *sharedRead, own *attempt, answer any, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own.cancel()
	at := slices.Index(one.attempts, own)
	if at < 0 {
		return
	}
	one.attempts = slices.Delete(one.attempts, at, at+1)
	if err != nil && len(one.attempts) > 0 && graphclient.Explain(err).Kind() == problem.Unavailable {
		return
	}
	for _, other := range one.attempts {
		other.cancel()
	}
	one.attempts, one.answer, one.err = nil, answer, err
	if f.reads[key] == one {
		delete(f.reads, key)
	}
	close(one.done)
}

// noteFailure keeps how a try failed that is repeated.
func (f *inFlight) noteFailure(one *sharedRead, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.failed = err
}

// notePart keeps what was read so far, unless another attempt has read more.
func (f *inFlight) notePart(one *sharedRead, own *attempt, read any, size int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own.moved = f.now()
	if size >= one.partSize {
		one.part, one.partSize = read, size
	}
}

// soFar is what was read so far, nil for nothing.
func (f *inFlight) soFar(one *sharedRead) any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return one.part
}

// failure is how the latest try of the read failed, nil while none has.
func (f *inFlight) failure(one *sharedRead) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return one.failed
}

// forget has requests from now on begin anew.
func (f *inFlight) forget(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.reads, key)
}
