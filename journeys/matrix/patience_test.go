package matrix

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"sync"
	"time"

	"switchboard/graphclient"
)

// tenantKey signs the tokens of all tenants: making one takes longer than most cells.
var tenantKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// patience is the end of a call's time, which here comes when the call hangs, and not after a while.
type patience struct {
	mu    sync.Mutex
	calls map[string]call // by client-request-id
}

// call is when a call's time is over, and when the head of its answer has come.
type call struct{ ended, answered chan struct{} }

func newPatience() *patience { return &patience{calls: map[string]call{}} }

func (p *patience) of(r *http.Request) call {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := r.Header.Get("client-request-id")
	if p.calls[id].ended == nil {
		p.calls[id] = call{make(chan struct{}), make(chan struct{})}
	}
	return p.calls[id]
}

// end is told by the fault: this call is not answered.
func (p *patience) end(r *http.Request) { close(p.of(r).ended) }

// endOfBody is told by the fault: this call hangs after the head of its answer.
func (p *patience) endOfBody(r *http.Request) {
	<-p.of(r).answered
	p.end(r)
}

// until is a context whose time is over when the call hangs.
type until struct {
	context.Context
	ended <-chan struct{}
}

// Err is what a context says whose deadline has passed.
func (u until) Err() error {
	select {
	case <-u.ended:
		return context.DeadlineExceeded
	default:
		return u.Context.Err()
	}
}

// impatient carries requests whose calls may hang.
type impatient struct {
	*http.Transport
	patience *patience
}

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	call := i.patience.of(r)
	ctx, cancel := context.WithCancel(r.Context())
	go func() {
		defer cancel()
		select {
		case <-call.ended:
		case <-ctx.Done(): // the client ends it after the body
		}
	}()
	answer, err := i.Transport.RoundTrip(r.WithContext(until{ctx, call.ended}))
	close(call.answered)
	return answer, err
}

// reachGraph waits for nothing, and gives the client a transport of its own, which a fault may need to be true.
func (s *site) reachGraph(o *graphclient.Options) {
	o.Now = s.clock.Now
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	o.Jitter = func(time.Duration) time.Duration { return 0 }
	if s.fault.hangs {
		o.HTTP = impatient{&http.Transport{}, s.patience}
	}
}

// written is what the site logs.
type written struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}
