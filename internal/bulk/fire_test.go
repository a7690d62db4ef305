package bulk_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// slowDown is Graph's 429; wait is its Retry-After, none where it is empty.
func slowDown(wait string) faults.Fault {
	problem := graph.Throttled
	problem.RetryAfter = wait
	return faults.Answer(problem)
}

// TestRunWaitsForGraph: a row that Graph throttles goes back to the queue, nothing of any run is sent until the time is over, and
// then it is a change of its own.
func TestRunWaitsForGraph(t *testing.T) {
	t.Parallel()
	for wait, least := range map[string]time.Duration{"1": time.Second, "": 2 * time.Second} {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			s := open(t, db)
			r, maya, priya := s.replica(), s.signIn("maya"), s.signIn("priya")
			ids := s.ids(6)
			s.tenant.Faults.Next(patchOf(ids[1]), slowDown(wait))
			run, other := r.begin(maya, ids[:3]), r.begin(priya, ids[3:])
			r.work()
			run = r.becomes(run.ID, bulk.Done)
			r.becomes(other.ID, bulk.Done)
			row := r.rows(run.ID)[1]
			equal(t, "the row", row.Outcome, bulk.Applied)
			equal(t, "its PATCHes", len(s.patches(ids[1])), 2)
			equal(t, "changes of it", s.patches(ids[1])[0].Header.Get("client-request-id") != s.patches(ids[1])[1].Header.Get("client-request-id"), true)
			equal(t, "the first", s.lines(run.ID, s.patches(ids[1])[0].Header.Get("client-request-id")), "bulk_edit pending, bulk_edit rejected")
			refused := s.patches(ids[1])[0].Time
			early := 0
			for _, each := range s.patches() {
				if apart := each.Time.Sub(refused); apart > 0 && apart < least {
					early++
				}
			}
			if early > 1 { // the other run's that is on its way while the answer comes cannot know of it
				t.Errorf("%d PATCHes arrive before the %v are over for which Graph asked to wait", early, least)
			}
		})
	}
}

// TestWaitsWithoutEndAreNotBelieved: somebody between asks for three million years, and all runs would stand still for good.
func TestWaitsWithoutEndAreNotBelieved(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(2)
		s.tenant.Faults.Next(patchOf(ids[0]), slowDown("99999999999999"))
		run := r.begin(maya, ids)
		r.work()
		eventually(t, "a run that waits", func() bool { return !r.now(run.ID).WaitsUntil.IsZero() })
		if wait := time.Until(r.now(run.ID).WaitsUntil); wait > 24*time.Hour || wait < 23*time.Hour {
			t.Errorf("it waits for %v", wait)
		}
	})
}

// TestTheLogTellsOfARun: that it begins, where it goes on, what is not sent, that Graph asks to wait, and its end.
func TestTheLogTellsOfARun(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		log := &written{}
		r, maya := s.replica(func(o *bulk.Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) }), s.signIn("maya")
		ids := s.ids(4)
		run := r.begin(maya, ids)
		s.set(ids[0], connector.Version, "somebody else's")
		s.set(ids[1], connector.Version, version(1))
		s.tenant.Faults.Next(patchOf(ids[2]), slowDown("1"))
		r.work()
		r.becomes(run.ID, bulk.Done)
		for _, line := range []string{
			`msg="a run begins" run=` + run.ID,
			`msg="a run goes on here" run=` + run.ID,
			`msg="a row of a run is not sent" run=` + run.ID + ` connector=` + ids[0] + ` outcome=conflict why=""`,
			`msg="a row of a run is not sent" run=` + run.ID + ` connector=` + ids[1] + ` outcome=skipped why=same`,
			`msg="no run sends anything for a while, since Graph asked to slow down" until=`,
			`msg="a run is done" run=` + run.ID,
		} {
			eventually(t, "in the log: "+line, func() bool { return strings.Contains(log.String(), line) })
		}
	})
}

