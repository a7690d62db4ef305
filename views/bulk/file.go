package bulk

import (
	"time"

	"switchboard/internal/problem"
	"switchboard/views/components"
)

// File asks for a file of connectors that somebody has edited.
type File struct {
	// Ticked are the properties of the service's own that shall be taken from the file.
	Ticked map[string]bool
	// Faults are what is wrong with the file that was sent, More whether there may be others.
	Faults []Fault
	More   bool
	// Problem is why the file could not be looked at; its zero value is none.
	Problem problem.Problem
	Token   string
	// MostBytes and MostRows are what a file may have at most.
	MostBytes, MostRows int
	Now                 time.Time
}

// Fault is what is wrong at one place of a file.
type Fault struct{ Place, Message string }

// Title is the page's title.
func (m File) Title() string {
	switch {
	case len(m.Faults) > 0:
		return components.Count(len(m.Faults), "error", "errors") + " · " + fileHeading
	case m.Problem.Title() != "":
		return m.Problem.Title() + " · " + fileHeading
	}
	return fileHeading
}

const fileHeading = "Edit connectors by a file"

// faulty says how many faults the file has.
func (m File) faulty() string {
	if m.More {
		return "The file has " + components.Count(len(m.Faults), "error", "errors") + " or more. Nothing has been sent."
	}
	return "The file has " + components.Count(len(m.Faults), "error", "errors") + ". Nothing has been sent."
}
