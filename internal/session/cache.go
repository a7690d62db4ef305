package session

import (
	"sync"
	"time"
)

// cacheLife is how long another instance may still serve a session that was ended on this one. Here it ends at once.
const cacheLife = 2 * time.Second

// cache holds sessions for a moment, so that a page with its fragments reads the database once.
type cache struct {
	now func() time.Time

	mu sync.Mutex
	// recent are held since turned; what was held before that is too old, or will be once these are.
	recent, former map[string]cached
	turned         time.Time
	// turn counts evictions. What was read before one is not kept: it may be a session that has just ended.
	turn uint64
}

type cached struct {
	entry *entry
	until time.Time
}

func newCache(now func() time.Time) *cache {
	return &cache{now: now, recent: map[string]cached{}, former: map[string]cached{}, turned: now()}
}

// get is nil if the session is not held, and then the turn to give to put.
func (c *cache) get(id string) (*entry, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.of(id)
	if held.entry == nil || c.now().After(held.until) {
		return nil, c.turn
	}
	return held.entry, c.turn
}

// last is the session as it was held a moment ago, though that may be too old to serve; nil if it was changed or has ended here since.
func (c *cache) last(id string) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of(id).entry
}

func (c *cache) of(id string) cached {
	if held, found := c.recent[id]; found {
		return held
	}
	return c.former[id]
}

// put keeps what was read from the database since that turn.
func (c *cache) put(e *entry, turn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn != c.turn {
		return
	}
	now := c.now()
	if now.Sub(c.turned) > cacheLife {
		c.recent, c.former, c.turned = map[string]cached{}, c.recent, now
	}
	c.recent[e.id] = cached{entry: e, until: now.Add(cacheLife)}
}

// evict forgets sessions that were changed or have ended.
func (c *cache) evict(ids ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	for _, id := range ids {
		delete(c.recent, id)
		delete(c.former, id)
	}
}

// sweep forgets all, for where nobody asks any more.
func (c *cache) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.recent)
	clear(c.former)
}
