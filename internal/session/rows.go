package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"switchboard/internal/seal"
)

// leaseLife outlives a refresh and its commit; when an instance dies meanwhile, another takes over then.
const leaseLife = refreshTimeout + 5*time.Second

// create keeps a new session and removes the one it replaces ("" for none).
func (s *store) create(ctx context.Context, id string, rec *record, replaces string) (*entry, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	rec.Began, rec.Ends = now, now.Add(s.absolute)
	e := &entry{record: *rec, id: id, mark: s.sealSeen(id, now), version: 1}
	e.roles, e.granting = s.roles.of(rec.Claims)
	e.seen.Store(now.UnixMicro())
	sealed, err := s.seal(id, rec)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE id = $1`, replaces); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (id, person, sid, device, created_at, seen_at, ends_at, sealed, seen_mark)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id, rec.person(), rec.SID, rec.Device, now.UnixMicro(), now.UnixMicro(), rec.Ends.UnixMicro(), sealed, e.mark)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep a session: %w", err)
	}
	s.cache.evict(replaces)
	return e, nil
}

func (s *store) seal(id string, rec *record) (string, error) {
	plain, err := json.Marshal(rec)
	if err != nil {
		return "", fmt.Errorf("seal a session: %w", err)
	}
	return s.seals.Seal(seal.Session, id, plain), nil
}

// sessionColumns are what entryOf reads.
const sessionColumns = "id, person, sid, device, created_at, seen_at, ends_at, sealed, seen_mark, version, lease_ends"

// entryOf reads a row of sessions. current says whether it is sealed as it would be now, with the first key. The error is
// seal.ErrSealed if no key opens it: its key was taken out of the list, or somebody altered the row. Of a row that is not
// understood only the id is known, and of one that could not be read nothing, not even an entry.
func (s *store) entryOf(row interface{ Scan(...any) error }) (e *entry, current bool, err error) {
	var began, seen, ends, lease int64
	var person, sid, device, sealed string
	e = &entry{}
	if err := row.Scan(&e.id, &person, &sid, &device, &began, &seen, &ends, &sealed, &e.mark, &e.version, &lease); err != nil {
		return nil, false, err
	}
	current, err = s.open(e, sealed)
	if err == nil && (person != e.person() || e.SID != "" && sid != e.SID) { // else it could be hidden from its person, and from a logout
		err = seal.ErrSealed
	}
	if errors.Is(err, seal.ErrSealed) {
		return e, false, err
	}
	if err != nil {
		return &entry{id: e.id}, false, err
	}
	if e.Ends.IsZero() {
		e.bound(time.UnixMicro(began), time.UnixMicro(ends), device, s.absolute)
		current = false
	} else {
		var marked bool
		if seen, marked, err = s.openSeen(e); err != nil {
			return &entry{id: e.id}, false, err
		}
		current = current && marked
	}
	e.leaseEnd = time.UnixMicro(lease)
	e.seen.Store(seen)
	return e, current, nil
}

// open takes what is sealed into the entry. What was opened before, to the letter, is not opened again: that takes longer than to
// read it.
func (s *store) open(e *entry, sealed string) (current bool, err error) {
	digest := seal.Digest(sealed)
	if last := s.cache.last(e.id); last != nil && last.digest == digest {
		e.record, e.roles, e.granting, e.digest = last.record, last.roles, last.granting, digest
		return true, nil
	}
	plain, current, err := s.seals.Open(seal.Session, e.id, sealed)
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(plain, &e.record); err != nil {
		return false, err
	}
	e.roles, e.granting = s.roles.of(e.Claims)
	if current && !e.Ends.IsZero() {
		e.digest = digest
	}
	return current, nil
}

// bound takes what a session from before these were sealed has in the database's own columns, as far as it can be true: it
// began before its last refresh.
func (e *entry) bound(began, ends time.Time, device string, absolute time.Duration) {
	e.Began, e.Ends, e.Device = began.UTC(), ends.UTC(), device
	if latest := e.RefreshedAt.Add(absolute); e.Ends.After(latest) {
		e.Ends = latest.UTC()
	}
}

// sealSeen is when a session was used last, as the database keeps it.
func (s *store) sealSeen(id string, at time.Time) string {
	return s.seals.Seal(seal.SessionUse, id, strconv.AppendInt(nil, at.UnixMicro(), 10))
}

// openSeen is what sealSeen sealed.
func (s *store) openSeen(e *entry) (micros int64, current bool, err error) {
	plain, current, err := s.seals.Open(seal.SessionUse, e.id, e.mark)
	if err == nil {
		micros, err = strconv.ParseInt(string(plain), 10, 64)
	}
	return micros, current, err
}

// load reads a session from the database; nil if there is none. One that no key opens is none either.
func (s *store) load(ctx context.Context, id string) (*entry, error) {
	e, current, err := s.entryOf(s.db.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE id = $1`, id))
	switch {
	case absent(err):
		return nil, nil
	case errors.Is(err, seal.ErrSealed):
		s.log.WarnContext(ctx, "a session is sealed with none of sessions.keys and counts as ended")
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read a session: %w", err)
	}
	if !current {
		s.reseal(ctx, e)
	}
	return e, nil
}

