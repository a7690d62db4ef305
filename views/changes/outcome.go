package changes

import "switchboard/views/components"

// The audit log's words for an outcome.
const (
	Pending         = "pending"
	Applied         = "applied"
	rejected        = "rejected"
	inDoubt         = "in_doubt"
	AppliedObserved = "applied_observed"
	notApplied      = "not_applied"
	superseded      = "superseded"
)

func outcomeTone(outcome string) components.Tone {
	switch outcome {
	case Applied, AppliedObserved:
		return components.Good
	case rejected, notApplied:
		return components.Bad
	case inDoubt, superseded:
		return components.Caution
	case Pending:
		return components.Waiting
	}
	return components.Retired
}

// OutcomeWord is the audit log's word for an outcome as people read it.
func OutcomeWord(outcome string, differs bool) string {
	switch outcome {
	case Applied:
		if differs {
			return "Saved differently"
		}
		return "Saved"
	case rejected:
		return "Refused"
	case inDoubt:
		return "In doubt"
	case Pending:
		return "Being sent"
	case AppliedObserved:
		return "Saved, seen later"
	case notApplied:
		return "Not stored"
	case superseded:
		return "Another value"
	}
	return outcome
}
