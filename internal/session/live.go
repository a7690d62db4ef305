package session

import (
	"context"
	"fmt"

	"switchboard/internal/access"
)

// Lives says whether the person's session has neither ended nor expired, here or anywhere. It does not prolong it.
func (s *Service) Lives(ctx context.Context, p *Person) (bool, error) {
	e, err := s.store.held(ctx, p.entry.id)
	if err != nil {
		return false, DatabaseFailed(err)
	}
	return e != nil && !s.store.over(e), nil
}

// mostLive bounds the sessions of one person that Live returns.
const mostLive = 20

// Live are the sessions of somebody that have not ended, the one used last first, for what is done in their name while
// they do not ask themselves. Using them does not prolong them.
func (s *Service) Live(ctx context.Context, who access.Actor) ([]*Person, error) {
	ids, err := s.liveIDs(ctx, who)
	if err != nil {
		return nil, err
	}
	var people []*Person
	for _, id := range ids {
		e, err := s.store.load(ctx, id)
		if err != nil {
			return nil, DatabaseFailed(err)
		}
		if e != nil && !s.store.over(e) && e.person() == personKey(who.TID, who.OID) { // whatever the row's own column says
			people = append(people, s.person(e))
		}
	}
	return people, nil
}

func (s *Service) liveIDs(ctx context.Context, who access.Actor) ([]string, error) {
	now := s.now()
	rows, err := s.o.DB.QueryContext(ctx, `SELECT id FROM sessions WHERE person = $1 AND ends_at > $2 AND seen_at > $3
		ORDER BY seen_at DESC LIMIT $4`, personKey(who.TID, who.OID), now.UnixMicro(), now.Add(-s.o.Idle).UnixMicro(), mostLive)
	if err != nil {
		return nil, DatabaseFailed(fmt.Errorf("find live sessions: %w", err))
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, DatabaseFailed(fmt.Errorf("find live sessions: %w", err))
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, DatabaseFailed(fmt.Errorf("find live sessions: %w", err))
	}
	return ids, nil
}
