package audit

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// WitnessState is how far a witness has come.
type WitnessState struct {
	Name, Key string
	// Lines is the size of the tree that it cosigned last, At when, by its own clock; zero where it never did.
	Lines int64
	At    time.Time
	// Failing is since when it does not answer as it should, zero while it does; Failure says how.
	Failing time.Time
	Failure string
	// Refused says that it knows another audit log, or a longer one; First is the lowest line that may differ then. Accepted says
	// that the audit log tells of an `audit accept` since the witness cosigned last: the refusal is what that had to bring about.
	Refused, Accepted bool
	First             int64
}

// Broken says whether the audit log is not what the witness cosigned, and nobody has accepted that.
func (s WitnessState) Broken() bool { return s.Refused && !s.Accepted }

// States are how far the witnesses have come, in the configuration's order. What another replica's question brought counts; where
// the database does not tell that, they stand beside the error as this program has seen them.
func (w *Witnesses) States(ctx context.Context) ([]WitnessState, error) {
	states := w.Seen()
	kept, err := w.kept(ctx)
	if err != nil {
		return states, err
	}
	for i, state := range states {
		if one, ok := kept[state.Key]; ok && one.head.size > state.Lines {
			states[i].Lines, states[i].At = one.head.size, one.at
		}
	}
	return states, nil
}

// Seen are the states as this program has seen them, without asking the database.
func (w *Witnesses) Seen() []WitnessState {
	states := make([]WitnessState, len(w.all))
	for i, one := range w.all {
		one.mu.Lock()
		states[i] = one.state
		one.mu.Unlock()
	}
	return states
}

// Extended is nil if the audit log as it stands contains all that its witnesses cosigned, as the database has kept it, or was
// accepted since; else it says what it does not contain, and first is the lowest line that may differ. A database that cannot be
// read is another error, with first 0. Nothing is signed.
func (w *Witnesses) Extended(ctx context.Context) (first int64, err error) {
	kept, err := w.kept(ctx)
	if err != nil || len(kept) == 0 {
		return 0, err
	}
	head := checkpoint{origin: w.log.signer.Name()}
	if head.size, err = w.log.Size(ctx); err != nil {
		return 0, err
	}
	if head.root, err = tlog.TreeHash(head.size, stored(ctx, w.log.db)); err != nil {
		return 0, fmt.Errorf("compute the root of the record's tree: %w", err)
	}
	for _, one := range w.all {
		earlier := kept[one.key]
		ok, err := w.log.extends(ctx, head, earlier.head)
		if err != nil {
			return 0, err
		}
		if !ok && !w.acceptedSince(ctx, earlier.at) {
			refused := differs(head, earlier.head, one.Name())
			return refused.first, refused
		}
	}
	return 0, nil
}

// clocksApart is how far a witness's clock may be ahead of ours.
const clocksApart = 5 * time.Minute

// acceptedSince says whether the audit log was accepted after a witness cosigned it last. What cannot be read counts as no.
func (w *Witnesses) acceptedSince(ctx context.Context, at time.Time) bool {
	var latest int64
	err := w.log.db.QueryRowContext(ctx, "SELECT COALESCE(MAX(recorded_at), 0) FROM audit_entries WHERE action = $1", Accepted).Scan(&latest)
	return err == nil && latest > 0 && time.UnixMicro(latest).After(at.Add(-clocksApart))
}

// refusal says that the audit log is not what a witness cosigned.
type refusal struct {
	first int64
	why   string
}

func (r *refusal) Error() string { return r.why }

// differs is the refusal that follows from what a witness is known to have cosigned.
func differs(head, earlier checkpoint, name string) *refusal {
	if earlier.size > head.size {
		return &refusal{head.size + 1, fmt.Sprintf("%s has cosigned %d lines, and the record has %d: lines were cut off", name, earlier.size, head.size)}
	}
	return &refusal{1, fmt.Sprintf("the first %d lines are not those that %s cosigned: they were rewritten", earlier.size, name)}
}

// unproven is the refusal of a proof from a size that the witness has cosigned. held is what it is known to have cosigned, and
// what the audit log contains.
func unproven(held checkpoint, size int64, name string) *refusal {
	refused := &refusal{1, fmt.Sprintf("%s refuses the proof that the record extends the %d lines that it cosigned: they were rewritten", name, size)}
	if held.size < size {
		refused.first = held.size + 1
	}
	return refused
}
