package connectors

import (
	"switchboard/views/changes"
	"switchboard/views/forms"
)

// Sync is the form that asks Graph for a sync.
type Sync struct {
	ID     string
	Hidden forms.HiddenFields
	// Retired says that nothing is expected to sync any more: the form asks twice.
	Retired bool
	// Type and Reason are what was typed before, where the form is shown again.
	Type, Reason string
	// RequireReason says that an empty reason will be refused.
	RequireReason bool
	// ReasonError is what is wrong with the reason; empty for nothing.
	ReasonError string
}

func (m Sync) kind() string {
	if m.Type == changes.FullSync {
		return changes.FullSync
	}
	return changes.DeltaSync
}

func (m Sync) icon() string {
	if m.Retired {
		return "archive"
	}
	return "refresh"
}

// inPage says whether the question stands in the page: a popover cannot be sent open.
func (m Sync) inPage() bool { return m.ReasonError != "" }
