package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/forms"
)

// stateField holds what a form carries unseen. It is not "form": a control of that name would hide form.form from scripts.
const stateField = "state"

// formState is what a form carries unseen: what it showed, and its one-time id.
type formState struct {
	// ID is the connector's.
	ID string `json:"id"`
	// Once is spent by the first intent of this form.
	Once string `json:"once"`
	// Shown is what the form showed; Synced is all that a form for a sync carries of it: when it last synced.
	Shown  connector.Connector `json:"shown,omitzero"`
	Synced connector.Value     `json:"synced,omitzero"`
	// Seen is what a conflict page showed as theirs.
	Seen map[string]connector.Value `json:"seen,omitempty"`
	// Reverts is the change that the form takes back.
	Reverts string `json:"reverts,omitempty"`
	// Opened is when the values shown were read.
	Opened time.Time `json:"opened,omitzero"`
}

// carry is what the form's hidden inputs hold: of long values only what they are known by. The one-time id is fresh each time a
// form is shown.
func (p *presenter) carry(person *session.Person, state formState) forms.HiddenFields {
	state.Once, state.Shown, state.Synced = p.newID(), state.Shown.Brief(), state.Synced.Brief()
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

// editable says whether a form may send the property of that name.
func editable(name string) bool {
	return slices.ContainsFunc(connector.Editable(), func(p connector.Property) bool { return p.Name == name })
}
