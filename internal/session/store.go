package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"switchboard/internal/seal"
)

// store keeps sessions in the database behind gorilla's sessions.Store. The cookie holds a secret of 256 bits and
// nothing else; the row's key is its hash, so that neither the database nor a backup of it signs anybody in. gorilla's
// own CookieStore would accept a cookie that is replayed after sign-out.
type store struct {
	db       Database
	seals    *seal.Keys
	cookies  Cookies
	cache    *cache
	roles    Roles
	idle     time.Duration
	absolute time.Duration
	now      func() time.Time
	log      *slog.Logger
	address  func(*http.Request) string
	uses     *uses
}

var _ sessions.Store = (*store)(nil)

func newStore(o Options, cookies Cookies) *store {
	return &store{
		db: o.DB, seals: o.Seals, cookies: cookies, cache: newCache(o.Now), roles: o.Roles,
		idle: o.Idle, absolute: o.Absolute, now: o.Now, log: o.Log, address: o.Address, uses: &uses{at: map[string]time.Time{}},
	}
}

// The keys of a gorilla session's values.
type (
	entryKey           struct{} // *entry: the live session
	recordKey          struct{} // *record: what a sign-in puts there, to be saved as a session of its own
	recentlyExpiredKey struct{} // *entry: the session that has come to its end a short while ago
)

// Get returns the request's session, the same one however often it is asked for.
func (s *store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New looks the cookie's session up. A cookie without a live session gives a new one, as no cookie does; the error is
// the database's.
func (s *store) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.Options, session.IsNew = s.cookies.Options(0), true
	secret := s.cookies.Value(r, name)
	if secret == "" {
		return session, nil
	}
	e, err := s.held(r.Context(), seal.Digest(secret))
	switch {
	case err != nil:
		return session, err
	case e == nil:
	case s.over(e):
		session.Values[recentlyExpiredKey{}] = e
	default:
		if !Passive(r) {
			s.touch(r.Context(), e)
		}
		session.ID, session.IsNew = e.id, false
		session.Values[entryKey{}] = e
	}
	return session, nil
}

// Save ends the session if its MaxAge is negative. If a sign-in has put a record there, it is kept under a new secret in
// place of the session that was: an id known before a sign-in is worth nothing after it. All else is left alone, since
// a live session's record changes only by a refresh.
func (s *store) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		if session.ID != "" {
			if err := s.end(r.Context(), session.ID); err != nil {
				return err
			}
		}
		clear(session.Values)
		s.cookies.Expire(w, session.Name())
		return nil
	}
	rec, signedIn := session.Values[recordKey{}].(*record)
	if !signedIn {
		return nil
	}
	secret := seal.Random()
	rec.Device, rec.Address = device(r), clip(s.address(r))
	e, err := s.create(r.Context(), seal.Digest(secret), rec, session.ID)
	if err != nil {
		return err
	}
	delete(session.Values, recordKey{})
	session.ID, session.IsNew, session.Values[entryKey{}] = e.id, false, e
	http.SetCookie(w, sessions.NewCookie(session.Name(), secret, session.Options))
	return nil
}

// device is what the browser says it is, for the person's own list of sessions.
func device(r *http.Request) string { return clip(r.UserAgent()) }

func (s *store) over(e *entry) bool {
	now := s.now()
	return !now.Before(e.Ends) || !now.Before(e.lastSeen().Add(s.idle))
}

// touch notes that a session is used, at most once a minute. A failure is logged only: a busy database signs nobody out.
func (s *store) touch(ctx context.Context, e *entry) {
	now, seen := s.now(), e.seen.Load()
	s.uses.note(e.id, now)
	if now.Sub(time.UnixMicro(seen)) < min(time.Minute, s.idle/4) || !e.seen.CompareAndSwap(seen, now.UnixMicro()) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := s.exec(ctx, `UPDATE sessions SET seen_at = $1, seen_mark = $2 WHERE id = $3 AND seen_at < $1`, now.UnixMicro(), s.sealSeen(e.id, now), e.id); err != nil {
		s.log.WarnContext(ctx, "the use of a session could not be noted", "error", err.Error())
	}
}

// held is the session from the cache or the database, whether or not it is over.
func (s *store) held(ctx context.Context, id string) (*entry, error) {
	e, turn := s.cache.get(id)
	if e != nil {
		return e, nil
	}
	e, err := s.load(ctx, id)
	if e != nil && err == nil {
		s.cache.put(e, turn)
	}
	return e, err
}

// exec changes something in a transaction of its own.
func (s *store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.change(ctx, query, args...)
	return err
}

// change is exec that says how many rows it changed.
func (s *store) change(ctx context.Context, query string, args ...any) (changed int64, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("change a session: %w", err)
	}
	return changed, nil
}

func absent(err error) bool { return errors.Is(err, sql.ErrNoRows) }
