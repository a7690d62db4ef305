package inventory

import (
	"context"
	"fmt"
	"sync"

	"switchboard/internal/connector"
)

// spellings are how ids were spelt when Graph first sent them, by their keys: Graph may spell one otherwise the next time,
// and people may too.
type spellings struct {
	mu    sync.Mutex
	known map[string]string
}

// mostSpellings bounds the memory; beyond it the sightings tell anew.
const mostSpellings = 100_000

// of is how the id was spelt first; ok is false where this process does not know.
func (s *spellings) of(id string) (spelt string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	spelt, ok = s.known[connector.Key(id)]
	return spelt, ok
}

// keep has the id spelt so from now on.
func (s *spellings) keep(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= mostSpellings {
		s.known = map[string]string{}
	}
	s.known[connector.Key(id)] = id
}

// Spelt is the id as Graph sent it first; as it is where nobody has seen it yet.
func (i *Inventory) Spelt(ctx context.Context, id string) string {
	if spelt, ok := i.spellings.of(id); ok {
		return spelt
	}
	i.watcher.recall(ctx, []string{id})
	if spelt, ok := i.spellings.of(id); ok {
		return spelt
	}
	return id
}

// spelt are the connectors with their ids as Graph sent them first, which may be now.
func (i *Inventory) spelt(ctx context.Context, all []connector.Connector) []connector.Connector {
	var unknown []string
	for _, one := range all {
		if _, ok := i.spellings.of(one.ID()); !ok {
			unknown = append(unknown, one.ID())
		}
	}
	i.watcher.recall(ctx, unknown)
	for at, one := range all {
		spelt, ok := i.spellings.of(one.ID())
		if !ok {
			i.spellings.keep(one.ID())
			continue
		}
		all[at] = one.Spelt(spelt)
	}
	return all
}

// recall fetches from the sightings how ids were spelt first.
func (w *watcher) recall(ctx context.Context, ids []string) {
	w.watch(ctx, len(ids), func(ctx context.Context) error {
		query, args := "SELECT connector FROM sightings", []any(nil)
		if len(ids) == 1 {
			query, args = query+" WHERE lower(connector) = lower($1)", []any{ids[0]}
		}
		rows, err := w.Database.QueryContext(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("read how ids are spelt: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return fmt.Errorf("read how ids are spelt: %w", err)
			}
			w.spellings.keep(id)
		}
		return rows.Err()
	})
}
