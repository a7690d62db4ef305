package bulk

import (
	"context"
	"fmt"
	"time"
)

// The pace is one for all runs and replicas. A slot is taken before the row's first read and is free again a second after the answer to
// its PATCH, which arrived at Graph before that: so no more arrive in any second than there are slots, however long one is on its way.

const (
	// coolFor is how long a slot rests after an answer.
	coolFor = time.Second
	// heldFor is how long a slot is held that nobody gives back, since its process died.
	heldFor = leaseLife
)

func blockedUntil(ctx context.Context, q queryer) (time.Time, error) {
	var until int64
	if err := q.QueryRowContext(ctx, `SELECT blocked_until FROM bulk_pace`).Scan(&until); err != nil {
		return time.Time{}, fmt.Errorf("read the pace: %w", err)
	}
	return moment(until), nil
}

// clock is the pace's own: the database's where several processes share one, whose clocks may differ by seconds.
func (s *Service) clock(ctx context.Context, q queryer) (time.Time, error) {
	if s.Database.Local() {
		return s.Now(), nil
	}
	var now int64
	if err := q.QueryRowContext(ctx, `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)`).Scan(&now); err != nil {
		return time.Time{}, fmt.Errorf("read the pace's clock: %w", err)
	}
	return moment(now), nil
}

// blocked is how long nothing may be sent yet because Graph asked to wait; 0 where it did not.
func (s *Service) blocked(ctx context.Context, q queryer) (time.Duration, error) {
	until, err := blockedUntil(ctx, q)
	if err != nil || until.IsZero() {
		return 0, err
	}
	now, err := s.clock(ctx, q)
	return max(until.Sub(now), 0), err
}

// take takes a slot, or says how long to wait before trying again.
func (s *Service) take(ctx context.Context, lease string) (slot int, wait time.Duration, err error) {
	if wait, err = s.blocked(ctx, s.Database); err != nil || wait > 0 {
		return 0, wait, err
	}
	now, err := s.clock(ctx, s.Database)
	if err != nil {
		return 0, 0, err
	}
	var free int64
	err = s.Database.QueryRowContext(ctx, `SELECT slot, free_at FROM bulk_slots WHERE slot <= $1 ORDER BY free_at, slot LIMIT 1`, s.Rate).Scan(&slot, &free)
	if err != nil {
		return 0, 0, fmt.Errorf("read the pace: %w", err)
	}
	if wait := time.UnixMicro(free).Sub(now); wait > 0 {
		return 0, wait, nil
	}
	done, err := s.Database.ExecContext(ctx, `UPDATE bulk_slots SET holder = $1, free_at = $2 WHERE slot = $3 AND free_at = $4`,
		lease, now.Add(heldFor).UnixMicro(), slot, free)
	if err != nil {
		return 0, 0, fmt.Errorf("take a turn: %w", err)
	}
	if taken, err := done.RowsAffected(); err != nil || taken == 0 {
		return 0, 10 * time.Millisecond, err // another was first
	}
	return slot, 0, nil
}

// give gives the lease's slots back; sent says that something may have been sent.
func (s *Service) give(ctx context.Context, lease string, sent bool) error {
	free, err := s.clock(ctx, s.Database)
	if err != nil {
		return err
	}
	if sent {
		free = free.Add(coolFor)
	}
	_, err = s.Database.ExecContext(ctx, `UPDATE bulk_slots SET holder = '', free_at = $1 WHERE holder = $2`, free.UnixMicro(), lease)
	if err != nil {
		return fmt.Errorf("give a turn back: %w", err)
	}
	return nil
}
