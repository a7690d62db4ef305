package inventory

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/problem"
)

const (
	// linesRead bounds the lines of a connector's record that a difference is held against.
	linesRead = 60
	// clocksDiffer is how far the clocks of two instances may be apart.
	clocksDiffer = 5 * time.Second
	// lagsFor is how long after a change of ours a read may still show the values before: Graph answers from copies.
	lagsFor = time.Minute
)

// unexplained are the properties that differ and that neither a change of ours nor Graph's own ways explain. lagging says
// that the read is one from before a change of ours, which says nothing.
//
// Two differences are normal and not recorded: a last sync that moves on, as each sync does, and a status that changes
// along with it, since a sync is what sets it. A status that changes without a sync, or a last sync that goes back or lies
// ahead of the time of the read, is recorded.
func (w *watcher) unexplained(ctx context.Context, was, now Sighting) (outside []connector.Field, lagging bool, err error) {
	synced := syncedOn(was, now)
	var ours []audit.Entry
	for _, name := range was.Connector.Differing(now.Connector) {
		before, is := was.Connector.Value(name), now.Connector.Value(name)
		if connector.Same(name, before, is) || synced && (name == connector.LastSyncDateTime || name == connector.Status) {
			continue
		}
		if ours == nil {
			if ours, err = w.Record.History(ctx, now.Connector.ID(), linesRead); err != nil {
				return nil, false, err
			}
		}
		switch why := explain(ours, was, now, name); why {
		case late:
			return nil, true, nil
		case ourChange:
		default:
			outside = append(outside, connector.Field{Name: name, Before: before, Stored: &is})
		}
	}
	return outside, false, nil
}

// syncedOn says whether a sync happened between the two: the last sync moved on, and no further than to now.
func syncedOn(was, now Sighting) bool {
	at, synced := now.Connector.LastSync()
	before, ever := was.Connector.LastSync()
	return synced && (!ever || at.After(before)) && !at.After(now.At.Add(clocksDiffer))
}

type explanation int

const (
	nothing explanation = iota
	ourChange
	late
)

// explain looks for a change of ours that gives the property its value. Lines come newest first; a change counts if it
// was not over when the connector was seen before.
func explain(lines []audit.Entry, was, now Sighting, name string) explanation {
	is := now.Connector.Value(name)
	ended := map[string]audit.Entry{} // the latest line of each change
	for _, line := range lines {
		if line.Outcome == "" {
			continue
		}
		latest, known := ended[line.ID]
		if !known {
			latest = line
			ended[line.ID] = line
		}
		open := latest.Outcome == audit.Pending || latest.Outcome == audit.InDoubt
		for _, field := range latest.Fields {
			if field.Name != name {
				continue
			}
			gives := connector.Same(name, is, field.Requested) || field.Stored != nil && connector.Same(name, is, *field.Stored)
			switch {
			case gives && latest.Outcome != audit.Rejected && (open || latest.Time.After(was.At.Add(-clocksDiffer))):
				return ourChange
			case connector.Same(name, is, field.Before) && latest.Outcome == audit.Applied && now.At.Sub(latest.Time) < lagsFor:
				return late
			}
		}
	}
	return nothing
}

// Outside is a change that was made outside Switchboard, somewhere between two reads. Graph does not say by whom.
type Outside struct {
	// Seq is the record's number of the line.
	Seq       int64
	Connector string
	// Fields hold what was there before and what is stored.
	Fields []connector.Field
	// From is when the values before were last read, To when the new ones first were.
	From, To time.Time
	// By is whose read noticed it.
	By access.Actor
}

// Outside are the latest changes made outside Switchboard, the newest first, limit at most.
func (i *Inventory) Outside(ctx context.Context, limit int) ([]Outside, error) {
	if i.watcher == nil {
		return nil, nil
	}
	page, err := i.watcher.Record.Query(ctx, audit.Filter{Action: audit.Observed}, 0, limit)
	if err != nil {
		return nil, problem.New(problem.Unavailable, "The database does not answer.").After(10 * time.Second).Because(err)
	}
	var all []Outside
	for _, entry := range page.Entries {
		if one, ok := OutsideOf(entry); ok {
			all = append(all, one)
		}
	}
	return all, nil
}

// The line of an outside change says in its reason between which reads it came.
const betweenLayout = "2006-01-02T15:04:05Z"

var betweenText = regexp.MustCompile(`^Changed outside Switchboard between (\S+Z) and (\S+Z)\.$`)

// between widens to whole seconds.
func between(from, to time.Time) string {
	from, to = from.UTC().Truncate(time.Second), to.UTC().Add(time.Second-time.Nanosecond).Truncate(time.Second)
	return fmt.Sprintf("Changed outside Switchboard between %s and %s.", from.Format(betweenLayout), to.Format(betweenLayout))
}

// OutsideOf reads a line of the record; ok is false for a line of anything else.
func OutsideOf(entry audit.Entry) (o Outside, ok bool) {
	told := betweenText.FindStringSubmatch(entry.Reason)
	if entry.Action != audit.Observed || told == nil {
		return Outside{}, false
	}
	from, first := time.Parse(betweenLayout, told[1])
	to, second := time.Parse(betweenLayout, told[2])
	return Outside{
		Seq: entry.Seq, Connector: entry.Connector, Fields: entry.Fields, From: from, To: to, By: entry.Actor,
	}, first == nil && second == nil
}
