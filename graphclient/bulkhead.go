package graphclient

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How many calls Graph gets at once, changes apart from reads, and how many of those may be one person's.
const (
	mostReads, mostWrites = 64, 32
	shareOfOne            = 8
	// turnWithin is how long a change, whose intent is committed by then, waits for its turn. A read waits for as long as it
	// may take.
	turnWithin = 10 * time.Second
)

var errBusy = errors.New("too many calls wait for their turn at Graph")

// bulkhead keeps calls that hang from holding on to everything, and those of one person from holding up another's.
type bulkhead struct {
	slots chan struct{}

	mu     sync.Mutex
	shares map[string]*share
}

// share is one person's part of the slots.
type share struct {
	slots chan struct{}
	users int
}

func newBulkhead(most int) *bulkhead {
	return &bulkhead{slots: make(chan struct{}, most), shares: map[string]*share{}}
}

// enter waits for a slot of that person's share, and then for one of all. The error is errBusy where
// none came in time; each success needs one leave.
func (b *bulkhead) enter(ctx context.Context, whose string) (leave func(), err error) {
	own := b.join(whose)
	if err := take(ctx, own.slots); err != nil {
		b.part(whose)
		return nil, err
	}
	if err := take(ctx, b.slots); err != nil {
		<-own.slots
		b.part(whose)
		return nil, err
	}
	return func() {
		<-b.slots
		<-own.slots
		b.part(whose)
	}, nil
}

func take(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errBusy
		}
		return ctx.Err()
	}
}

func (b *bulkhead) join(whose string) *share {
	b.mu.Lock()
	defer b.mu.Unlock()
	own, there := b.shares[whose]
	if !there {
		own = &share{slots: make(chan struct{}, shareOfOne)}
		b.shares[whose] = own
	}
	own.users++
	return own
}

// part forgets the share of somebody who uses it no more.
func (b *bulkhead) part(whose string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	own := b.shares[whose]
	if own.users--; own.users == 0 {
		delete(b.shares, whose)
	}
}
