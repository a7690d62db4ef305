package views

import (
	"slices"
	"time"

	"switchboard/views/components"
)

// Witness is somebody outside who cosigns the record.
type Witness struct {
	Name string
	// Lines is up to which line it has cosigned, At when, zero where it never did.
	Lines int64
	At    time.Time
	// Failing is since when it does not cosign, zero while it does; Failure says why.
	Failing time.Time
	Failure string
	// Refused says that it knows another record, Accepted that this was to be so; First is the lowest line that may differ.
	Refused, Accepted bool
	First             int64
}

// broken says whether the record is not what the witness cosigned.
func (w Witness) broken() bool { return w.Refused && !w.Accepted }

// refused says whether a witness calls the record another one.
func (c Chain) refused() bool { return slices.ContainsFunc(c.Witnesses, Witness.broken) }

// sound says whether nothing speaks against the record: neither its own lines nor its witnesses.
func (c Chain) sound() bool { return c.intact() && !c.refused() }

// word is the chain's state for programs.
func (c Chain) word() string {
	switch {
	case len(c.Altered) > 0, c.refused():
		return "broken"
	case c.Failed:
		return "unchecked"
	}
	return "verified"
}

// first is the lowest line that is known to differ, or may.
func (c Chain) first() int64 {
	lines := slices.Clone(c.Altered)
	for _, witness := range c.Witnesses {
		if witness.broken() {
			lines = append(lines, witness.First)
		}
	}
	return slices.Min(lines)
}

// behind is how many lines the witness has not cosigned.
func (w Witness) behind(c Chain) string {
	switch missing := c.Size - w.Lines; {
	case w.Lines == 0:
		return "no line yet"
	case missing > 0:
		return "line " + number(w.Lines) + ", " + components.Count(int(missing), "line", "lines") + " behind"
	}
	return "line " + number(w.Lines)
}
