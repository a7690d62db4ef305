package graph

import (
	"maps"
	"time"
)

// Connector is one deviceManagementExchangeConnector and how it behaves.
type Connector struct {
	ID string
	// Values are the nine properties by name; one that is missing or nil is null.
	Values map[string]*string
	// Every makes a connected connector sync by itself in this interval, counted from its lastSyncDateTime. 0: never.
	Every time.Duration
	// Deaf says that a sync that was asked for is accepted and never comes: the agent is gone.
	Deaf bool
}

// Value is a property's text; ok is false for null.
func (c Connector) Value(name string) (value string, ok bool) {
	if c.Values[name] == nil {
		return "", false
	}
	return *c.Values[name], true
}

func (c Connector) clone() Connector {
	c.Values = maps.Clone(c.Values)
	return c
}

// stored is a connector as time passes: it ticks, and syncs that were asked for come to pass.
type stored struct {
	Connector
	place int       // in list order
	beat  time.Time // of the last sync by itself
	due   time.Time // of a sync that was asked for; zero for none
}

func store(connector Connector, now time.Time) *stored {
	s := &stored{Connector: connector.clone(), beat: now}
	if s.Values == nil {
		s.Values = map[string]*string{}
	}
	if value, ok := s.Value(lastSync); ok {
		if at, err := time.Parse(time.RFC3339Nano, value); err == nil && at.Before(now) {
			s.beat = at
		}
	}
	return s
}

// settle brings the connector up to now.
func (s *stored) settle(now time.Time) {
	if !s.due.IsZero() && !now.Before(s.due) {
		s.synced(s.due)
		s.due = time.Time{}
	}
	state, _ := s.Value(status)
	if s.Every <= 0 || state != "connected" || now.Sub(s.beat) < s.Every {
		return
	}
	s.synced(s.beat.Add(now.Sub(s.beat) / s.Every * s.Every))
}

// synced moves the date. A connector that has just synced is connected again.
func (s *stored) synced(at time.Time) {
	s.beat = at
	text := Moment(at)
	s.Values[lastSync] = &text
	if state, _ := s.Value(status); state == "disconnected" {
		connected := "connected"
		s.Values[status] = &connected
	}
}

// set leaves the beat alone, so that a date that somebody wrote stays until the next sync.
func (s *stored) set(values map[string]*string) { maps.Copy(s.Values, values) }

// Moment writes a date as .NET does: seven digits, in UTC.
func Moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.0000000Z") }