// TestTheLogTellsOfNothingThatWasUndone: a wait or a pause whose transaction is rolled back has no line.
func TestTheLogTellsOfNothingThatWasUndone(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		log, undone := &written{}, make(chan struct{}, 1)
		r, maya := s.replica(func(o *bulk.Options) {
			o.Log = slog.New(slog.NewTextHandler(log, nil))
			o.Tell = func(ctx context.Context, tx *sql.Tx, run string) error {
				var told bool
				const what = `SELECT state = 'paused' OR (SELECT blocked_until FROM bulk_pace) > 0 FROM bulk_runs WHERE id = $1`
				if err := tx.QueryRowContext(ctx, what, run).Scan(&told); err != nil || !told {
					return err
				}
				select {
				case undone <- struct{}{}:
				default:
				}
				return errors.New("nobody can be told")
			}
		}), s.signIn("maya")
		ids := s.ids(1)
		s.tenant.Faults.Always(getOf(ids[0]), slowDown("1"))
		run := r.begin(maya, ids)
		if _, err := r.Pause(context.Background(), maya.Actor(), run.ID); err == nil {
			t.Error("a pause that nobody can be told of is none")
		}
		<-undone
		stop := r.work()
		<-undone
		stop()
		equal(t, "the state", r.now(run.ID).State, bulk.Running)
		equal(t, "that it waits", r.now(run.ID).WaitsUntil.IsZero(), true)
		for _, line := range []string{"a run is paused", "no run sends anything for a while"} {
			equal(t, "in the log: "+line, strings.Contains(log.String(), line), false)
		}
	})
}

// written is what a log has written by now.
type written struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// TestRunGivesUpOnOne: five times in all.
func TestRunGivesUpOnOne(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(3)
		s.tenant.Faults.Always(patchOf(ids[0]), slowDown("0.1"))
		r.work()
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		equal(t, "rejected", run.Counts.Rejected, 1)
		equal(t, "applied", run.Counts.Applied, 2)
		equal(t, "PATCHes", len(s.patches(ids[0])), 5)
		equal(t, "tries", r.rows(run.ID)[0].Tries, 5)
	})
}

// TestRunPausesInAnOutage goes through what happens to Graph in the middle of a run: it pauses at the third row, says why, and goes on
// when it is told to.
func TestRunPausesInAnOutage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		strike, mend func(*site, []string)
		doubts       int
	}{
		"answers are lost": {
			func(s *site, ids []string) {
				for _, id := range ids {
					s.tenant.Faults.Always(patchOf(id), faults.LoseAnswer())
				}
			},
			func(s *site, _ []string) { s.tenant.Faults.Clear() }, 3,
		},
		"nothing can be read": {
			func(s *site, ids []string) {
				for _, id := range ids {
					s.tenant.Faults.Always(getOf(id), faults.Status(http.StatusInternalServerError, "application/json", "{}"))
				}
			},
			func(s *site, _ []string) { s.tenant.Faults.Clear() }, 0,
		},
		"nobody answers": {
			func(s *site, _ []string) { check(s.t, s.tenant.Refuse()) },
			func(s *site, _ []string) { check(s.t, s.tenant.Resume()) }, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				r, maya := s.replica(), s.signIn("maya")
				ids := s.ids(8)
				r.between.set(func(b *between) {
					b.before = func(id string) {
						if id == ids[2] {
							test.strike(s, ids)
						}
					}
				})
				r.work()
				run := r.becomes(r.begin(maya, ids).ID, bulk.Paused)
				equal(t, "why", run.Pause.Why, bulk.Trouble)
				equal(t, "in doubt", run.Counts.InDoubt, test.doubts)
				equal(t, "applied", run.Counts.Applied, 2)
				r.between.set(func(b *between) { b.before = nil })
				test.mend(s, ids)
				_, err := r.Resume(context.Background(), maya.Actor(), run.ID)
				check(t, err)
				run = r.becomes(run.ID, bulk.Done)
				check(t, r.changes.ResolveAll(context.Background(), maya, audit.Origin{}))
				run = r.now(run.ID)
				equal(t, "applied in the end", run.Counts.Applied, 8)
				s.onceEach(ids)
			})
		})
	}
}

// onceEach says that for each connector one PATCH arrived that may have been applied.
func (s *site) onceEach(ids []string) {
	s.t.Helper()
	for _, id := range ids {
		sent := 0
		for _, each := range s.patches(id) {
			if each.Applied || each.Status == 0 {
				sent++
			}
		}
		equal(s.t, "PATCHes that may have been applied", sent, 1)
	}
}

