package connector

import "slices"

// Merge is an edit held against what Graph holds now, three ways: what the form showed, what Graph holds, what is wanted.
type Merge struct {
	// Send is what to ask of Graph; Before is what Graph holds now.
	Send []FieldChange
	// Conflicts are properties that this person changed and somebody else, or a sync, changed to something else meanwhile.
	Conflicts []Conflict
	// Already are changed properties that Graph already holds as wanted: there is nothing left to send for them.
	Already []FieldChange
	// Others are properties that changed meanwhile and that this person did not touch; they do not stop a save.
	Others []Drift
}

// Conflict is one property with its three sides.
type Conflict struct {
	Name                string
	Base, Theirs, Yours Value
	// Sync says that a sync has set theirs, as far as is known, and nobody.
	Sync bool `json:",omitempty"`
}

// Drift is a property that holds something else than it did.
type Drift struct {
	Name string `json:"name"`
	Was  Value  `json:"was"`
	Is   Value  `json:"is"`
	// Sync says that a sync has set it, as far as is known, and nobody.
	Sync bool `json:"sync,omitempty"`
}

// SyncMoved says whether the last sync has moved on from one value to the other, as it does when a sync runs.
func SyncMoved(was, is Value) bool {
	at, dated := ParseDate(is.Text())
	before, ever := ParseDate(was.Text())
	return dated && (!ever || at.After(before))
}

// Apart tells the drifts that a sync has set from those that somebody made.
func Apart(drifts []Drift) (others, sync []Drift) {
	for _, drift := range drifts {
		if drift.Sync {
			sync = append(sync, drift)
		} else {
			others = append(others, drift)
		}
	}
	return others, sync
}

// Same says whether two values of the property mean the same: the same text, or for a date the same instant.
func Same(name string, a, b Value) bool {
	if a.same(b) {
		return true
	}
	if property, _ := Lookup(name); property.Kind != Date {
		return false
	}
	at, first := ParseDate(a.Text())
	other, second := ParseDate(b.Text())
	return first && second && at.Equal(other)
}

// Merge holds the edit against what Graph holds now.
func (e Edit) Merge(now Connector) Merge {
	merged := Merge{Others: e.Others(now)}
	for _, field := range e.Changed() {
		merged.place(field, e, now.Value(field.Name))
	}
	return merged
}

// Others are the properties that this person did not touch and that hold something else now than the form showed.
func (e Edit) Others(now Connector) []Drift {
	var others []Drift
	changed := e.Changed()
	for _, name := range e.Shown.Differing(now) {
		touched := slices.ContainsFunc(changed, func(field FieldChange) bool { return field.Name == name })
		if !touched {
			others = append(others, Drift{Name: name, Was: e.Shown.Value(name), Is: now.Value(name)})
		}
	}
	return others
}

// place puts one changed property where it belongs.
func (m *Merge) place(field FieldChange, e Edit, now Value) {
	base := field.Before
	if seen, shown := e.Seen[field.Name]; shown && e.Choices[field.Name] == Yours {
		base = seen // keeping one's own is a decision against exactly the value that was shown
	}
	switch {
	case e.Choices[field.Name] == Theirs:
		return
	case now == field.Requested, !Same(field.Name, now, base) && Same(field.Name, now, field.Requested):
		field.Before = now // of a date, somebody else's text for the same instant is what this person wants too
		m.Already = append(m.Already, field)
	case !Same(field.Name, now, base):
		m.Conflicts = append(m.Conflicts, Conflict{Name: field.Name, Base: field.Before, Theirs: now, Yours: field.Requested})
	default:
		field.Before = now
		m.Send = append(m.Send, field)
	}
}

// WithStored puts a change's values as Graph stored them beside those requested.
func WithStored(fields []FieldChange, stored Connector) []FieldChange {
	known := make([]FieldChange, len(fields))
	for i, field := range fields {
		value := stored.Value(field.Name)
		field.Stored = &value
		known[i] = field
	}
	return known
}
