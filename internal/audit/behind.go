package audit

import (
	"time"

	"switchboard/internal/connector"
)

// LagsFor is how long after a change a read of Graph may still show the values before: Graph answers from copies.
const LagsFor = 10 * time.Minute

// Replaced says whether the line tells that a change took the place of the field's value before, or may have, so short a
// while before that time that a read may still show it.
func (e Entry) Replaced(field connector.FieldChange, at time.Time) bool {
	undone := e.Outcome == Rejected || e.Outcome == NotApplied || e.Outcome == ""
	stays := field.Stored != nil && connector.Same(field.Name, *field.Stored, field.Before)
	return !undone && !stays && at.Sub(e.Time) < LagsFor
}

// Behind are the fields of changes that Graph applied a short while before that time, and that what was read then shows with
// the values before: it came from a copy that has not caught up, or somebody has put them back. The lines are the
// connector's, the newest first.
func Behind(lines []Entry, read connector.Connector, at time.Time) (fields []connector.FieldChange) {
	told, latest := map[string]bool{}, map[string]bool{}
	for _, line := range lines {
		if line.Outcome != "" && latest[line.ID] {
			continue // an earlier line of the same change
		}
		latest[line.ID] = true
		for _, field := range line.Fields {
			if told[field.Name] || line.Outcome == Rejected || line.Outcome == NotApplied {
				continue
			}
			told[field.Name] = true
			applied := line.Outcome == Applied || line.Outcome == AppliedObserved
			if applied && line.Replaced(field, at) && connector.Same(field.Name, read.Value(field.Name), field.Before) {
				fields = append(fields, field)
			}
		}
	}
	return fields
}
