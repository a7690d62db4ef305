package bulk

import (
	"slices"

	"switchboard/internal/changes"
	"switchboard/internal/connector"
)

// MostRows is how many connectors one run may have.
const MostRows = 2_000

// Asked is what somebody wants of the connectors that they picked.
type Asked struct {
	// IDs are the connectors, in the order in which the review and the run have them; none comes twice.
	IDs []string
	// Set is what every one of them shall hold, by property: what a form sends, where an empty text asks for null.
	Set map[string]string
	// Own is what one connector shall hold in place of Set, by connector.Key of its id: what a file says.
	Own map[string]map[string]string
	// SyncType asks for a sync in place of an edit: one of changes.SyncTypes.
	SyncType string
	// Reverts is the run of which this puts back what was applied, empty for none; back is what it replaced, by connector.Key.
	Reverts string
	back    map[string]changes.Revert
}

// PutBack asks for what the run's changes replaced.
func PutBack(run string, applied []changes.Revert) Asked {
	asked := Asked{Reverts: run, back: map[string]changes.Revert{}}
	for _, one := range applied {
		asked.IDs = append(asked.IDs, one.Change.Connector)
		asked.back[connector.Key(one.Change.Connector)] = one
	}
	return asked
}

// Faults are what is wrong with Set, whatever the connectors hold, in the form's order.
func (a Asked) Faults() []connector.FieldError {
	var found []connector.FieldError
	for _, property := range connector.Editable() {
		text, set := a.Set[property.Name]
		if message := property.Fault(text); set && message != "" {
			found = append(found, connector.FieldError{Field: property.Name, Message: message})
		}
	}
	return found
}

// own is what is asked of the connector in place of Set, nil for nothing else, and why some of what a run replaced in it is not.
func (a Asked) own(shown connector.Connector) (wanted map[string]string, kept []connector.FieldError) {
	if back, there := a.back[shown.Key()]; there {
		return puttingBack(back, shown)
	}
	return a.Own[shown.Key()], nil
}

// puttingBack is what of the run can be put back over what the connector holds now, and why the rest stays. The form of a single revert
// has a person look at each value that was changed since, and decide. Nobody looks so at two thousand rows, so that here it stays.
func puttingBack(back changes.Revert, shown connector.Connector) (wanted map[string]string, kept []connector.FieldError) {
	wanted = map[string]string{}
	for _, field := range back.Change.Fields {
		stored := field.Requested
		if field.Stored != nil {
			stored = *field.Stored
		}
		now := shown.Value(field.Name)
		text, offered := back.Wanted[field.Name]
		switch {
		case connector.Same(field.Name, now, field.Before), now.IsEmpty() && field.Before.IsEmpty(): // it has been put back
		case !connector.Same(field.Name, now, stored):
			kept = append(kept, connector.FieldError{Field: field.Name, Message: "It stays as it is now: Graph shows another value than the run stored."})
		case !offered:
			kept = append(kept, connector.FieldError{Field: field.Name, Message: "It stays as it is now. Before the run Graph held something that " +
				"no form may offer: a word of its own, or more than " + connector.Thousands(connector.LongestValue) + " characters."})
		default:
			wanted[field.Name] = text
		}
	}
	return wanted, kept
}

// Verdict is what a review says of one connector.
type Verdict string

// The verdicts. Only rows with ToChange can become part of a run.
const (
	ToChange Verdict = "change"
	Same     Verdict = "same"     // it holds already what is wanted
	InDoubt  Verdict = "in_doubt" // a change of it is in doubt, and has to be resolved first
	Proposed Verdict = "proposed" // a change of it waits for somebody else
	Missing  Verdict = "missing"  // the list does not have it
	Refused  Verdict = "refused"  // nothing of what is wanted of this one can be asked of Graph; see Faults
)

// Verdicts are all verdicts, in the order of a page.
func Verdicts() []Verdict { return []Verdict{ToChange, Same, InDoubt, Proposed, Missing, Refused} }

