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
	stays := field.Stored != nil && connector.Same(field.Name, *field.Stored, field.Before)
	return e.Outcome != "" && !e.StoredNothing() && !stays && at.Sub(e.Time) < LagsFor
}

// StoredNothing says that the change is known to have stored nothing: Graph refused it, or it was not sent. Of one that reads have
// called not applied that is not certain: they may have been of an old copy.
func (e Entry) StoredNothing() bool {
	return e.Outcome == Rejected || e.Outcome == NotApplied && e.Action != Resolved
}

// Effects are the lines that tell why properties hold what they hold, in the same order: of each change the latest, which says how it
// ended, unless it stored nothing; and those of changes that were made elsewhere. The lines are a connector's, the newest first.
func Effects(lines []Entry) (effects []Entry) {
	known := map[string]bool{}
	for _, line := range lines {
		if line.Action != Observed && (line.Outcome == "" || known[line.ID]) {
			continue
		}
		known[line.ID] = true
		if !line.StoredNothing() {
			effects = append(effects, line)
		}
	}
	return effects
}

// Behind are the fields, as the latest change of each left them, that Graph applied a short while before that time and that what was
// read then shows with a value from before that change or from before one before it: it came from a copy that has not caught up, or
// somebody has put the value back. The lines are the connector's, the newest first.
func Behind(lines []Entry, read connector.Connector, at time.Time) (fields []connector.FieldChange) {
	chains := map[string]*chain{}
	for _, line := range Effects(lines) {
		if line.Outcome == NotApplied {
			continue // reads have shown what was there before it: that is what the latest one applied left
		}
		for _, field := range line.Fields {
			if chains[field.Name] == nil {
				chains[field.Name] = &chain{newest: field, ended: line.Outcome != Applied && line.Outcome != AppliedObserved}
			}
			if chains[field.Name].reaches(line, field, read.Value(field.Name), at) {
				fields = append(fields, chains[field.Name].newest)
			}
		}
	}
	return fields
}

// chain are the changes of one property, from the newest backwards.
type chain struct {
	newest connector.FieldChange
	ended  bool
}

// reaches says whether the next change of the chain, which the line tells, replaced that value.
func (c *chain) reaches(line Entry, field connector.FieldChange, is connector.Value, at time.Time) bool {
	if c.ended || !line.Replaced(field, at) || c.newest.Gives(is) {
		c.ended = true
		return false
	}
	c.ended = connector.Same(field.Name, is, field.Before)
	return c.ended
}
