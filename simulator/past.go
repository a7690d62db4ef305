package simulator

import (
	"time"

	"switchboard/simulator/graph"
)

// stop is how a connector that no longer syncs was before.
type stop struct {
	// every is how often it synced, version what it had until updated before its last sync; empty for the one of now.
	every   time.Duration
	version string
	updated time.Duration
}

// stops are those of the connectors that a tenant starts with, by name.
var stops = map[string]stop{
	"s2s-emea":     {every: time.Hour, version: "2026.9.1", updated: 22 * time.Hour},
	"hosted-eu":    {every: time.Hour, version: "2026.9.1", updated: 15 * time.Hour},
	"journal-apac": {every: time.Hour},
}

// noticed is how long after its last sync a connector is still reported as connected.
const noticed = time.Hour

// Before is what the list of a tenant that starts then would have shown at a time before its start: the connectors that it starts
// with, each at the sync that was its last by that time, and those that have stopped as they were until then.
func Before(start, at time.Time) []graph.Connector {
	stopped := map[string]stop{}
	for name, how := range stops {
		stopped[ID(name)] = how
	}
	all := Connectors(start)
	for i, one := range all {
		text, _ := one.Value("lastSyncDateTime")
		last, err := time.Parse(time.RFC3339Nano, text)
		how, ended := stopped[one.ID]
		switch {
		case err != nil:
		case ended:
			all[i] = how.before(one, last, at)
		case one.Every > 0:
			all[i] = syncedAt(one, lastBy(last, one.Every, at))
		}
	}
	return all
}

// before is a connector whose last sync came then, as it was at that time.
func (s stop) before(c graph.Connector, last, at time.Time) graph.Connector {
	if at.After(last.Add(noticed)) {
		return c
	}
	c = syncedAt(c, lastBy(last, s.every, at))
	connected := "connected"
	c.Values["status"] = &connected
	if s.version != "" && at.Before(last.Add(-s.updated)) {
		c.Values["version"] = &s.version
	}
	return c
}

// lastBy is the last sync by that time of a connector that syncs in that interval.
func lastBy(last time.Time, every time.Duration, at time.Time) time.Time {
	if at.After(last) {
		return last
	}
	return last.Add(-((last.Sub(at) + every - 1) / every * every))
}

// syncedAt is the connector with that last sync.
func syncedAt(c graph.Connector, last time.Time) graph.Connector {
	text := graph.Moment(last)
	c.Values["lastSyncDateTime"] = &text
	return c
}