// reseal moves a session to the first key, so that older keys can be taken out of the list. The version stays: a refresh
// under way must still be able to commit, and whichever comes second sees that it does.
func (s *store) reseal(ctx context.Context, e *entry) {
	sealed, err := s.seal(e.id, &e.record)
	if err == nil {
		err = s.exec(ctx, `UPDATE sessions SET sealed = $1, seen_mark = $2 WHERE id = $3 AND version = $4 AND seen_mark = $5`,
			sealed, s.sealSeen(e.id, e.lastSeen()), e.id, e.version, e.mark)
	}
	if err != nil {
		s.log.WarnContext(ctx, "a session could not be sealed with the first key", "error", err.Error())
	}
}

// lease makes the holder the only one who may ask for new tokens for that version of the session.
func (s *store) lease(ctx context.Context, e *entry, holder string) (bool, error) {
	now := s.now()
	changed, err := s.change(ctx, `UPDATE sessions SET leased_to = $1, lease_ends = $2 WHERE id = $3 AND version = $4 AND lease_ends <= $5`,
		holder, now.Add(leaseLife).UnixMicro(), e.id, e.version, now.UnixMicro())
	return changed == 1, err
}

// nobody is the holder of a commit that needs no lease of its own.
const nobody = ""

// commit puts a changed record in place of the one that was read, and gives the lease back. nobody commits only while no
// lease runs. false: the session was ended, changed or leased meanwhile, and stays as it is.
func (s *store) commit(ctx context.Context, e *entry, rec record, holder string) (*entry, bool, error) {
	sealed, err := s.seal(e.id, &rec)
	if err != nil {
		return nil, false, err
	}
	changed, err := s.change(ctx, `UPDATE sessions SET sealed = $1, person = $2, version = version + 1, leased_to = '', lease_ends = 0
		WHERE id = $3 AND version = $4 AND (leased_to = $5 OR $5 = $6 AND lease_ends <= $7)`,
		sealed, rec.person(), e.id, e.version, holder, nobody, s.now().UnixMicro())
	if err != nil || changed == 0 {
		return nil, false, err
	}
	renewed := &entry{record: rec, id: e.id, mark: e.mark, version: e.version + 1}
	renewed.roles, renewed.granting = s.roles.of(rec.Claims)
	renewed.seen.Store(e.seen.Load())
	s.cache.evict(e.id)
	return renewed, true, nil
}

// endLeased removes a session unless another instance has changed it or has the lease by now, and says whether it did.
func (s *store) endLeased(ctx context.Context, e *entry, holder string) (bool, error) {
	removed, err := s.change(ctx, `DELETE FROM sessions WHERE id = $1 AND version = $2 AND leased_to = $3`, e.id, e.version, holder)
	s.cache.evict(e.id)
	return removed == 1, err
}

// end removes a session; that it was gone already is no error.
func (s *store) end(ctx context.Context, id string) error {
	err := s.exec(ctx, `DELETE FROM sessions WHERE id = $1`, id)
	s.cache.evict(id)
	return err
}

// recentlyExpiredLife is how long the row of a session that came to its end is kept: long enough to know whose form arrives too
// late. It signs nobody in.
const recentlyExpiredLife = 15 * time.Minute

// sweep removes the sessions that came to their end a while ago.
func (s *store) sweep(ctx context.Context) error {
	s.cache.sweep()
	s.uses.sweep(s.now().Add(-time.Hour))
	since := s.now().Add(-recentlyExpiredLife)
	return s.exec(ctx, `DELETE FROM sessions WHERE ends_at <= $1 OR seen_at <= $2`, since.UnixMicro(), since.Add(-s.idle).UnixMicro())
}
