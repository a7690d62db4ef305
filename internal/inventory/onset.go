package inventory

import (
	"context"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// Onset is what is known of when a connector came to be as it is.
type Onset struct {
	// Before is when it was last known to be otherwise, From when it was as it is at the latest. Either is zero where nobody knows.
	Before, From time.Time
	// Way is how that is known. Of what was read nothing is known of the time between the two: nobody looked.
	Way Way
	// By is whose change made it so.
	By access.Actor
}

// Way is how an onset is known.
type Way int

// The ways.
const (
	Unknown Way = iota // nobody has looked before
	Counted            // by the rule that judges the last sync
	Changed            // a change that was made through Switchboard made it so
	Read               // reads have shown it
)

// Onset says since when a connector is as it is, by its last sync, the lines of the audit log about it, the newest first, and what
// people read of it.
func (i *Inventory) Onset(ctx context.Context, c connector.Connector, r connector.Retirement, lines []audit.Entry, past connector.Past) Onset {
	now := i.Now()
	health := r.Health(c, now)
	at, synced := syncBy(c, now)
	if o, counted := countedOnset(c, r, health, at); counted {
		return o
	}
	broken := synced && health == connector.Broken // it was connected at its last sync
	o, told := toldOnset(c, lines)
	if broken && at.After(o.From) { // a sync sets the status, too, and no line tells of it
		o, told = Onset{}, false
	}
	if !told && health != connector.Healthy {
		o = i.readOnset(ctx, c, past)
	}
	if broken && o.Way != Changed && at.After(o.Before) && (o.From.IsZero() || at.Before(o.From)) {
		o.Before = at
	}
	return o
}

// syncBy is the connector's last sync, zero where the date cannot be that of one: it stands for none, or lies ahead.
func syncBy(c connector.Connector, now time.Time) (at time.Time, synced bool) {
	if _, at = c.SyncSaid(); connector.Ahead(at, now) {
		return time.Time{}, false
	}
	return at, !at.IsZero()
}

// countedOnset is that of a health which follows from the last sync alone, at that time.
func countedOnset(c connector.Connector, r connector.Retirement, health connector.Health, at time.Time) (o Onset, counted bool) {
	switch {
	case health == connector.Retired:
		return Onset{Before: at, From: r.Date, Way: Counted}, true
	case at.IsZero():
		return Onset{}, false
	case health == connector.Late, health == connector.Broken && c.Value(connector.Status).Text() != connector.StatusDisconnected:
		return Onset{Before: at, From: at.Add(health.After()), Way: Counted}, true
	}
	return Onset{}, false
}

// readOnset is what people's reads say of the status: those that are remembered, else the last.
func (i *Inventory) readOnset(ctx context.Context, c connector.Connector, past connector.Past) Onset {
	if step := past.Status; !step.To.IsZero() && step.Is == c.Value(connector.Status).Text() {
		return Onset{Before: step.From, From: step.To, Way: Read}
	}
	seen, there, err := i.LastSeen(ctx, c.ID())
	if err != nil {
		i.Log.WarnContext(ctx, "what was seen last of a connector could not be read", "error", err.Error())
	}
	if !there || !connector.Same(connector.Status, seen.Connector.Value(connector.Status), c.Value(connector.Status)) {
		return Onset{}
	}
	if past.Status.To.IsZero() && !past.Since.IsZero() && past.Since.Before(seen.At) { // it has been so in all that is remembered
		return Onset{From: past.Since, Way: Read}
	}
	return Onset{From: seen.At, Way: Read}
}

// toldOnset is what the latest line that tells of the status says of it.
func toldOnset(c connector.Connector, lines []audit.Entry) (o Onset, told bool) {
	is := c.Value(connector.Status)
	for _, line := range lines {
		for _, field := range line.Fields {
			if field.Name != connector.Status {
				continue
			}
			gives := connector.Same(connector.Status, is, field.Requested)
			if field.Stored != nil {
				gives = connector.Same(connector.Status, is, *field.Stored)
			}
			outside, seen := OutsideOf(line)
			switch {
			case seen && gives:
				return Onset{Before: outside.From, From: outside.To, Way: Read}, true
			case line.Outcome == audit.Applied && gives, line.Outcome == audit.AppliedObserved && gives:
				return Onset{Before: line.Time, From: line.Time, Way: Changed, By: line.Actor}, true
			case seen, line.Outcome == audit.Applied, line.Outcome == audit.AppliedObserved:
				return Onset{}, false // something else came later that no line tells of
			}
		}
	}
	return Onset{}, false
}
