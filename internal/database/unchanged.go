package database

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// version is a word for all that is committed: while it stays the same, every read finds the same.
type version string

// mostUnchanged bounds the answers that are kept, and largestUnchanged, in bytes, each of those that tell their size.
const mostUnchanged, largestUnchanged = 256, 64 << 10

// Sized is an answer that tells about how many bytes it takes. Any other is kept whatever its size, so it has to be small or one of few
// keys.
type Sized interface{ Size() int }

// answers are what was read of one version of the database, by keys.
type answers struct {
	mu      sync.Mutex
	version version
	kept    map[string]any
	// commits counts those of this process.
	commits atomic.Int64
	// snapshots are PostgreSQL's.
	snapshots snapshots
}

// Unchanged is what read returned for that key before, as long as nothing was committed to the database since, by anybody: to ask that
// costs less than most reads. Else it is what read returns now, and who gets it must not change it. The key names all that the
// result depends on beside the database, which leaves out what depends on the time.
func Unchanged[T any](ctx context.Context, db *DB, key string, read func() (T, error)) (T, error) {
	now, err := db.versionOf(ctx)
	if err != nil {
		return read() // which says what is wrong
	}
	if kept, there := db.answers.get(now, key).(T); there {
		return kept, nil
	}
	found, err := read()
	if sized, tells := any(found).(Sized); err == nil && (!tells || sized.Size() <= largestUnchanged) {
		db.answers.keep(now, key, found)
	}
	return found, err
}

// Lately is Unchanged that may miss, on PostgreSQL, what other processes have committed in the last 20 ms: each question there is a
// way to a server. What this process has committed it never misses.
func Lately[T any](ctx context.Context, db *DB, key string, read func() (T, error)) (T, error) {
	if last := db.answers.snapshots.answer.Load(); last != nil && time.Since(last.at) < lately && last.commits == db.answers.commits.Load() {
		if kept, there := db.answers.get(last.version, key).(T); there {
			return kept, nil
		}
	}
	return Unchanged(ctx, db, key, read)
}

const lately = 20 * time.Millisecond

func (a *answers) get(now version, key string) any {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.version != now {
		return nil
	}
	return a.kept[key]
}

// keep keeps an answer that was read once this version was committed, and drops those of others.
func (a *answers) keep(now version, key string, answer any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.version != now || len(a.kept) >= mostUnchanged {
		a.version, a.kept = now, map[string]any{}
	}
	a.kept[key] = answer
}

// Key names a read by its text and what it is asked with: strings, and whole numbers.
func Key(text string, args ...any) string {
	key := make([]byte, 0, len(text)+64)
	key = append(key, text...)
	for _, arg := range args {
		key = append(key, 0)
		switch arg := arg.(type) {
		case string:
			key = append(key, arg...)
		case int:
			key = strconv.AppendInt(key, int64(arg), 10)
		case int64:
			key = strconv.AppendInt(key, arg, 10)
		default:
			key = fmt.Append(key, arg)
		}
	}
	return string(key)
}

// page is what one request knows of the version.
type page struct {
	mu      sync.Mutex
	known   bool
	waited  bool
	version version
	commits int64
	// slowUntil is until when its reads wait little, since one was given up; Unix, in nanoseconds.
	slowUntil atomic.Int64
}

type pageKey struct{}

// Page is the context of one request, whose reads share one answer to whether something was committed. They ask again after a commit of
// this process and, where other processes have the database too, after Anew.
func Page(ctx context.Context) context.Context { return context.WithValue(ctx, pageKey{}, &page{}) }

// Anew has the request's next read ask again: it has waited for something, and is to see what was committed meanwhile.
func Anew(ctx context.Context) {
	if one, there := ctx.Value(pageKey{}).(*page); there {
		one.mu.Lock()
		defer one.mu.Unlock()
		one.waited = true
	}
}

func (db *DB) versionOf(ctx context.Context) (version, error) {
	one, there := ctx.Value(pageKey{}).(*page)
	if !there {
		return db.version()
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	commits := db.answers.commits.Load()
	if one.known && one.commits == commits && (db.Local() || !one.waited) {
		return one.version, nil
	}
	if one.slow() {
		return "", errCrowded
	}
	now, err := db.version()
	one.known, one.waited, one.version, one.commits = err == nil, false, now, commits
	return now, err
}

// version asks the database. PostgreSQL's snapshots are equal where the same transactions have ended and the same go on
// (https://www.postgresql.org/docs/current/functions-info.html); SQLite counts for a connection what others have committed
// (https://sqlite.org/pragma.html#pragma_data_version).
func (db *DB) version() (now version, err error) {
	if !db.Local() {
		return db.answers.snapshots.now(db)
	}
	err = db.pin.Raw(func(conn any) (err error) {
		now, err = answerTo(conn.(driver.QueryerContext))
		return err
	})
	return now, err
}

// snapshots are questions for PostgreSQL's snapshot, one at a time. Those who come while one is on its way, which may be older than
// what they have seen, wait and share the next.
type snapshots struct {
	turn   sync.Mutex
	begun  atomic.Int64
	latest version
	failed error
	answer atomic.Pointer[snapshot]
}

// snapshot is the answer to a question that was begun at that time, after that many commits of this process.
type snapshot struct {
	version version
	at      time.Time
	commits int64
}

// now is a snapshot that was asked for after the call. No caller's end ends the question, which is others' too: it is given up when the
// server says nothing.
func (s *snapshots) now(db *DB) (version, error) {
	begun := s.begun.Load()
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.begun.CompareAndSwap(begun, begun+1) {
		s.ask(db)
	}
	return s.latest, s.failed
}

// snapshotWithin is how long the question may wait for a connection, and for its answer, which no lock holds up.
const snapshotWithin = time.Second

func (s *snapshots) ask(db *DB) {
	one := snapshot{at: time.Now(), commits: db.answers.commits.Load()}
	ctx, cancel := context.WithTimeout(context.Background(), snapshotWithin)
	defer cancel()
	s.failed = db.DB.QueryRowContext(ctx, "SELECT CAST(pg_current_snapshot() AS text)").Scan(&s.latest)
	if one.version = s.latest; s.failed == nil {
		s.answer.Store(&one)
	}
}

// dataVersion asks SQLite whether another connection has committed.
const dataVersion = "PRAGMA data_version"

// answerTo waits for nobody, so that it needs no end of its own: one that can be given up costs more than the question.
func answerTo(conn driver.QueryerContext) (version, error) {
	rows, err := conn.QueryContext(context.Background(), dataVersion, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	answer := make([]driver.Value, 1)
	if err := rows.Next(answer); err != nil {
		return "", err
	}
	return version(strconv.FormatInt(answer[0].(int64), 10)), nil
}