// TestRunPauses goes through what ends a run's right to go on by itself.
func TestRunPauses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		strike func(*site, visitor, string)
		why    bulk.Why
		mend   func(*site)
	}{
		"the session ends": {func(s *site, who visitor, _ string) { s.signOut(who) }, bulk.NoSession, func(s *site) { s.signIn("maya") }},
		"the role is gone": {
			func(s *site, _ visitor, _ string) {
				check(s.t, s.tenant.Directory.Change("maya", func(p *simulator.Person) { p.Roles = []string{"Connector.Auditor"} }))
				s.clock.pass(6 * time.Minute)
			}, bulk.NoRole, nil,
		},
		"Graph forbids": {
			func(s *site, _ visitor, id string) {
				s.tenant.Faults.Next(patchOf(id), faults.Answer(graph.RoleForbids))
			},
			bulk.ByGraph, func(*site) {},
		},
		"Graph forbids to read": {
			func(s *site, _ visitor, id string) { s.tenant.Faults.Next(getOf(id), faults.Answer(graph.RoleForbids)) },
			bulk.NoAccess, func(*site) {},
		},
		"no access to Intune": {
			func(s *site, _ visitor, id string) {
				s.tenant.Faults.Next(patchOf(id), faults.Answer(graph.NoIntuneAccess))
			}, bulk.ByGraph, func(*site) {},
		},
		"the audit log is not what was signed": {
			func(s *site, _ visitor, _ string) { s.forged = true; s.record.Differs(1) }, bulk.BrokenLog, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				r, maya := s.replica(), s.signIn("maya")
				ids := s.ids(4)
				r.between.set(func(b *between) {
					b.before = func(id string) {
						if id == ids[1] {
							r.between.set(func(b *between) { b.before = nil })
							test.strike(s, maya, id)
						}
					}
				})
				run := r.begin(maya, ids)
				r.work()
				run = r.becomes(run.ID, bulk.Paused)
				equal(t, "why", run.Pause.Why, test.why)
				equal(t, "applied", run.Counts.Applied, 1)
				equal(t, "being sent", count(r.rows(run.ID), bulk.Sending), 0)
				if test.mend == nil {
					return
				}
				test.mend(s)
				_, err := r.Resume(context.Background(), maya.Actor(), run.ID)
				check(t, err)
				run = r.becomes(run.ID, bulk.Done)
				equal(t, "applied or refused in the end", run.Counts.Applied+run.Counts.Rejected, 4)
			})
		})
	}
}

// TestAnySessionServes: the run goes on through another session of the same person.
func TestAnySessionServes(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		s.signIn("maya")
		run := r.begin(maya, s.ids(3))
		s.signOut(maya)
		r.work()
		run = r.becomes(run.ID, bulk.Done)
		equal(t, "applied", run.Counts.Applied, 3)
	})
}

// TestRowsFollowTheirChanges: what is found out later is in the counts, whoever finds it out.
func TestRowsFollowTheirChanges(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(), s.signIn("maya")
		ids := s.ids(3)
		s.tenant.Faults.Next(patchOf(ids[0]), faults.LoseAnswer())
		s.tenant.Faults.Next(patchOf(ids[1]), faults.Reset())
		r.work()
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		equal(t, "in doubt", run.Counts.InDoubt, 2)
		s.set(ids[1], connector.Version, "a third")
		tom := s.signIn("tom")
		check(t, r.changes.ResolveAll(context.Background(), tom, audit.Origin{}))
		rows := r.rows(run.ID)
		equal(t, "the first", rows[0].Outcome, bulk.AppliedObserved)
		equal(t, "the second", rows[1].Outcome, bulk.Superseded)
		equal(t, "applied", r.now(run.ID).Counts.Applied, 2)
	})
}

// TestSecondSendingWaitsForItsTurn: where Graph refuses the token, the change is sent once more with another one, as every change is; it
// waits for the pace like any other.
func TestSecondSendingWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		r, maya := s.replica(func(o *bulk.Options) { o.Rate = 1 }), s.signIn("maya")
		ids := s.ids(2)
		s.tenant.Faults.Next(patchOf(ids[0]), faults.Answer(graph.ExpiredToken))
		r.work()
		run := r.becomes(r.begin(maya, ids).ID, bulk.Done)
		equal(t, "applied", run.Counts.Applied, 2)
		equal(t, "PATCHes of the first", len(s.patches(ids[0])), 2)
		equal(t, "its lines", s.lines(run.ID, r.rows(run.ID)[0].Change), "bulk_edit pending, bulk_edit applied")
		s.keepsPace(1)
	})
}
