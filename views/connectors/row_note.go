package connectors

import (
	"switchboard/internal/connector"
	"switchboard/views/changes"
	"switchboard/views/components"
)

// rowNote is what a property's row says of the change just made.
type rowNote struct {
	class, icon, word string
	was               string
	// beside are the other values that the row names.
	beside []connector.Value
}

// note finds what the receipt, or others' changes, say of a property.
func (m Card) note(property string) rowNote {
	if m.Receipt == nil {
		return rowNote{}
	}
	for _, drift := range m.Receipt.Others {
		if drift.Name == property {
			beside := []connector.Value{drift.Was, drift.Is}
			icon, who := "users", "Changed by others"
			if drift.Sync {
				icon, who = "refresh", "Set by a sync"
			}
			return rowNote{"row-others", icon, who, "was " + shown(drift.Was, beside) + " when the form was opened", beside}
		}
	}
	for _, field := range m.Receipt.Fields {
		if field.Name == property {
			note := receiptNote(*m.Receipt, field, m.Connector.Value(property))
			note.beside = changes.BesideOf(field)
			return note
		}
	}
	return rowNote{}
}

// shown is a value in a sentence about its row.
func shown(value connector.Value, beside []connector.Value) string {
	switch {
	case value.IsNull():
		return "not set"
	case value.IsEmpty():
		return "empty text"
	}
	return components.ShownBeside(value, beside...)
}

// receiptNote is what the row of a changed property says of the change, while it holds what the change stored.
func receiptNote(m changes.Receipt, field connector.FieldChange, holds connector.Value) rowNote {
	beside := changes.BesideOf(field)
	was := "was " + shown(field.Before, beside)
	switch {
	case m.Open():
		return rowNote{class: "row-doubt", icon: "help-hexagon", word: "In doubt", was: "asked for " + shown(field.Requested, beside)}
	case m.Outcome != changes.Applied && m.Outcome != changes.AppliedObserved || field.Stored == nil || !connector.Same(field.Name, *field.Stored, holds):
		return rowNote{}
	case !field.AsAsked():
		return rowNote{class: "row-differs", icon: "arrows-diff", word: "Stored differently", was: was + "; asked for " + shown(field.Requested, beside)}
	case field.Name == connector.ExchangeAlias:
		return rowNote{class: "row-saved", icon: "check", word: "Just saved", was: was + "; the name above follows it"}
	}
	return rowNote{class: "row-saved", icon: "check", word: "Just saved", was: was}
}
