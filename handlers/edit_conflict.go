package handlers

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/edit"
)

// conflict shows three sides of each property that somebody else changed too, and lets the person choose. refused is
// Graph's own refusal of the change as one that met another; it is the zero Problem where nothing was sent.
func (h *editPages) conflict(c echo.Context, person *session.Person, sent editForm, result changes.Result, refused problem.Problem) error {
	state := sent.state
	state.Seen = map[string]connector.Value{}
	for _, clash := range result.Merge.Conflicts {
		state.Seen[clash.Name] = clash.Theirs
	}
	// What was decided before stays decided, against the value that was shown then.
	choices := map[string]connector.Side{}
	for name, side := range sent.choices {
		if _, again := state.Seen[name]; !again {
			choices[name] = side
			state.Seen[name] = sent.state.Seen[name]
		}
	}
	now := h.now()
	theirs, late := h.theirs(c, person, result, sent.state.Opened)
	model := edit.Conflict{
		Connector: result.Connector, Shown: sent.state.Shown, Merge: result.Merge, Wanted: sent.wanted, Choices: choices,
		Reason: sent.reason, RequireReason: h.RequireReason, Refused: refused,
		Theirs: theirs, Late: late, Opened: sent.state.Opened, Read: now, Now: now, Hidden: h.carry(person, state),
	}
	return h.send(c, person, page{
		status: http.StatusConflict, quotes: true, title: model.Title(), fragment: edit.ConflictForm(model),
		current: "/connectors", crumbs: crumbs(result.Connector, "Conflict"),
	})
}

// theirs is the change of ours that explains one of the values that clash: it stored the value, or it did something after
// the form was opened; nil where the audit log knows none. late says that it took the place of the value a short while ago:
// Graph answered from a copy that has not caught up, or somebody has put the value back.
func (h *editPages) theirs(c echo.Context, person *session.Person, result changes.Result, opened time.Time) (theirs *changeviews.Event, late bool) {
	for _, event := range h.history(c, person, h.linesOf(c, result.Connector.ID())) {
		for _, clash := range result.Merge.Conflicts {
			i := slices.IndexFunc(event.Fields, func(field connector.FieldChange) bool { return field.Name == clash.Name })
			if i < 0 {
				continue
			}
			field := event.Fields[i]
			gives := field.Gives(clash.Theirs)
			switch {
			case event.Change == "" && gives: // made outside Switchboard
				return nil, false
			case gives && mayHave(event), event.At.After(opened) && stored(event):
				return &event, false
			case stored(event) && connector.Same(field.Name, clash.Theirs, field.Before) && h.now().Sub(event.At) < audit.LagsFor:
				return &event, true
			}
		}
	}
	return nil, false
}

// mayHave says whether the change may be why Graph holds what it asked for, or what was read when it was found out: also one of which a
// read did not tell that, or that somebody has given up.
func mayHave(event changeviews.Event) bool {
	return stored(event) || event.Change != "" && audit.Outcome(event.Outcome) == audit.Superseded
}

// stored says whether Graph holds, or held, what the change asked for.
func stored(event changeviews.Event) bool {
	outcome := audit.Outcome(event.Outcome)
	return event.Change != "" && (outcome == audit.Applied || outcome == audit.AppliedObserved)
}
