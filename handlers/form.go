package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	"switchboard/views/forms"
)

// Names of form fields beside Graph's properties.
const (
	tokenField   = "token"
	stateField   = "state" // not "form": a control of that name would hide form.form from scripts
	reasonField  = connector.Reason
	choicePrefix = "choice."
)

// formState is what a form carries unseen: what it showed, and its one-time id.
type formState struct {
	// ID is the connector's.
	ID string `json:"id"`
	// Once is spent by the first intent of this form.
	Once string `json:"once"`
	// Shown is what the form showed.
	Shown connector.Connector `json:"shown"`
	// Seen is what a conflict page showed as theirs.
	Seen map[string]connector.Value `json:"seen,omitempty"`
	// Reverts is the change that the form takes back.
	Reverts string `json:"reverts,omitempty"`
	// Opened is when the values shown were read.
	Opened time.Time `json:"opened"`
}

// carry is what the form's hidden inputs hold: of long values only what they are known by. The one-time id is fresh each time a
// form is shown.
func (h *Handlers) carry(person *signin.Person, state formState) forms.HiddenFields {
	state.Once, state.Shown = h.NewID(), state.Shown.Brief()
	for name, value := range state.Seen {
		state.Seen[name] = value.Brief()
	}
	text, err := json.Marshal(state)
	if err != nil {
		text = nil // strings, times and maps of them always marshal
	}
	return forms.HiddenFields{Token: person.FormToken(), State: base64.RawURLEncoding.EncodeToString(text)}
}

func openState(form url.Values, id string) (formState, error) {
	var state formState
	text, err := base64.RawURLEncoding.DecodeString(form.Get(stateField))
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&state)
	}
	if err == nil {
		state.Once, err = plainUUID(state.Once)
	}
	if err == nil && state.Reverts != "" {
		state.Reverts, err = plainUUID(state.Reverts)
	}
	if err != nil || !connector.SameID(state.ID, id) {
		return formState{}, problem.New(problem.BadRequest, "A part of this form that the page hides did not arrive.").
			Saying("Nothing was sent to Graph.").Advising(openAgain)
	}
	state.ID = id
	return state, nil
}

// plainUUID is a UUID as it is stored and looked up; a text may spell it in other ways.
func plainUUID(text string) (string, error) {
	id, err := uuid.Parse(text)
	return id.String(), err
}

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

func editable(name string) bool {
	return slices.ContainsFunc(connector.Editable(), func(p connector.Property) bool { return p.Name == name })
}

// edit is what the form asks for.
func (f editForm) edit() connector.Edit {
	return connector.Edit{
		ID: f.state.ID, Shown: f.state.Shown, Wanted: f.wanted, Choices: f.choices, Seen: f.state.Seen,
		Reason: f.reason, Once: f.state.Once, Reverts: f.state.Reverts,
	}
}
