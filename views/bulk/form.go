// Package bulk draws the way of a bulk edit: the form, the file, the review row by row, and the run.
package bulk

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// The names of the fields of a bulk edit's forms. A row's tick is connectors.PickPrefix and the connector's id.
const (
	SetPrefix   = "set."
	SyncField   = "syncType"
	MatchField  = "match"
	WhatField   = "what"
	ReviewField = "review"
	// RevertsField is the run that a review puts back.
	RevertsField = "reverts"
	PageField    = "page"
	PassedField  = "passed"
	FileField    = "file"
	// SyncWhat is the value of WhatField that asks for the form of a bulk sync.
	SyncWhat = "sync"
)

// pickPrefix begins the name of a row's tick.
const pickPrefix = "pick."

// Set is the name of a property's tick.
func Set(property string) string { return SetPrefix + property }

// Form asks what shall be changed of the connectors that were picked, or which sync shall be asked for.
type Form struct {
	// IDs are the connectors, Names what the first of them are called.
	IDs   []string
	Names []connector.Name
	// Sync says that the form asks for syncs; SyncType is the one chosen.
	Sync     bool
	SyncType string
	// Ticked are the properties that shall change, Values what was typed.
	Ticked map[string]bool
	Values map[string]string
	Reason string
	// RequireReason says that a run without a reason will be refused.
	RequireReason bool
	// Problem is why the form is shown again, with the fields at fault; its zero value is none.
	Problem problem.Problem
	Token   string
	Now     time.Time
}

// NamesShown is how many of the picked connectors a form names.
const NamesShown = 50

// Title is the page's title.
func (m Form) Title() string {
	if faults := len(m.Problem.Fields()); faults > 0 {
		return components.Count(faults, "error", "errors") + " · " + m.heading()
	}
	if m.Problem.Title() != "" {
		return m.Problem.Title() + " · " + m.heading()
	}
	return m.heading()
}

func (m Form) heading() string {
	count := components.Count(len(m.IDs), "connector", "connectors")
	switch {
	case m.Sync:
		return "Ask for a sync of " + count
	case len(m.IDs) == 1:
		return "Edit " + count
	}
	return "Edit " + count + " together"
}

// kind is the sync that is chosen.
func (m Form) kind() string {
	if m.SyncType == changes.FullSync {
		return changes.FullSync
	}
	return changes.DeltaSync
}

func (m Form) unnamed() int { return len(m.IDs) - len(m.Names) }

func (m Form) fieldError(name string) string { return forms.ErrorOf(m.Problem, name) }

func (m Form) typed(name string) string {
	return connector.FieldText(forms.Clipped(m.Values[name], connector.LongestValue))
}

func grouped(group connector.Group) []connector.Property {
	var properties []connector.Property
	for _, property := range connector.Editable() {
		if property.Group == group {
			properties = append(properties, property)
		}
	}
	return properties
}

// tickID is the id of a property's tick.
func tickID(name string) string { return "set-" + name }

// faultAt is the id of the control that a fault is about.
func faultAt(name string) string {
	if name == SyncField {
		return "kind-" + changes.DeltaSync
	}
	if name == WhatField {
		return tickID(connector.Editable()[0].Name)
	}
	return forms.ControlID(name)
}

// faultLabel is what the list of faults calls a field.
func faultLabel(name string) string {
	switch name {
	case SyncField:
		return "Kind of sync"
	case WhatField:
		return "Properties"
	}
	return forms.LabelOf(name)
}
