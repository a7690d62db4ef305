package session

import (
	"testing"
	"time"
)

// TestWhatIsTooOldToServeIsLetGoOf: a session holds tokens, which stay in memory no longer than others ask.
func TestWhatIsTooOldToServeIsLetGoOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	c := newCache(func() time.Time { return now })
	put := func(id string) {
		_, turn := c.get(id)
		c.put(&entry{id: id}, turn)
	}
	held := func(id string) bool { e, _ := c.get(id); return e != nil }
	put("first")
	now = now.Add(cacheLife)
	put("second")
	if !held("first") || !held("second") {
		t.Error("what was put a moment ago is not held")
	}
	now = now.Add(time.Millisecond)
	put("third")
	if held("first") || !held("second") || !held("third") {
		t.Error("each is to be served for as long as the cache says")
	}
	now = now.Add(2 * cacheLife)
	put("fourth")
	if c.last("first") != nil || c.last("second") != nil {
		t.Error("what is too old to serve is still in memory")
	}
	c.evict("fourth")
	if held("fourth") || c.last("fourth") != nil {
		t.Error("what was evicted is held")
	}
}
