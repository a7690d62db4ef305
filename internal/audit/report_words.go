package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"switchboard/internal/connector"
)

// seen writes what nobody sees by its code point, so that a value cannot look like another one or turn the page's writing round.
func seen(text string) string {
	var shown strings.Builder
	for _, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			fmt.Fprintf(&shown, "[U+%04X]", r)
			continue
		}
		shown.WriteRune(r)
	}
	return shown.String()
}

// reportVerb says what somebody did, to stand after their name and before the connector's.
func reportVerb(e Entry) string {
	fields := count(len(e.Fields), "field", "fields")
	done := e.Outcome == Applied || e.Outcome == AppliedObserved
	switch e.Action {
	case Edit, BulkEdit:
		if done {
			return "changed " + fields + " of"
		}
		return "asked for a change of " + fields + " of"
	case Revert:
		if done {
			return "put back " + fields + " of"
		}
		return "asked to put back " + fields + " of"
	case Sync:
		return "asked for " + syncWords[e.SyncType] + " of"
	case Observed:
		return "noticed a change made outside Switchboard, of"
	case Resolved:
		return foundOut(e)
	}
	if words := reportVerbs[e.Action]; words != "" {
		return words
	}
	return "recorded ‘" + string(e.Action) + "’"
}

// foundOut says what a read, or a decision, told of a change that had been in doubt or of a sync that was awaited.
func foundOut(e Entry) string {
	what := "a change"
	if e.SyncType != "" {
		what = syncWords[e.SyncType]
	}
	if e.neverFound() {
		return "ended the doubt about " + what + " of"
	}
	return "found out how " + what + " ended, of"
}

// neverFound says that the doubt was ended without an answer: somebody gave up, or Graph knows the connector no more.
func (e Entry) neverFound() bool {
	known := func(field connector.FieldChange) bool { return field.Stored != nil }
	return e.Action == Resolved && e.Outcome == Superseded && !slices.ContainsFunc(e.Fields, known)
}

var syncWords = map[string]string{"": "a sync", "deltaSync": "a delta sync", "fullSync": "a full sync"}

var reportVerbs = map[Action]string{
	Proposal: "proposed a change of", Approval: "approved a change of", Rejection: "rejected a change of",
	SignIn: "signed in", SignOut: "signed out", Denied: "tried what the role does not allow", Export: "exported lines of this log",
	Accepted: "accepted the log as it was",
	Claim:    "said ‘I am on it’ about", ClaimEnd: "ended the claim on", Note: "left a note at", Acknowledged: "called a change made elsewhere expected, of",
}

// reportOutcome says how something ended, as far as the lines of the pack tell, and in which tone.
func reportOutcome(e Entry) (words, tone string) {
	if e.Action == Sync || e.SyncType != "" {
		return syncOutcome(e)
	}
	switch e.Outcome {
	case Applied:
		return appliedOutcome(e.Fields)
	case AppliedObserved:
		return "A later read found what had been asked for.", "good"
	case Rejected:
		return "Graph refused it.", "bad"
	case NotApplied:
		return "It was not stored.", "bad"
	case InDoubt:
		return lost(e) + "it was not known then whether it was stored.", "care"
	case Superseded:
		if e.neverFound() {
			return "What Graph stored was not found out.", "care"
		}
		return "A later read found something else.", "care"
	case Pending:
		return unended, "care"
	}
	return "", ""
}

const unended = "This was noted before it was sent. Its outcome is not told by the next lines here."

// appliedOutcome says what Graph stored of what it accepted.
func appliedOutcome(fields []connector.FieldChange) (words, tone string) {
	switch {
	case slices.ContainsFunc(fields, func(field connector.FieldChange) bool { return field.Stored == nil }):
		return "Graph accepted it. No read had shown yet what it stored.", "good"
	case slices.ContainsFunc(fields, func(field connector.FieldChange) bool { return !field.AsAsked() }):
		return "Graph stored something else than was asked for.", "care"
	}
	return "Graph stored it.", "good"
}

// syncOutcome is that of a sync, which stores nothing.
func syncOutcome(e Entry) (words, tone string) {
	switch {
	case e.SyncedAt != nil && !e.SyncedAt.IsEmpty():
		return "The last sync had moved to " + seen(e.SyncedAt.Text()) + ".", "good"
	case e.SyncedAt != nil, e.Action == Resolved && e.Outcome == NotApplied:
		return "No sync was seen in 20 minutes.", "care"
	case e.neverFound():
		return "Whether Graph accepted it was not found out.", "care"
	}
	switch e.Outcome {
	case Applied:
		return "Graph accepted it.", "good"
	case AppliedObserved:
		return "A later read showed that a sync had run.", "good"
	case Rejected:
		return "Graph refused it.", "bad"
	case NotApplied:
		return "It was not sent.", "bad"
	case InDoubt:
		return lost(e) + "it was not known then whether it was accepted.", "care"
	case Pending:
		return unended, "care"
	}
	return "", ""
}

// lost says why the answer to a request tells nothing.
func lost(e Entry) string {
	if e.Graph != nil && e.Graph.Status != 0 {
		return "The answer did not say what Graph did: "
	}
	return "Graph’s answer was lost: "
}

// graphWords are what the line keeps of the answer; empty where there was none. One without an id of Graph's may be anybody's.
func graphWords(g *Graph) string {
	if g == nil || g.Status == 0 {
		return ""
	}
	said := "Graph answered " + strconv.Itoa(g.Status) + ", request " + seen(g.RequestID) + "."
	if g.RequestID == "" {
		said = "The answer was " + strconv.Itoa(g.Status) + ", without an id of Graph’s."
	}
	if g.Message != "" {
		said += " It said: " + seen(g.Message)
	}
	return said
}

// sum is what the report counts.
type sum struct{ key, one, many string }

func (s sum) words(n int) string {
	if n == 1 {
		return s.one
	}
	return s.many
}

// sums are what is counted, in the order in which it is told. An intent is counted by its outcome.
var sums = []sum{
	{"applied", "change stored", "changes stored"}, {"rejected", "change refused", "changes refused"},
	{"in_doubt", "change whose answer was lost", "changes whose answer was lost"}, {"not_applied", "change not stored", "changes not stored"},
	{"sync", "sync asked for", "syncs asked for"}, {"resolved", "doubt or sync whose end was found out", "doubts or syncs whose end was found out"},
	{"observed", "change made elsewhere", "changes made elsewhere"},
	{"acknowledged", "change made elsewhere that is expected", "changes made elsewhere that are expected"},
	{"claim", "time that somebody was on it", "times that somebody was on it"}, {"note", "note", "notes"}, {"other", "other line", "other lines"},
	{"sign_in", "sign-in", "sign-ins"}, {"sign_out", "sign-out", "sign-outs"}, {"denied", "refusal", "refusals"}, {"export", "export", "exports"},
}

// sumOf is what a line counts as; empty for nothing.
func sumOf(e Entry) string {
	switch {
	case e.Outcome == Pending:
		return ""
	case slices.ContainsFunc(sums, func(s sum) bool { return s.key == string(e.Action) }):
		return string(e.Action)
	case e.Outcome == Applied, e.Outcome == Rejected, e.Outcome == InDoubt, e.Outcome == NotApplied:
		return string(e.Outcome)
	}
	return "other"
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
