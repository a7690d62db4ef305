package auditlog

import (
	"slices"
	"time"

	"switchboard/views/components"
)

// Witness is somebody outside who cosigns the audit log.
type Witness struct {
	Name string
	// Lines is up to which line it has cosigned, At when, zero where it never did.
	Lines int64
	At    time.Time
	// Failing is since when it does not cosign, zero while it does; Failure says why.
	Failing time.Time
	Failure string
	// Refused says that it knows another log, Accepted that this was to be so; First is the lowest line that may differ.
	Refused, Accepted bool
	First             int64
}

// broken says whether the audit log is not what the witness cosigned.
func (w Witness) broken() bool { return w.Refused && !w.Accepted }

// refused says whether a witness calls the audit log another one.
func (c Chain) refused() bool { return slices.ContainsFunc(c.Witnesses, Witness.broken) }

// behind is how many lines the witness has not cosigned.
func (w Witness) behind(c Chain) string {
	switch missing := c.Size - w.Lines; {
	case w.Lines == 0:
		return "no line yet"
	case missing > 0:
		return "line " + components.Number(w.Lines) + ", " + components.Count(int(missing), "line", "lines") + " behind"
	}
	return "line " + components.Number(w.Lines)
}
