package inventory

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/problem"
)

const (
	// linesRead bounds the lines of a connector's record that a difference is held against.
	linesRead = 60
	// lagsFor is how long after a change a read may still show the values before: Graph answers from copies.
	lagsFor = 10 * time.Minute
	// clocksDiffer is more than Graph's clock can be ahead of ours.
	clocksDiffer = 48 * time.Hour
)

// syncedOn says whether a sync happened between the two: the last sync moved on. What a sync sets, itself and the status,
// is no change of anybody's. A date that no clock can show yet was set by somebody.
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

// explained is what the record knows of a property that holds another value than it did.
type explained struct {
	why explanation
	// value is what our latest change stored in it at that time, if any of ours did since it was last read.
	ours  bool
	value connector.Value
	at    time.Time
}

// explain looks for a change of ours that gives the property its value, or that replaced it a short while ago. Lines come
// newest first. A change from before a change that was made outside explains nothing any more, nor does one that was over
// for long when the property still held what it held before; that was at held.
func explain(lines []audit.Entry, held, now time.Time, name string, is connector.Value) (e explained) {
	latest := map[string]audit.Entry{} // of each change
	for _, line := range lines {
		i := slices.IndexFunc(line.Fields, func(field connector.Field) bool { return field.Name == name })
		if line.Action == audit.Observed && i >= 0 {
			return e
		}
		if _, known := latest[line.ID]; known || line.Outcome == "" {
			continue
		}
		latest[line.ID] = line
		if i < 0 || line.Outcome == audit.Rejected {
			continue
		}
		field, open := line.Fields[i], line.Outcome == audit.Pending || line.Outcome == audit.InDoubt
		gives := connector.Same(name, is, field.Requested) || field.Stored != nil && connector.Same(name, is, *field.Stored)
		switch {
		case gives && (open || held.Before(line.Time.Add(lagsFor))):
			e.why = ourChange
			return e
		case replaced(line, field, now) && connector.Same(name, is, field.Before):
			e.why = late
			return e
		case !e.ours && line.Time.After(held) && (line.Outcome == audit.Applied || line.Outcome == audit.AppliedObserved):
			e.ours, e.value, e.at = true, field.Requested, line.Time
			if field.Stored != nil {
				e.value = *field.Stored
			}
		}
	}
	return e
}

// replaced says whether the line is about a change that replaced the field's value before, or may have, and that a copy of
// Graph's may still lack.
func replaced(line audit.Entry, field connector.Field, now time.Time) bool {
	undone := line.Outcome == audit.Rejected || line.Outcome == audit.NotApplied || line.Outcome == ""
	stays := field.Stored != nil && connector.Same(field.Name, *field.Stored, field.Before)
	return !undone && !stays && now.Sub(line.Time) < lagsFor
}

// Behind are the fields of changes of ours that Graph still answers with the values from before: it answered from a copy that
// has not caught up, or somebody has put them back. The lines are the connector's, the newest first.
func Behind(lines []audit.Entry, now connector.Connector, at time.Time) (fields []connector.Field) {
	told, latest := map[string]bool{}, map[string]bool{}
	for _, line := range lines {
		if line.Outcome != "" && latest[line.ID] {
			continue
		}
		latest[line.ID] = true
		for _, field := range line.Fields {
			if told[field.Name] || line.Outcome == audit.Rejected || line.Outcome == audit.NotApplied {
				continue
			}
			told[field.Name] = true
			applied := line.Outcome == audit.Applied || line.Outcome == audit.AppliedObserved
			if applied && replaced(line, field, at) && connector.Same(field.Name, now.Value(field.Name), field.Before) {
				fields = append(fields, field)
			}
		}
	}
	return fields
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
