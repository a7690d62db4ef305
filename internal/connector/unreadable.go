package connector

import "strings"

// Unreadable is an object that Graph sent for a connector and that is none as Graph's metadata describes it. It is shown,
// and nothing is judged or compared by it.
type Unreadable struct {
	// Part holds the properties that could be read, perhaps the id among them; the others are null.
	Part Connector
	// Faults say what is wrong without any value, for instance "status is a number"; there is at least one.
	Faults []string
}

// ID is the connector's key in Graph, empty where it could not be read.
func (u Unreadable) ID() string { return u.Part.ID() }

// Error names the faults, so that an object asked for by itself fails with them.
func (u Unreadable) Error() string { return strings.Join(u.Faults, ", ") }
