package connector

import (
	"slices"
	"time"
)

// Health is our judgement of a connector; Graph's own word is its status.
type Health string

// The six words, in the order in which they are sorted: what needs somebody comes first.
const (
	Broken  Health = "broken"
	Late    Health = "late"
	Pending Health = "pending"
	Unknown Health = "unknown"
	Healthy Health = "healthy"
	Retired Health = "retired"
)

// Healths are the six words in their order.
func Healths() []Health { return []Health{Broken, Late, Pending, Unknown, Healthy, Retired} }

// Rank is the word's place in that order, from 0.
func (h Health) Rank() int { return slices.Index(Healths(), h) }

// Label is the word as people read it.
func (h Health) Label() string {
	switch h {
	case Broken:
		return "Newly broken"
	case Late:
		return "Late"
	case Pending:
		return "Pending"
	case Healthy:
		return "Healthy"
	case Retired:
		return "Retired, as expected"
	}
	return "Unknown"
}

const (
	lateAfter   = 24 * time.Hour
	brokenAfter = 72 * time.Hour
)

// After is how long after its last sync a connector comes to be of a health that goes by that; 0 for any other.
func (h Health) After() time.Duration {
	switch h {
	case Late:
		return lateAfter
	case Broken:
		return brokenAfter
	}
	return 0
}

// Retirement is when Microsoft ended which types of connector: silence since then is expected of them.
type Retirement struct {
	// Date is the last day, at 00:00 UTC.
	Date time.Time
	// Types are members of exchangeConnectorType.
	Types []string
}

// Health judges a connector at that time. It is the contract's first match.
func (r Retirement) Health(c Connector, now time.Time) Health {
	status := c.Value(Status).Text()
	at, synced := c.LastSync()
	pending := status == StatusPending
	known, _ := Lookup(Status)
	switch {
	case !known.Offers(status):
		return Unknown
	case r.covers(c) && !pending && (!synced || at.Before(r.end())):
		return Retired
	case status == StatusDisconnected, synced && !pending && now.Sub(at) >= brokenAfter:
		return Broken
	case pending, !synced:
		return Pending
	case now.Sub(at) >= lateAfter:
		return Late
	}
	return Healthy
}

// Turns is the next time at which the connector may come to be of another health without another sync; zero for never.
func (c Connector) Turns(now time.Time) time.Time {
	at, synced := c.LastSync()
	if !synced {
		return time.Time{}
	}
	for _, after := range []time.Duration{lateAfter, brokenAfter} {
		if turn := at.Add(after); turn.After(now) {
			return turn
		}
	}
	return time.Time{}
}

func (r Retirement) covers(c Connector) bool {
	return slices.Contains(r.Types, c.Value(Type).Text())
}

func (r Retirement) end() time.Time { return r.Date.Add(24 * time.Hour) }
