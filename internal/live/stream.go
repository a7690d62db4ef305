package live

import (
	"slices"
	"sync"
)

// mostWaiting bounds the events that wait for one page. A page that is further behind is broken off, and asks for everything when
// it comes back.
const mostWaiting = 256

// Stream is what one open page hears.
type Stream struct {
	bus     *Bus
	session string
	ready   chan struct{} // holds one where events wait
	broken  chan struct{} // closed

	mu      sync.Mutex
	waiting []Event
	over    bool
}

func newStream(b *Bus, session string) *Stream {
	return &Stream{bus: b, session: session, ready: make(chan struct{}, 1), broken: make(chan struct{})}
}

// Ready has something to receive once events wait.
func (s *Stream) Ready() <-chan struct{} { return s.ready }

// Broken is closed once the stream may lack an event.
func (s *Stream) Broken() <-chan struct{} { return s.broken }

// Take takes the events that wait, each once, the oldest first.
func (s *Stream) Take() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.waiting
	s.waiting = nil
	return taken
}

// Close ends the stream.
func (s *Stream) Close() { s.bus.close(s) }

func (s *Stream) add(event Event) {
	s.mu.Lock()
	full := len(s.waiting) >= mostWaiting
	if !full && !slices.Contains(s.waiting, event) {
		s.waiting = append(s.waiting, event)
	}
	s.mu.Unlock()
	if full {
		s.breakOff()
		return
	}
	select {
	case s.ready <- struct{}{}:
	default: // it knows already
	}
}

func (s *Stream) breakOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = true
		close(s.broken)
	}
}
