package audit

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// How often witnesses are asked.
const (
	// witnessEvery is the least time between two questions to one witness.
	witnessEvery = 10 * time.Second
	// lookEvery is how often it is looked whether there are new lines.
	lookEvery = 500 * time.Millisecond
	// answerWithin bounds one question.
	answerWithin = 10 * time.Second
)

// Witness is somebody who cosigns checkpoints and remembers the largest (C2SP tlog-witness).
type Witness struct {
	// Key is the witness's public key: NAME+HASH+BASE64 (C2SP tlog-cosignature).
	Key string
	// URL is what /add-checkpoint stands below, without a slash at the end.
	URL string
}

// WitnessOptions are what Witnesses need.
type WitnessOptions struct {
	AuditLog  *Log
	Witnesses []Witness
	// Refused is told each time that a witness refuses the audit log, unless that was accepted: first is the lowest line that may
	// differ from what it cosigned. It may be nil.
	Refused func(first int64, why error)
	// Every is the least time between two questions to one witness; 0 is 10 s.
	Every time.Duration
	Log   *slog.Logger
}

// Witnesses show each new checkpoint to those who cosign it, so that not even the key and the database together can rewrite
// what they have seen. Several replicas may ask for one audit log: who asks second is told how far the first has come.
type Witnesses struct {
	log     *Log
	all     []*witness
	options WitnessOptions
	http    *http.Client
}

// witness is one of them, with what its last answers were.
type witness struct {
	cosigner
	url string

	mu    sync.Mutex
	state WitnessState
}

// NewWitnesses are the witnesses of the audit log. Its exports hold from now on what they cosigned.
func NewWitnesses(o WitnessOptions) (*Witnesses, error) {
	if o.Every == 0 {
		o.Every = witnessEvery
	}
	w := &Witnesses{log: o.AuditLog, options: o, http: newWitnessClient()}
	for _, one := range o.Witnesses {
		by, err := newCosigner(one.Key)
		if err != nil {
			return nil, err
		}
		w.all = append(w.all, &witness{cosigner: by, url: one.URL, state: WitnessState{Name: by.Name(), Key: by.key}})
	}
	o.AuditLog.witnesses = w
	return w, nil
}

// Run asks each witness at once, and again whenever there are new lines, until ctx ends.
func (w *Witnesses) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, one := range w.all {
		all.Go(func() { w.follow(ctx, one) })
	}
	all.Wait()
	return nil
}

// follow asks one witness: first whether it knows the audit log as it stands, which somebody may have rolled back, then at once
// after new lines. What it did not cosign is tried again, whether or not there are new lines.
func (w *Witnesses) follow(ctx context.Context, one *witness) {
	const never = -1
	done, next, started := int64(never), time.Time{}, false
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		// what cannot be read now is tried at the next tick: the database's failure is told elsewhere
		if size, err := w.log.Size(ctx); err == nil && size != done && !w.log.now().Before(next) {
			cosigned, ok := w.ask(ctx, one)
			if done = cosigned; !ok {
				done = never
			}
			if started || !ok { // new lines do not wait for the first question
				next = w.log.now().Add(w.options.Every)
			}
			started = true
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Ask asks every witness once, and returns when all have answered or failed.
func (w *Witnesses) Ask(ctx context.Context) {
	var all sync.WaitGroup
	for _, one := range w.all {
		all.Go(func() { w.ask(ctx, one) })
	}
	all.Wait()
}

// ask shows a witness the audit log's newest checkpoint, and keeps what it said. cosigned is the size that it cosigned.
func (w *Witnesses) ask(ctx context.Context, one *witness) (cosigned int64, ok bool) {
	got, err := w.cosign(ctx, one)
	if ours := (unreadable{}); ctx.Err() != nil || errors.As(err, &ours) {
		return 0, false
	}
	one.mu.Lock()
	before := one.state
	one.mu.Unlock()
	state := WitnessState{Name: one.Name(), Key: one.key, Lines: got.head.size, At: got.at}
	if state.Lines < before.Lines { // the row of what it cosigned is gone
		state.Lines, state.At = before.Lines, before.At
	}
	if err != nil {
		state.Failing, state.Failure = w.log.now().UTC(), err.Error()
		if !before.Failing.IsZero() {
			state.Failing = before.Failing
		}
	}
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		state.Refused, state.First = true, refused.first
	} else if err != nil && before.Refused { // a witness that was taken away after it refused has not changed its mind
		state.Refused, state.First, state.Failure = true, before.First, before.Failure
	}
	state.Accepted = state.Refused && w.acceptedSince(ctx, state.At)
	one.mu.Lock()
	one.state = state
	one.mu.Unlock()
	w.tell(before, state, err)
	return got.head.size, err == nil
}

// tell says what is new about a witness.
func (w *Witnesses) tell(before, state WitnessState, err error) {
	if state.Broken() && w.options.Refused != nil {
		w.options.Refused(state.First, err)
	}
	log := w.options.Log.With("witness", state.Name, "lines", state.Lines)
	switch {
	case err == nil && before.Failing.IsZero(), err != nil && state.Failure == before.Failure:
	case err == nil:
		log.Info("a witness cosigns again")
	case state.Broken():
		log.Error("a witness refuses the record: it is not what it was", "first", state.First, "error", state.Failure)
	case state.Refused:
		log.Warn("a witness refuses the record as it was accepted: give it the record under a new origin", "error", state.Failure)
	default:
		log.Warn("a witness does not cosign", "error", state.Failure)
	}
}
