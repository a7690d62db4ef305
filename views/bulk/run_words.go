package bulk

import (
	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/links"
)

// pauseTitle says that the run is paused and why.
func (m Run) pauseTitle() string {
	after := "Paused after " + connector.Thousands(m.sent()) + " of " + connector.Thousands(m.Total) + ": "
	if m.Unproven != "" {
		return after + "nothing proves that it is what was previewed."
	}
	switch m.Pause.Why {
	case ByHand:
		return after + m.Pause.By.shown() + " paused it."
	case NoSession:
		return after + m.Holder.shown() + m.verb(" are", " is") + " signed in nowhere."
	case NoRole:
		return after + m.Holder.shown() + " may not edit connectors any more."
	case NoAccess:
		return after + "something has to be granted first."
	case ByGraph:
		return after + "Graph refused a change."
	case Trouble:
		return after + "three in a row are in doubt, were not stored, or could not be read."
	case BrokenLog:
		return after + "the audit log does not match its checkpoint."
	}
	return after + "it does not go on by itself."
}

func (m Run) verb(yours, theirs string) string {
	if m.Holder.You {
		return yours
	}
	return theirs
}

// pauseAdvice says what that means and what to do next.
func (m Run) pauseAdvice() string {
	if m.Unproven != "" {
		return m.Unproven + " What was done stays done, and nothing more is sent. Stop it and begin a new one."
	}
	stays := "What was done stays done. Resuming goes on with the " + components.Count(m.Left, "connector", "connectors") + " that " + m.plural("has", "have") + " not been sent."
	switch m.Pause.Why {
	case NoSession:
		return "It goes on by the token of the person who started or last resumed it, who has to be signed in. Resume it to have it go on as you. " + stays
	case NoRole:
		return "Somebody else who may edit can resume it, and stands on the rows from then on. " + stays
	case NoAccess:
		return "Open a connector’s edit form to see what is missing, then resume. " + stays
	case ByGraph:
		return "Look at that change first: Graph says why. " + stays
	case Trouble:
		return "Graph may be in trouble. Look at what is in doubt, and resume once it answers again. " + stays
	case BrokenLog:
		return "Call your security team. Nothing is sent until the audit log has been put right. " + stays
	}
	return stays
}

func (m Run) plural(one, many string) string {
	if m.Left == 1 {
		return one
	}
	return many
}

// look is how an outcome is shown.
type look struct {
	tone       components.Tone
	icon, word string
}

func (m Run) lookOf(row RunRow) look {
	switch row.Outcome {
	case "waiting":
		if m.State == Stopped {
			return look{components.Plain, "circle-dashed", "Not sent"}
		}
		if row.Tries > 0 {
			return look{components.Waiting, "hourglass", "Waits: Graph asked to"}
		}
		return look{components.Plain, "circle-dashed", "Waiting"}
	case "sending":
		return look{components.Waiting, "refresh", "Being sent"}
	case "applied":
		if row.Tries > 0 {
			return look{components.Good, "check", "Applied, after a wait asked for by Graph"}
		}
		return look{components.Good, "check", "Applied"}
	case "applied_observed":
		return look{components.Good, "check", "Applied, seen later"}
	case "conflict":
		return look{components.Caution, "git-merge", "Conflict"}
	case "rejected":
		return look{components.Bad, "circle-x", "Refused"}
	case "in_doubt":
		return look{components.Caution, "help-hexagon", "In doubt"}
	case "not_applied":
		return look{components.Bad, "circle-x", "Not stored"}
	case "superseded":
		return look{components.Caution, "arrows-diff", "Another value"}
	}
	return look{components.Retired, "ban", "Skipped"}
}

// made says whether Graph is known to have made the change.
func (r RunRow) made() bool { return r.Outcome == "applied" || r.Outcome == "applied_observed" }

// Why says of a row for which nothing was sent what kept it.
func (r RunRow) Why() string {
	switch {
	case r.Note.Said != "":
		return r.Note.Said
	case r.Outcome == "conflict":
		return "Graph shows another value than the preview did, so nothing was sent."
	case r.Note.Skipped == IsGone:
		return "Graph does not have it any more."
	case r.Note.Skipped == BehindDoubt:
		return "Another change of it is in doubt."
	case r.Note.Skipped == SameByNow:
		return "It holds this by now."
	case r.Note.Skipped == NotRead:
		return "It could not be read."
	case r.Outcome == "skipped":
		return "This cannot be asked of Graph."
	}
	return ""
}

// part is a stretch of the bar, in thousandths.
type part struct {
	tone        components.Tone
	from, width int
}

func (m Run) parts() []part {
	var parts []part
	through := 0
	add := func(tone components.Tone, count int) {
		if count > 0 && m.Total > 0 {
			from := 1000 * through / m.Total
			through += count
			parts = append(parts, part{tone, from, 1000*through/m.Total - from})
		}
	}
	add(components.Good, m.Applied)
	add(components.Bad, m.Rejected+m.NotApplied)
	add(components.Caution, m.Conflict+m.InDoubt+m.Superseded)
	add(components.Retired, m.Skipped)
	return parts
}

// span says which rows of how many are shown.
func (m Run) span() string {
	if len(m.Rows) == 0 {
		return ""
	}
	from := (m.Page-1)*RowsAPage + 1
	return connector.Thousands(from) + " to " + connector.Thousands(from+len(m.Rows)-1) + " of " + connector.Thousands(m.kept())
}

// RowsAPage is how many rows a page of a review or a run has.
const RowsAPage = 100

// kept is how many rows the filter keeps.
func (m Run) kept() int {
	for _, group := range Groups(m.RunCounts) {
		if group.Name == m.Filter {
			return group.Count
		}
	}
	return m.Total
}

// NotBegun is a review that is not kept any more, so that no run can begin with it.
type NotBegun struct {
	Wish
	// Again says that it can be made anew, of those that were picked or of the run that it put back.
	Again  bool
	Picked []string
	Reason string
	Token  string
}

// Title is the page's title.
func (m NotBegun) Title() string { return "This preview is gone" }

// againURL is where the review is made anew.
func (m NotBegun) againURL() string {
	if m.Reverts != "" {
		return links.RunRevertURL(m.Reverts)
	}
	return links.BulkReviewURL
}

func (m NotBegun) advice() string {
	if m.Again {
		return "Preview it again: the connectors are read anew, and you see what would change now."
	}
	return "Choose the connectors, or the file, again."
}

// Listed is a run in a list of changes.
func (m Run) Listed() changes.Run {
	tone, _ := m.stateLook()
	return changes.Run{
		ID: m.ID, Words: m.Kind() + " of " + components.Count(m.Total, "connector", "connectors"), State: m.stateWord(),
		Counted: m.counted(), Tone: tone, Who: m.Starter.Name, You: m.Starter.You, At: m.Started,
	}
}