// Plan is what a review found.
type Plan struct {
	// SyncType is empty for an edit.
	SyncType string `json:"sync_type,omitempty"`
	// Reverts is the run of which this puts back what was applied; empty for none.
	Reverts string `json:"reverts,omitempty"`
	// Set is what each row without Own asks for, by property, as a form sends it.
	Set  map[string]string `json:"set,omitempty"`
	Rows []PlanRow         `json:"rows"`
}

// PlanRow is one connector in a plan.
type PlanRow struct {
	// ID is spelt as the list spells it, and as it was asked for where the list does not have it.
	ID      string  `json:"id"`
	Verdict Verdict `json:"verdict"`
	// Shown is the connector as the list had it; it is zero for one that is missing.
	Shown connector.Connector `json:"shown"`
	// Own is what this one asks for in place of Set; nil where it has none.
	Own map[string]string `json:"own"`
	// Fields are what would change, with the value that the list showed and the one that is wanted; nil for a sync. They follow from
	// the others and are not kept: a long value for all of them would be kept two thousand times.
	Fields []connector.FieldChange `json:"-"`
	// Faults are what is wrong with a row that is refused, and of one that puts back what stays in place of being put back.
	Faults []connector.FieldError `json:"faults,omitempty"`
}

// Count is how many rows have the verdict.
func (p Plan) Count(verdict Verdict) int {
	count := 0
	for _, row := range p.Rows {
		if row.Verdict == verdict {
			count++
		}
	}
	return count
}

// Standing are the changes that stand in the way of a review, by connector.Key.
type Standing struct {
	// InDoubt have an edit that is in doubt or still being sent, Proposed one that waits for somebody else.
	InDoubt, Proposed map[string]bool
}

// Review holds what is asked against a list of all connectors. It reads nothing and sends nothing.
func Review(listed []connector.Connector, standing Standing, asked Asked) Plan {
	known := make(map[string]connector.Connector, len(listed))
	for _, one := range listed {
		known[one.Key()] = one
	}
	plan := Plan{SyncType: asked.SyncType, Reverts: asked.Reverts, Set: asked.Set, Rows: make([]PlanRow, 0, len(asked.IDs))}
	for _, id := range asked.IDs {
		shown, there := known[connector.Key(id)]
		if !there {
			plan.Rows = append(plan.Rows, PlanRow{ID: id, Verdict: Missing})
			continue
		}
		plan.Rows = append(plan.Rows, plan.judge(shown, standing, asked))
	}
	return plan
}

// edit is what the row asks of its connector.
func (p Plan) edit(row PlanRow) connector.Edit {
	wanted := p.Set
	if row.Own != nil {
		wanted = row.Own
	}
	return connector.Edit{ID: row.ID, Shown: row.Shown, Wanted: wanted}
}

func (p Plan) judge(shown connector.Connector, standing Standing, asked Asked) PlanRow {
	row := PlanRow{ID: shown.ID(), Verdict: ToChange, Shown: shown.Brief()}
	if p.SyncType != "" { // a doubt never blocks a sync
		return row
	}
	var kept []connector.FieldError
	row.Own, kept = asked.own(row.Shown)
	edit := p.edit(row)
	invalid := edit.FieldErrors()
	row.Fields, row.Faults = edit.Changed(), append(kept, invalid...)
	switch {
	case len(invalid) > 0, len(kept) > 0 && len(row.Fields) == 0:
		row.Verdict = Refused
	case len(row.Fields) == 0:
		row.Verdict = Same
	case standing.InDoubt[shown.Key()]:
		row.Verdict = InDoubt
	case standing.Proposed[shown.Key()]:
		row.Verdict = Proposed
	}
	return row
}

// ticked are the rows that would change and were ticked, in the plan's order.
func (p Plan) ticked(ids []string) []PlanRow {
	picked := make(map[string]bool, len(ids))
	for _, id := range ids {
		picked[connector.Key(id)] = true
	}
	return slices.DeleteFunc(slices.Clone(p.Rows), func(row PlanRow) bool {
		return row.Verdict != ToChange || !picked[connector.Key(row.ID)]
	})
}
