package audit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// How the stream follows the audit log.
const (
	// streamEvery is how often it is looked whether lines were committed.
	streamEvery = 200 * time.Millisecond
	// streamAgain is when a write that failed is tried again.
	streamAgain = 5 * time.Second
	// streamEnds is how long the last lines may take at the end of the program.
	streamEnds = 2 * time.Second
	// expectedAtMost bounds the lines that are remembered as ours while nothing can be written; beyond it all lines up to the
	// last of them are sent, whichever program committed them.
	expectedAtMost = 20_000
)

// StreamOptions say where a stream leads.
type StreamOptions struct {
	AuditLog *Log
	// File is appended to, made with mode 0600, opened anew at each start; "stdout" is Stdout.
	File   string
	Stdout io.Writer
	// Position is the file that keeps how far the stream has come. Of several programs that share it, all but the first use one
	// of the names with .2, .3 and so on at their end.
	Position string
	Log      *slog.Logger
}

// Stream writes each line that this program commits, in order, as exports write it. After a crash it goes on where it stopped:
// a line may come twice, and lines that other replicas committed meanwhile come as well. It holds up nobody who appends.
type Stream struct {
	log      *Log
	options  StreamOptions
	failures atomic.Uint64

	mu sync.Mutex
	// expected are lines that this program was about to commit, with their hashes: those that have them in the audit log are
	// ours.
	expected map[int64]string
	// until is the line up to which all are sent.
	until int64

	// What follows belongs to Run.
	place   *streamPosition
	sent    int64  // the last line that was dealt with
	rest    []byte // of what could not be written in one go
	out     io.Writer
	failing bool
}

// NewStream has the audit log's lines streamed from now on, and those after the last one that an earlier run dealt with. The file
// of the position may be missing; then it begins with what this program commits.
func NewStream(ctx context.Context, o StreamOptions) (*Stream, error) {
	size, err := o.AuditLog.Size(ctx)
	if err != nil {
		return nil, err
	}
	s := &Stream{log: o.AuditLog, options: o, expected: map[int64]string{}, sent: size, until: size}
	place, sent, err := openPosition(o.Position)
	switch {
	case err != nil:
		s.failed("the stream's position cannot be kept", err)
	case sent > size: // the database was restored from a backup
		o.Log.Warn("the record has fewer lines than were streamed", "lines", size, "streamed", sent)
	case sent >= 0:
		s.sent = sent
	}
	s.place = place
	s.save()
	o.AuditLog.stream = s
	return s, nil
}

// Failures is how often the stream could not be written.
func (s *Stream) Failures() uint64 { return s.failures.Load() }

// expect tells of a line that is about to be committed. Whether it was, the audit log shows: a number is taken once.
func (s *Stream) expect(seq int64, hash string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected[seq] = hash
	if len(s.expected) > expectedAtMost {
		for seq := range s.expected {
			s.until = max(s.until, seq)
		}
		clear(s.expected)
	}
}

// Run writes until ctx ends, and then what is left, for a moment. A reader who stops reading holds up neither.
func (s *Stream) Run(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.follow(ctx)
	}()
	<-ctx.Done()
	select {
	case <-ended:
	case <-time.After(streamEnds):
		s.options.Log.Error("the stream of the record has not taken its last lines; the next start sends them")
	}
	return nil
}

func (s *Stream) follow(ctx context.Context) {
	tick := time.NewTicker(streamEvery)
	defer tick.Stop()
	var again time.Time
	for {
		if !s.log.now().Before(again) {
			if err := s.pump(ctx); err != nil && ctx.Err() == nil {
				s.failed("the record cannot be streamed", err)
				again = s.log.now().Add(streamAgain)
			}
		}
		select {
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), streamEnds)
			defer cancel()
			if err := s.pump(ending); err != nil {
				s.failed("the record cannot be streamed", err)
			}
			s.close()
			return
		case <-tick.C:
		}
	}
}

// failed tells of the first failure of several, and counts them all.
func (s *Stream) failed(what string, err error) {
	s.failures.Add(1)
	if !s.failing {
		s.options.Log.Error(what, "stream", s.options.File, "error", err.Error())
	}
	s.failing = true
}

// waiting says whether lines may have to be written.
func (s *Stream) waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.expected) > 0 || s.sent < s.until || len(s.rest) > 0
}

// pump writes the lines that were committed since it last did.
func (s *Stream) pump(ctx context.Context) error {
	for s.waiting() {
		if err := s.flush(); err != nil { // what is left comes first
			return err
		}
		size, err := s.log.Size(ctx)
		if err != nil {
			return err
		}
		if s.sent >= size {
			return nil
		}
		found, err := s.log.batch(ctx, condition{}, s.sent, size, firstBatch)
		if err != nil {
			return fmt.Errorf("read the record: %w", err)
		}
		if !found.last {
			size = found.rows[len(found.rows)-1].seq
		}
		s.take(found.rows, size)
		if err := s.flush(); err != nil {
			return err
		}
		s.save()
	}
	return nil
}

// take puts those of the lines that are ours to what has to be written; upTo is the last line that they reach.
func (s *Stream) take(rows []row, upTo int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		if row.seq <= s.until || s.expected[row.seq] == row.hash {
			s.rest = append(s.rest, row.exported()...)
		}
	}
	s.sent = upTo
	for seq := range s.expected {
		if seq <= s.sent {
			delete(s.expected, seq)
		}
	}
}

// save keeps how far the stream has come.
func (s *Stream) save() {
	if s.place == nil {
		return
	}
	if err := s.place.write(s.sent); err != nil {
		s.failed("the stream's position cannot be kept", err)
	}
}

// close gives back what the stream has open, but for the standard output.
func (s *Stream) close() {
	if s.place != nil {
		s.place.file.Close() // each position was written when it was reached
	}
	if file, ok := s.out.(*os.File); ok && s.options.File != toStdout {
		file.Close() // as was each line
	}
}
