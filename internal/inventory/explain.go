package inventory

import (
	"slices"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

const (
	// linesRead bounds the lines of a connector's history that a difference is compared with.
	linesRead = 60
	// clocksDiffer is more than Graph's clock can be ahead of ours.
	clocksDiffer = 48 * time.Hour
	// linesFirst are read first of these lines: nearly always the latest change explains the difference, or nothing does.
	linesFirst = 4
)

// syncedOn says whether a sync happened between the two: the last sync moved on. A sync sets that date
// and the status by itself, so neither counts as a change that a person made. A date in the future was set by a person.
func syncedOn(was connector.Connector, now Sighting) bool {
	at, synced := now.Connector.LastSync()
	before, ever := was.LastSync()
	return synced && (!ever || at.After(before)) && !at.After(now.At.Add(clocksDiffer))
}

type explanation int

const (
	nothing explanation = iota
	ourChange
	late
)

// explained is what the audit log knows of a property that holds another value than it did.
type explained struct {
	why explanation
	// value is what our latest change stored in it at that time, if any of ours did since it was last read.
	ours  bool
	value connector.Value
	at    time.Time
}

// explain looks for a change of ours that gives the property its value, or that replaced this value a short while ago. Lines come newest
// first; decided is false where older ones may tell more. Two kinds of change explain nothing: one from before a change that was made
// outside, and one that was long over at held, when a read last showed the value before.
func explain(lines []audit.Entry, held, now time.Time, name string, is connector.Value) (e explained, decided bool) {
	for _, line := range audit.Effects(lines) {
		i := slices.IndexFunc(line.Fields, func(field connector.FieldChange) bool { return field.Name == name })
		if i < 0 {
			continue
		}
		if line.Action == audit.Observed {
			return e, true
		}
		field, open := line.Fields[i], line.Outcome == audit.Pending || line.Outcome == audit.InDoubt
		gives := field.Gives(is)
		switch {
		case gives && (open || held.Before(line.Time.Add(audit.LagsFor))):
			e.why = ourChange
			return e, true
		case line.Replaced(field, now) && connector.Same(name, is, field.Before):
			e.why = late
			return e, true
		case !e.ours && line.Time.After(held) && (line.Outcome == audit.Applied || line.Outcome == audit.AppliedObserved):
			e.ours, e.value, e.at = true, field.Requested, line.Time
			if field.Stored != nil {
				e.value = *field.Stored
			}
		}
	}
	return e, false
}
