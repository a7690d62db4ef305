package auditlog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
)

// actionWords are what the audit log's actions are called in the filter.
var actionWords = map[string]string{
	"edit": "Edited", "sync": "Asked for a sync", "revert": "Put back", "bulk_edit": "Edited together", "proposal": "Proposed",
	"approval": "Approved", "rejection": "Rejected", "sign_in": "Signed in", "sign_out": "Signed out", "denied": "Denied",
	"export": "Exported", "observed": "Changed outside Switchboard", "resolved": "Found out",
	"accepted": "Accepted the log as it was", "claim": "Is on it", "claim_end": "Ended a claim", "note": "Left a note",
	"acknowledged": "Called a change made elsewhere expected",
}

func actionWord(action string) string { return or(actionWords[action], action) }

// outcomeChoice is what an outcome is called in the filter.
func outcomeChoice(outcome string) string {
	if outcome == changes.Pending {
		return "Intent recorded"
	}
	return changes.OutcomeWord(outcome, false)
}

// verb says what was done, to stand alone.
func (r Row) verb() string {
	switch r.Event.Action {
	case "sign_in", "sign_out", "accepted":
		return actionWords[r.Event.Action]
	case "denied":
		return "Tried what the role does not allow"
	case "export":
		return "Exported " + exported(r.Event.Reason)
	}
	return capital(r.Event.Verb())
}

func capital(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + words[size:]
}

// exported is what an export was of, in a person's words.
func exported(reason string) string {
	file, filter, _ := strings.Cut(reason, "?")
	what := map[string]string{"audit.ndjson": "the log as NDJSON", "audit.csv": "the log as CSV", "evidence.zip": "an evidence pack"}[file]
	if what == "" {
		return "the log"
	}
	if filter != "" {
		what += ", filtered"
	}
	return what
}

// detail is what the audit log's reason says where these are not a person's words: a route, or an export's address.
func (r Row) detail() string {
	if r.Event.Action == "denied" || r.Event.Action == "export" {
		said, _ := connector.First(r.Event.Reason, 300) // an address may be long
		return said
	}
	return ""
}

func (r Row) icon() string {
	switch r.Event.Action {
	case "edit", "bulk_edit":
		return "pencil"
	case "sync":
		return "refresh"
	case "revert":
		return "arrow-back-up"
	case "observed":
		return "eye-check"
	case "sign_in":
		return "login"
	case "sign_out":
		return "logout"
	case "denied":
		return "ban"
	case "export":
		return "download"
	case "proposal", "approval", "rejection":
		return "git-pull-request"
	case "accepted":
		return "shield-check"
	case "resolved":
		return "zoom-question"
	case "claim", "claim_end":
		return "user-check"
	case "note":
		return "message"
	case "acknowledged":
		return "check"
	}
	return r.Event.Icon()
}

// follows says whether the row tells the outcome of an entry rather than the entry itself.
func (r Row) follows() bool { return r.Line != r.Event.Seq }

func (r Row) openID() string { return "open-" + strconv.FormatInt(r.Line, 10) }

// said is the row with the outcome that its line tells, and not what is known today.
func (r Row) said() changes.Event {
	told := r.Event
	if r.Said != "" && r.Today != "" {
		told.Outcome, told.End = r.Said, changes.SyncEnd{}
	}
	return told
}

// intent says whether the row stands for the line before the request, of a change that has an outcome by now.
func (r Row) intent() bool { return r.Said == changes.Pending && r.Today != "" }

// today is the outcome of the change today, in a word.
func (r Row) today() string {
	later := r.Event
	later.Outcome = r.Today
	return "now: " + strings.ToLower(later.Result())
}

// shownFields are how many of an entry's fields its row shows.
const shownFields = 3

// moreFields says how many fields the row leaves to the entry's page.
func (r Row) moreFields() string {
	return components.Count(len(r.Event.Fields)-shownFields, "more field", "more fields")
}
