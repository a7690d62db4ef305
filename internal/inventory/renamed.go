package inventory

import (
	"context"
	"sync"
	"time"
)

// renamedFor is how long the names that connectors had are kept in memory: somebody who searches asks for them at every pause
// in the typing. A rename adds no former name that is not among them as today's.
const renamedFor = 10 * time.Second

// renamed are the names of connectors that are or were called in more than one way.
type renamed struct {
	mu    sync.Mutex
	until time.Time
	names map[string][]string
}

// Renamed are the names of the connectors that are or were called in more than one way, by the keys of their ids, today's
// among them. Where the database cannot be asked, they are what it said last.
func (i *Inventory) Renamed(ctx context.Context) map[string][]string {
	if i.watcher == nil {
		return nil
	}
	r := &i.renamed
	r.mu.Lock()
	defer r.mu.Unlock()
	if i.Now().Before(r.until) {
		return r.names
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), i.CompareWithin) // the next letter gives up this request
	defer cancel()
	names, err := i.AuditLog.Renamed(ctx)
	r.until = i.Now().Add(renamedFor)
	if err != nil {
		i.Log.WarnContext(ctx, "the names that connectors had could not be read", "error", err.Error())
		return r.names
	}
	r.names = names
	return names
}
