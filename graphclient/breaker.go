package graphclient

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// tripAfter failures in a row, not of one connector alone, open the breaker; then tryEvery one call finds out whether
	// Graph is back.
	tripAfter = 10
	tryEvery  = 2 * time.Second
	// hangs is how long a call goes without an answer until giving it up says something about Graph.
	hangs = 5 * time.Second
)

var (
	errOpen   = errors.New("no answer to several calls in a row: Graph is asked again every 2 seconds")
	errFailed = errors.New("no answer of Graph's")
)

// breaker spares people the wait for a Graph that answers nobody. It counts calls that took too long, dials that failed and
// 502 to 504; any other answer, a refusal too, shows that Graph is there.
type breaker struct {
	now     func() time.Time
	mu      sync.Mutex
	circuit *gobreaker.TwoStepCircuitBreaker[any]
	// failing are the paths of the failures since Graph answered last. Those of one connector alone are its own.
	failing map[string]bool
	answers int // how many there were: a failure says nothing if Graph has answered another call meanwhile
	// trouble says that the latest call to end had no answer of Graph's; under are when those began that are under way, by number.
	trouble bool
	under   map[int]time.Time
	asked   int
}

func newBreaker(now func() time.Time) *breaker {
	b := &breaker{now: now, failing: map[string]bool{}, under: map[int]time.Time{}}
	b.close()
	return b
}

// close begins anew. The lock is held.
func (b *breaker) close() {
	clear(b.failing)
	b.circuit = gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: "graph", Timeout: tryEvery,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			return counts.ConsecutiveFailures >= tripAfter && b.many()
		},
	})
}

// many says whether the failures are not those of one connector alone: they are of more than one, or of the list.
func (b *breaker) many() bool {
	for path := range b.failing {
		if strings.HasSuffix(path, collection) {
			return true
		}
	}
	return len(b.failing) > 1
}

// open says whether no call may be made at this moment.
func (b *breaker) open() bool { return b.state() == gobreaker.StateOpen }

// tripped says whether Graph counts as down; a call may be on its way to find out.
func (b *breaker) tripped() bool { return b.state() != gobreaker.StateClosed }

// slowAfter is how long a call is under way until Graph counts as slow.
const slowAfter = time.Second

// well says whether Graph answers: the latest call to end had an answer, and none has been under way for long.
func (b *breaker) well() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, began := range b.under {
		if b.now().Sub(began) > slowAfter {
			return false
		}
	}
	return !b.trouble && b.circuit.State() == gobreaker.StateClosed
}

func (b *breaker) state() gobreaker.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.circuit.State()
}

// ask lets a call to the path pass, or says errOpen. How it ended has to be told, also of a call that was made all the same.
func (b *breaker) ask(path string) (tell func(verdict), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, trial := b.answers, b.circuit.State() == gobreaker.StateHalfOpen
	done, err := b.circuit.Allow()
	b.asked++
	number := b.asked
	if err != nil {
		return func(v verdict) { b.told(path, number, before, v, func(error) {}) }, errOpen
	}
	b.under[number] = b.now()
	if trial { // it may hang: the next one does not wait for it
		done(errFailed)
	}
	return func(v verdict) { b.told(path, number, before, v, done) }, nil
}

func (b *breaker) told(path string, number, before int, v verdict, done func(error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.under, number)
	b.trouble = v != answered
	switch {
	case v == answered:
		b.answers++
		if b.circuit.State() != gobreaker.StateClosed {
			b.close()
			return
		}
		clear(b.failing)
		done(nil)
	case v == silent && b.answers == before:
		b.failing[path] = true
		done(errFailed)
	}
}

// verdict is what a call tells of Graph as a whole.
type verdict int

const (
	nothing verdict = iota
	answered
	silent
)

// judge says what a call that ended so tells of Graph.
func judge(got answer, err error) verdict {
	if err == nil {
		err = got.cut
	}
	if err == nil && (got.status < http.StatusBadGateway || got.status > http.StatusGatewayTimeout) {
		return answered
	}
	var timed net.Error
	switch {
	case err == nil, isDial(err), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return silent
	case errors.Is(err, context.Canceled) && got.took >= hangs:
		return silent
	case errors.Is(err, errTooLarge):
		return answered
	}
	return nothing
}
