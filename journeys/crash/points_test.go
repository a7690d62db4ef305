package crash

import (
	"io"
	"net"
	"net/http"
	"time"

	"switchboard/simulator/faults"
)

// point is a moment of a change at which the program is killed.
type point struct {
	name string
	// arm lays the trap for the next save of the connector. strike counts the times this point is struck, for points
	// that are only hit by trying several delays.
	arm func(w *world, id string, strike int)
	// sent says whether a PATCH may have arrived at Graph, intended whether an intent must have been committed.
	sent, intended bool
}

// points are in the order of a save: read, intent, dial, write, answer, outcome.
func points() []point {
	return []point{
		{"before the intent", (*world).atTheRead, false, false},
		{"during the intent", (*world).duringTheIntent, false, false},
		{"around the intent", (*world).aroundTheIntent, true, false},
		{"after the intent", (*world).afterTheIntent, false, true},
		{"after the dial", (*world).afterTheDial, false, true},
		{"after the write, lost on the way", (*world).afterTheWrite, false, true},
		{"after the write, arrived and refused", (*world).afterTheArrival, true, true},
		{"after the write, arrived and applied", (*world).beforeTheAnswer, true, true},
		{"after the answer", (*world).afterTheAnswer, true, true},
		{"during the outcome", (*world).duringTheOutcome, true, true},
		{"after the outcome", (*world).afterTheOutcome, true, true},
	}
}

// delay grows with each strike: 0, 0.3, 0.6 ms and so on, and begins anew after 12.
func delay(strike int) time.Duration { return time.Duration(strike%12) * 300 * time.Microsecond }

// blocked is how long a program that has come to a lock surely waits for it.
const blocked = 30 * time.Millisecond

func (w *world) atTheRead(id string, _ int) {
	w.tenant.Faults.Next(readOf(id), faults.Then(w.program.kill, nil))
}

// duringTheIntent holds the record's lock, so that the intent waits for it.
func (w *world) duringTheIntent(id string, strike int) {
	program := w.program
	w.tenant.Faults.Next(readOf(id), faults.Then(func() {
		release := w.hold()
		time.AfterFunc(blocked+delay(strike), func() {
			program.kill()
			release()
		})
	}, nil))
}

// aroundTheIntent strikes a little after the read was answered.
func (w *world) aroundTheIntent(id string, strike int) {
	w.tenant.Faults.Next(readOf(id), w.thenKill(delay(strike)))
	w.tenant.Faults.Next(patchOf(id), w.watched(pass))
}

func pass(rw http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(rw, r) }

// thenKill lets the answer leave, and strikes after the delay.
func (w *world) thenKill(delay time.Duration) faults.Fault {
	program := w.program
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(rw, r)
		_ = http.NewResponseController(rw).Flush() // the program may be dead
		time.AfterFunc(delay, program.kill)
	}
}

// afterTheIntent refuses dials, so that nothing can be sent when the intent is seen in the database.
func (w *world) afterTheIntent(id string, _ int) {
	w.tenant.Faults.Next(readOf(id), faults.Then(func() {
		w.refuse()
		w.killOnce(id, "pending")
	}, nil))
}

func (w *world) refuse() {
	if err := w.tenant.Refuse(); err != nil {
		w.t.Error(err)
	}
}

// killOnce strikes once the connector has a change with that outcome.
func (w *world) killOnce(id, outcome string) {
	program := w.program
	go func() {
		for {
			select {
			case <-program.dead:
				return
			case <-time.After(100 * time.Microsecond):
			}
			for _, row := range w.rows(id) {
				if row.outcome == outcome {
					program.kill()
					return
				}
			}
		}
	}()
}

// afterTheDial takes Graph's place at its address, accepts and strikes.
func (w *world) afterTheDial(id string, _ int) { w.impersonate(id, func(net.Conn) {}) }

// afterTheWrite takes Graph's place at its address and strikes when the request has been read.
func (w *world) afterTheWrite(id string, _ int) {
	w.impersonate(id, func(conn net.Conn) {
		conn.SetReadDeadline(time.Now().Add(blocked)) // a request is one write
		_, _ = io.Copy(io.Discard, conn)              // until it is all there
	})
}

// impersonate answers dials after the read in the tenant's place.
func (w *world) impersonate(id string, meet func(net.Conn)) {
	program := w.program
	w.tenant.Faults.Next(readOf(id), faults.Then(func() {
		w.refuse()
		listener, err := takeOver(w.tenant.Host())
		if err != nil {
			w.t.Error(err)
			return
		}
		go func() {
			conn, err := listener.Accept()
			listener.Close() // the tenant gets its address back once the program is dead
			if err != nil {
				w.t.Error(err)
				return
			}
			defer conn.Close()
			meet(conn)
			program.kill()
		}()
	}, nil))
}

// takeOver listens at an address that has just been closed. For a moment it may still be open: a process that is being
// started elsewhere in this test holds a copy of every descriptor from its fork to its exec.
func takeOver(address string) (listener net.Listener, err error) {
	for range 200 {
		if listener, err = net.Listen("tcp", address); err == nil {
			return listener, nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil, err
}

func (w *world) afterTheArrival(id string, _ int) {
	w.tenant.Faults.Next(patchOf(id), w.watched(faults.Then(w.program.kill, faults.Reset())))
}

func (w *world) beforeTheAnswer(id string, _ int) {
	w.tenant.Faults.Next(patchOf(id), w.watched(faults.Then(w.program.kill, nil)))
}

func (w *world) afterTheAnswer(id string, strike int) {
	w.tenant.Faults.Next(patchOf(id), w.watched(w.thenKill(delay(strike))))
}

// duringTheOutcome holds the record's lock, so that the outcome waits for it.
func (w *world) duringTheOutcome(id string, strike int) {
	w.tenant.Faults.Next(patchOf(id), w.watched(faults.Then(func() {
		program, release := w.program, w.hold()
		time.AfterFunc(blocked+delay(strike), func() {
			program.kill()
			release()
		})
	}, nil)))
}

func (w *world) afterTheOutcome(id string, _ int) {
	w.killOnce(id, "applied")
	w.tenant.Faults.Next(patchOf(id), w.watched(pass))
}
