package handlers

import (
	"sync"
	"time"

	"switchboard/internal/inventory"
	"switchboard/views/connectors"
)

// judgement keeps the rows of a listing as they were judged, until time alone may make another health of one.
type judgement struct {
	mu          sync.Mutex
	from, until time.Time
	rows        *connectors.Judged
}

// judgedKey is by what a listing keeps its judgement.
type judgedKey struct{}

// judged are the rows of a listing with their health at that time.
func (p *presenter) judged(listing inventory.Listing, now time.Time) *connectors.Judged {
	read, newer := listing.Base()
	if len(newer) > mostNewer {
		return p.judgeAll(listing, now)
	}
	judged := p.judgedOnce(read, now)
	if len(newer) == 0 {
		return judged
	}
	return judged.With(p.newerRows(listing, newer, now))
}

// mostNewer is up to how many rows are put into an order that is there already.
const mostNewer = 200

// newerRows are the rows of the connectors that this session knows to be otherwise than they were read.
func (p *presenter) newerRows(listing inventory.Listing, newer []int, now time.Time) map[int]connectors.Row {
	rows := make(map[int]connectors.Row, len(newer))
	for _, at := range newer {
		one := listing.Connectors[at]
		rows[at] = connectors.Row{Connector: one, Health: p.Retirement.Health(one, now)}
	}
	return rows
}

// judgedOnce is judged for a listing as it was read. Pages of thousands differ in fifty of them: all is worked out once for everybody who
// has read the same.
func (p *presenter) judgedOnce(listing inventory.Listing, now time.Time) *connectors.Judged {
	kept := listing.Once(judgedKey{}, func() any { return &judgement{} }).(*judgement)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.rows == nil || now.Before(kept.from) || !kept.until.IsZero() && !now.Before(kept.until) {
		kept.rows, kept.from, kept.until = p.judgeAll(listing, now), now, turn(listing, now)
	}
	return kept.rows
}

func (p *presenter) judgeAll(listing inventory.Listing, now time.Time) *connectors.Judged {
	rows := make([]connectors.Row, len(listing.Connectors), len(listing.Connectors)+len(listing.Unreadable))
	for i, one := range listing.Connectors {
		rows[i] = connectors.Row{Connector: one, Health: p.Retirement.Health(one, now)}
	}
	for _, odd := range listing.Unreadable {
		rows = append(rows, connectors.Row{Connector: odd.Part, Faults: odd.Faults})
	}
	return connectors.Judge(rows)
}

// turn is when a connector of the listing may next come to be of another health; zero for never.
func turn(listing inventory.Listing, now time.Time) (next time.Time) {
	for _, one := range listing.Connectors {
		if at := one.Turns(now); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
