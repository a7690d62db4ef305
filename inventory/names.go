package inventory

import (
	"context"
	"slices"
	"time"

	"switchboard/connector"
	"switchboard/problem"
)

// Names are what the connectors with these ids were called when anybody saw them last, those that Graph no longer knows
// included. What nobody ever saw is not among them.
func (i *Inventory) Names(ctx context.Context, ids ...string) (map[string]connector.Name, error) {
	names := map[string]connector.Name{}
	if i.watcher == nil {
		return names, nil
	}
	for chunk := range slices.Chunk(ids, atOnce) {
		args := make([]any, len(chunk))
		for at, id := range chunk {
			args[at] = id
		}
		found, err := i.watcher.find(ctx, args)
		if err != nil {
			return nil, problem.New(problem.Unavailable, "The database does not answer.").After(10 * time.Second).Because(err)
		}
		for id, seen := range found {
			names[id] = seen.Connector.Name()
		}
	}
	return names, nil
}
