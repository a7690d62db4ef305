package inventory

import (
	"context"
	"time"

	"switchboard/connector"
	"switchboard/problem"
)

// Names are what the connectors with these ids were called when anybody saw them last, by the ids' keys, those that Graph no
// longer knows included. What nobody ever saw is not among them.
func (i *Inventory) Names(ctx context.Context, ids ...string) (map[string]connector.Name, error) {
	if i.watcher == nil {
		return nil, nil
	}
	found, err := i.watcher.sightings(ctx, ids)
	if err != nil {
		return nil, noDatabase(err)
	}
	names := make(map[string]connector.Name, len(found))
	for key, seen := range found {
		names[key] = seen.Connector.Name()
	}
	return names, nil
}

// noDatabase is the problem of a read that needs the database.
func noDatabase(err error) error {
	return problem.New(problem.Unavailable, "The database does not answer.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").After(10 * time.Second).Because(err)
}
