package live

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Database carries events between processes that share it, and within one: Notify sends a text with the transaction that commits,
// Listen hears it.
type Database interface {
	Notify(ctx context.Context, tx *sql.Tx, text string) error
	Listen(ctx context.Context, begun func(), heard func(text string)) error
}

// Options are what the room needs.
type Options struct {
	Database Database
	// Refused is called with the person of each event of that kind, which no stream is told.
	Refused func(person string)
	Now     func() time.Time
	Log     *slog.Logger
}

// Bus hands events to streams. It is safe for concurrent use.
type Bus struct {
	Options
	mu       sync.Mutex
	listens  bool
	sessions map[string]map[*Stream]struct{}
	recent   []heard
}

// heard is an event that was told to the streams of that moment.
type heard struct {
	event Event
	at    time.Time
}

// recentFor is how long an event is also told to streams that open after it: a page is drawn before it listens.
const recentFor = 5 * time.Second

// New is the bus. It takes streams while Run listens.
func New(o Options) *Bus { return &Bus{Options: o, sessions: map[string]map[*Stream]struct{}{}} }

// Tell tells of the event once the transaction is committed, and of nothing if it is not. Telling often is cheap: equal events that
// a page has not been sent yet are one.
func (b *Bus) Tell(ctx context.Context, tx *sql.Tx, event Event) error {
	return b.Database.Notify(ctx, tx, event.text())
}

const (
	// MostStreams is how many streams one session may have open here.
	MostStreams = 6
	// pauses between two tries to listen again.
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

var (
	// ErrMost refuses a session's stream beyond MostStreams.
	ErrMost = errors.New("the session has as many streams as it may")
	// ErrDeaf refuses a stream while nothing would be heard for it.
	ErrDeaf = errors.New("the database is not listened to")
)

// Open is a new stream of the session. It has to be closed.
func (b *Bus) Open(session string) (*Stream, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.listens {
		return nil, ErrDeaf
	}
	if len(b.sessions[session]) >= MostStreams {
		return nil, ErrMost
	}
	s := newStream(b, session)
	if b.sessions[session] == nil {
		b.sessions[session] = map[*Stream]struct{}{}
	}
	b.sessions[session][s] = struct{}{}
	b.forgetOld()
	for _, before := range b.recent {
		s.add(before.event)
	}
	return s, nil
}

// Run listens until ctx ends, then returns nil. Whenever something may have been missed, and at the end, all streams are broken
// off: their pages come back, and then ask once for what they show.
func (b *Bus) Run(ctx context.Context) error {
	pause := firstPause
	for {
		err := b.Database.Listen(ctx, func() {
			pause = firstPause
			b.hear(true)
		}, b.heard)
		b.hear(false)
		if ctx.Err() != nil {
			return nil
		}
		b.Log.WarnContext(ctx, "the database is not listened to, so that open pages do not change by themselves", "error", err.Error(), "again_in", pause.String())
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// hear says whether events come in; where none do, all streams end.
func (b *Bus) hear(listens bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listens, b.recent = listens, nil
	if listens {
		return
	}
	for _, streams := range b.sessions {
		for s := range streams {
			s.breakOff()
		}
	}
}

// heard hands an event to every stream. No stream keeps the others waiting.
func (b *Bus) heard(text string) {
	event, err := read(text)
	if err != nil {
		b.Log.Warn("something else than an event was heard", "error", err.Error())
		return
	}
	if event.Kind == Refused {
		b.Refused(event.Person)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgetOld()
	b.recent = append(b.recent, heard{event, b.Now()})
	for _, streams := range b.sessions {
		for s := range streams {
			s.add(event)
		}
	}
}

// forgetOld forgets what new streams are not told any more. The lock is held.
func (b *Bus) forgetOld() {
	from := b.Now().Add(-recentFor)
	old := 0
	for old < len(b.recent) && (b.recent[old].at.Before(from) || len(b.recent)-old >= mostWaiting) {
		old++
	}
	b.recent = slices.Delete(b.recent, 0, old)
}

// close takes a stream out.
func (b *Bus) close(s *Stream) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions[s.session], s)
	if len(b.sessions[s.session]) == 0 {
		delete(b.sessions, s.session)
	}
}

// Streams is how many are open here.
func (b *Bus) Streams() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := 0
	for _, streams := range b.sessions {
		open += len(streams)
	}
	return open
}
