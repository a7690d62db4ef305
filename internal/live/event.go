// Package live tells open pages that something has changed: which connector, change or run, and never what. A room that commits a
// change tells of it in the same transaction; the bus hands it, once that is committed, to every stream that this process holds
// open, whichever process committed it. What a page then shows it asks for itself, with its own person's rights.
package live

import (
	"encoding/json"
	"fmt"
)

// Kind says what an event is about.
type Kind string

// The kinds: the outcome of a change of a connector, how far a sync has come, a run, and what people leave at a connector.
const (
	Change Kind = "change"
	Sync   Kind = "sync"
	Run    Kind = "run"
	Desk   Kind = "desk"
	// Refused is for instances and no page: Graph has refused a person a read.
	Refused Kind = "refused"
)

// Event says that something has changed. It holds ids only.
type Event struct {
	Kind      Kind   `json:"kind,omitempty"`
	Connector string `json:"connector,omitempty"`
	Change    string `json:"change,omitempty"`
	Run       string `json:"run,omitempty"`
	Person    string `json:"person,omitempty"` // of Refused alone
}

// Data is what an event of that kind brings a page, as JSON in one line.
func (e Event) Data() string {
	e.Kind = ""
	return e.text()
}

func (e Event) text() string {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err) // a struct of texts can be written
	}
	return string(data)
}

// read is the event of a text that some process of the same database has told.
func read(text string) (Event, error) {
	var event Event
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		return Event{}, fmt.Errorf("an event that cannot be read: %w", err)
	}
	return event, nil
}
