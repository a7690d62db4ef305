package handlers

import (
	"net/url"
	"slices"
	"strings"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// choicePrefix begins the field that says which side of a conflict somebody chose.
const choicePrefix = "choice."

// editForm is the edit form as it was sent, whichever page showed it.
type editForm struct {
	state   formState
	wanted  map[string]string
	choices map[string]connector.Side
	reason  string
}

func readEditForm(form url.Values, id string) (editForm, error) {
	state, err := openState(form, id)
	if err != nil {
		return editForm{}, err
	}
	read := editForm{state: state, wanted: map[string]string{}, choices: map[string]connector.Side{}}
	for name := range form {
		if err := read.take(name, form.Get(name)); err != nil {
			return editForm{}, err
		}
	}
	return read, nil
}

// take reads one field; one that no form of ours has is refused.
func (f *editForm) take(name, value string) error {
	property, isChoice := strings.CutPrefix(name, choicePrefix)
	switch {
	case name == tokenField, name == stateField:
	case name == reasonField:
		f.reason = strings.ReplaceAll(value, "\r\n", "\n")
	case editable(name):
		f.wanted[name] = value
	case isChoice && editable(property) && slices.Contains([]connector.Side{connector.Theirs, connector.Yours}, connector.Side(value)):
		f.choices[property] = connector.Side(value)
	default:
		return problem.New(problem.BadRequest, "No form of Switchboard has the field "+name+".").
			Saying("Nothing was sent to Graph.").Advising(openAgain)
	}
	return nil
}

// edit is what the form asks for.
func (f editForm) edit() connector.Edit {
	return connector.Edit{
		ID: f.state.ID, Shown: f.state.Shown, Wanted: f.wanted, Choices: f.choices, Seen: f.state.Seen,
		Reason: f.reason, IdempotencyKey: f.state.Once, Reverts: f.state.Reverts,
	}
}
