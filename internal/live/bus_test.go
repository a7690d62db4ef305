package live_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"switchboard/internal/live"
)

// wire is a database that tells at once what it is told, and breaks when the test says so.
type wire struct {
	heard func(string)
	begun chan struct{}
	lost  chan error
}

func (w *wire) Notify(_ context.Context, _ *sql.Tx, text string) error {
	w.heard(text)
	return nil
}

func (w *wire) Listen(ctx context.Context, begun func(), heard func(string)) error {
	w.heard = heard
	begun()
	w.begun <- struct{}{}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-w.lost:
		return err
	}
}

// running is a bus that listens, with a clock that the test moves.
func running(t *testing.T) (*live.Bus, *wire, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	w := &wire{begun: make(chan struct{}), lost: make(chan error)}
	bus := live.New(live.Options{Database: w, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- bus.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	<-w.begun
	return bus, w, &now
}

func opened(t *testing.T, bus *live.Bus, session string) *live.Stream {
	t.Helper()
	stream, err := bus.Open(session)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stream.Close)
	return stream
}

func tell(t *testing.T, bus *live.Bus, event live.Event) {
	t.Helper()
	if err := bus.Tell(t.Context(), nil, event); err != nil {
		t.Fatal(err)
	}
}

// TestEqualEventsAreOne until they are taken, and each stream has its own.
func TestEqualEventsAreOne(t *testing.T) {
	t.Parallel()
	bus, _, _ := running(t)
	one, other := opened(t, bus, "s"), opened(t, bus, "s")
	for range 3 {
		tell(t, bus, live.Event{Kind: live.Run, Run: "r"})
	}
	tell(t, bus, live.Event{Kind: live.Desk, Connector: "c"})
	for _, stream := range []*live.Stream{one, other} {
		<-stream.Ready()
		if taken := fmt.Sprint(stream.Take()); taken != "[{run   r } {desk c   }]" {
			t.Errorf("taken %s", taken)
		}
	}
	if left := one.Take(); left != nil {
		t.Errorf("left %v", left)
	}
}

// TestAPageThatIsFarBehindIsBrokenOff, and keeps nobody else waiting.
func TestAPageThatIsFarBehindIsBrokenOff(t *testing.T) {
	t.Parallel()
	bus, _, _ := running(t)
	slow, quick := opened(t, bus, "slow"), opened(t, bus, "quick")
	got := 0
	for i := range 300 {
		tell(t, bus, live.Event{Kind: live.Change, Change: fmt.Sprint(i)})
		<-quick.Ready()
		got += len(quick.Take())
	}
	<-slow.Broken()
	if got != 300 {
		t.Errorf("the quick one got %d", got)
	}
	select {
	case <-quick.Broken():
		t.Error("the quick one was broken off as well")
	default:
	}
}

// TestMostStreams: of one session. One that is closed makes room.
func TestMostStreams(t *testing.T) {
	t.Parallel()
	bus, _, _ := running(t)
	var last *live.Stream
	for range live.MostStreams {
		last = opened(t, bus, "s")
	}
	if _, err := bus.Open("s"); !errors.Is(err, live.ErrMost) {
		t.Errorf("one more: %v", err)
	}
	opened(t, bus, "another")
	last.Close()
	opened(t, bus, "s")
}

// TestWhatWasMissed: while nothing is heard there is no stream, and those from before are broken off.
func TestWhatWasMissed(t *testing.T) {
	t.Parallel()
	bus, w, _ := running(t)
	stream := opened(t, bus, "s")
	w.lost <- errors.New("the server went away")
	<-stream.Broken()
	if _, err := bus.Open("s"); !errors.Is(err, live.ErrDeaf) {
		t.Errorf("a stream meanwhile: %v", err)
	}
	<-w.begun
	opened(t, bus, "s")
}

// TestAPageIsDrawnBeforeItListens: what was told in between it hears as well.
func TestAPageIsDrawnBeforeItListens(t *testing.T) {
	t.Parallel()
	bus, _, now := running(t)
	tell(t, bus, live.Event{Kind: live.Sync, Connector: "old"})
	*now = now.Add(4 * time.Second)
	tell(t, bus, live.Event{Kind: live.Sync, Connector: "new"})
	*now = now.Add(2 * time.Second)
	if heard := fmt.Sprint(opened(t, bus, "s").Take()); heard != "[{sync new   }]" {
		t.Errorf("heard %s", heard)
	}
}
