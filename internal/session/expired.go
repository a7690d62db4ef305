package session

import (
	"net/http"
	"time"
)

// PassiveHeader marks a request that a page sends by itself, whatever its value. It may be answered, and it does not
// keep the session alive: only what the person does counts as activity.
const PassiveHeader = "Switchboard-Passive"

// Passive says whether a page sent the request by itself.
func Passive(r *http.Request) bool { return r.Header.Get(PassiveHeader) != "" }

// BePassive has the request count as one that a page makes by itself.
func BePassive(r *http.Request) { r.Header.Set(PassiveHeader, "true") }

// RecentlyExpired is whose session came to its end a short while ago, nil if that is not known. They are not signed in: it is
// good for keeping what their form brought until they are.
func (s *Service) RecentlyExpired(r *http.Request) *Person {
	session, err := s.store.Get(r, s.cookies.Session())
	if err != nil {
		return nil
	}
	e, known := session.Values[recentlyExpiredKey{}].(*entry)
	if !known {
		return nil
	}
	expired := s.person(e)
	if s.now().Sub(expired.IdleEndsAt()) > recentlyExpiredLife {
		return nil
	}
	return expired
}

// IdleEndsAt is when the session ends unless the person does something: its idle time after it was used last, or at its latest end.
func (p *Person) IdleEndsAt() time.Time {
	idle := p.LastSeen().Add(p.service.o.Idle)
	if idle.After(p.entry.Ends) {
		return p.entry.Ends
	}
	return idle
}

// LatestEnd is when the session ends whatever the person does.
func (p *Person) LatestEnd() time.Time { return p.entry.Ends }
