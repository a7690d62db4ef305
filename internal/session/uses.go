package session

import (
	"sync"
	"time"
)

// uses are when this instance saw sessions used, to the moment; the database knows it to the minute.
type uses struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (u *uses) note(id string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[id] = at
}

func (u *uses) of(id string) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.at[id]
}

// sweep forgets what the database knows by now.
func (u *uses) sweep(before time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, at := range u.at {
		if at.Before(before) {
			delete(u.at, id)
		}
	}
}

// lastUse is when a session was used last, as far as this instance knows.
func (s *store) lastUse(e *entry) time.Time {
	if here := s.uses.of(e.id); here.After(e.lastSeen()) {
		return here
	}
	return e.lastSeen()
}
