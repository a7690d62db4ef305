package changes_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// old answers a read from a copy of Graph's that has the former text in place of the latter.
func old(former, latter string) faults.Fault {
	return faults.Rewrite(func(answer *faults.Recorded) {
		body := strings.ReplaceAll(answer.Body.String(), `"`+latter+`"`, `"`+former+`"`)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	})
}

// TestOldReadsAreNotStored: after an answer without the object, reads that show only the values from before prove nothing.
func TestOldReadsAreNotStored(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer faults.Fault
		reads  int // how many show the values from before, the one before the PATCH included
		known  bool
	}{
		"all reads after a 204":            {faults.NoContent(), 100, false},
		"all reads after an empty 200":     {faults.Applied(200, "application/json", ""), 100, false},
		"all reads after an answer cut":    {faults.Truncate(), 100, false},
		"two reads after a 204":            {faults.NoContent(), 3, true},
		"no read after a 204":              {faults.NoContent(), 0, true},
		"all reads after the whole object": {nil, 100, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				maya := s.signIn("maya")
				s.set(hosted, connector.ServerName, "EX01")
				if test.answer != nil {
					s.tenant.Faults.Next(patchOf(hosted), test.answer)
				}
				for range test.reads {
					s.tenant.Faults.Next(getOf(hosted), old("EX01", "EX02"))
				}
				result, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
				check(t, err)
				change := s.today(result.Change.ID)
				equal(t, "the outcome", change.Outcome, audit.Applied)
				equal(t, "that the object is known", change.HasReturned, test.known)
				equal(t, "that it was read", change.ReadBack(), test.known && test.answer != nil)
				lines, err := s.record.Of(context.Background(), change.ID)
				check(t, err)
				stored := lines[len(lines)-1].Fields[0].Stored
				equal(t, "that the record knows what is stored", stored != nil, test.known)
				if stored != nil {
					equal(t, "what is stored", *stored, connector.Of("EX02"))
				}
			})
		})
	}
}

// TestACopyMayBeTwoChangesBehind: what it shows then was stored by neither, and nobody else has put it there.
func TestACopyMayBeTwoChangesBehind(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		s.set(hosted, connector.ServerName, "EX01")
		_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
		check(t, err)
		edit := s.edit(hosted, connector.ServerName, "EX03")
		s.tenant.Faults.Next(patchOf(hosted), faults.Then(func() { s.tenant.Faults.Always(getOf(hosted), old("EX01", "EX03")) }, faults.NoContent()))
		result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
		check(t, err)
		change := s.today(result.Change.ID)
		equal(t, "the outcome", change.Outcome, audit.Applied)
		equal(t, "that the object is known", change.HasReturned, false)
		lines, err := s.record.Of(context.Background(), change.ID)
		check(t, err)
		equal(t, "that the record knows what is stored", lines[len(lines)-1].Fields[0].Stored != nil, false)
		other := s.edit(hosted, connector.Version, "2")
		other.Shown = other.Shown.With(map[string]connector.Value{connector.ServerName: connector.Of("EX03")})
		for _, person := range []changes.Person{maya, priya} {
			result, err := s.Preview(context.Background(), person, other)
			check(t, err)
			equal(t, "others", len(result.Merge.Others), 0)
		}
		s.tenant.Faults.Clear(getOf(hosted))
		back := s.edit(hosted, connector.ServerName, "EX01")
		s.tenant.Faults.Next(patchOf(hosted), faults.NoContent())
		result, err = s.Save(context.Background(), maya, audit.Origin{}, back)
		check(t, err)
		equal(t, "that what was asked for is known to be stored, though it was there before", s.today(result.Change.ID).HasReturned, true)
	})
}

// TestOldReadsAreNoOthers: what a copy shows that has not caught up with one's own change was not changed by others,
// whichever of the two reads came from it.
func TestOldReadsAreNoOthers(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya, priya := s.signIn("maya"), s.signIn("priya")
	s.set(hosted, connector.ServerName, "EX01")
	before := s.shown(hosted)
	_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
	check(t, err)
	others := func(person changes.Person, edit connector.Edit) int {
		result, err := s.Preview(context.Background(), person, edit)
		check(t, err)
		return len(result.Merge.Others)
	}
	late := s.edit(hosted, connector.Version, "2")
	late.Shown = before
	equal(t, "others, where the form was filled from an old copy", others(maya, late), 0)
	equal(t, "others, to somebody else", others(priya, late), 1)
	s.tenant.Faults.Next(getOf(hosted), old("EX01", "EX02"))
	equal(t, "others, where the save reads an old copy", others(maya, s.edit(hosted, connector.Version, "2")), 0)
	s.set(hosted, connector.ServerName, "EX03")
	edit := s.edit(hosted, connector.Version, "2")
	edit.Shown = edit.Shown.With(map[string]connector.Value{connector.ServerName: connector.Of("EX02")})
	equal(t, "others, where somebody changed it", others(maya, edit), 1)
}

// TestOnesOwnChangesAreNoOthers: made in another window, in several steps, stored in another form, in doubt for a while, or long ago.
func TestOnesOwnChangesAreNoOthers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya, ctx := s.signIn("maya"), s.signIn("priya"), context.Background()
		s.set(hosted, connector.ServerName, "EX01")
		save := func(asked, stored string) {
			edit := s.edit(hosted, connector.ServerName, asked)
			s.tenant.Faults.Next(patchOf(hosted), faults.Then(func() { s.set(hosted, connector.ServerName, stored) }, faults.Answer(graph.GatewayTimeout)))
			result, err := s.Save(ctx, maya, audit.Origin{}, edit)
			check(t, err)
			s.clock.pass(2 * time.Second)
			check(t, s.Resolve(ctx, priya, audit.Origin{}, hosted))
			equal(t, "the outcome", s.today(result.Change.ID).Outcome, audit.Superseded)
			s.clock.pass(11 * time.Minute)
		}
		opened := s.edit(hosted, connector.Version, "2")
		save(" EX02 ", "EX02")
		save(" EX03 ", "EX03")
		for person, want := range map[visitor]int{maya: 0, priya: 1} {
			result, err := s.Preview(ctx, person, opened)
			check(t, err)
			equal(t, "others", len(result.Merge.Others), want)
		}
		s.set(hosted, connector.ServerName, "EX04")
		result, err := s.Preview(ctx, maya, opened)
		check(t, err)
		equal(t, "others, where somebody else came after", len(result.Merge.Others), 1)
	})
}

// refused is Graph's answer to a change that it does not take.
func refused() faults.Fault {
	return faults.Status(400, "application/json", `{"error":{"code":"BadRequest"}}`)
}

// others are what the person's review of the edit says that others changed.
func (s *site) others(person changes.Person, edit connector.Edit) []connector.Drift {
	s.t.Helper()
	result, err := s.Preview(context.Background(), person, edit)
	check(s.t, err)
	return result.Merge.Others
}

// TestOnesOwnChangeEndsWithTheNext: what somebody else's change replaced is not why the property holds that value again.
func TestOnesOwnChangeEndsWithTheNext(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		s.set(hosted, connector.ServerName, "EX01")
		save := func(person visitor, asked string) {
			_, err := s.Save(context.Background(), person, audit.Origin{}, s.edit(hosted, connector.ServerName, asked))
			check(t, err)
			s.clock.pass(11 * time.Minute)
		}
		save(maya, "EX02")
		save(priya, "EX01")
		edit := s.edit(hosted, connector.Version, "2")
		s.set(hosted, connector.ServerName, "EX02")
		equal(t, "others, after somebody else's change", len(s.others(maya, edit)), 1)
		s.set(hosted, connector.ServerName, "EX01")
		save(maya, "EX03")
		edit = s.edit(hosted, connector.Version, "2")
		edit.Shown = edit.Shown.With(map[string]connector.Value{connector.ServerName: connector.Of("EX01")})
		s.set(hosted, connector.ServerName, "EX02")
		equal(t, "others, after a change of one's own to something else", len(s.others(maya, edit)), 1)
		s.set(hosted, connector.ServerName, "EX03")
		equal(t, "others, after a change of one's own to that", len(s.others(maya, edit)), 0)
	})
}

// TestWhatChangedNothingHidesNoOwnChange: one that was refused, not applied or given up, whoever asked for it.
func TestWhatChangedNothingHidesNoOwnChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault faults.Fault
		end   func(*site, visitor, string)
		want  audit.Outcome
	}{
		"refused": {refused(), func(*site, visitor, string) {}, audit.Rejected},
		"not applied": {faults.Reset(), func(s *site, p visitor, _ string) {
			check(s.t, s.Resolve(context.Background(), p, audit.Origin{}, hosted))
			s.clock.pass(2 * settle)
			check(s.t, s.Resolve(context.Background(), p, audit.Origin{}, hosted))
		}, audit.NotApplied},
		"given up": {faults.Reset(), func(s *site, p visitor, id string) {
			_, err := s.Close(context.Background(), p, audit.Origin{}, id, "it never came")
			check(s.t, err)
		}, audit.Superseded},
		"overtaken in something else": {faults.Reset(), func(s *site, p visitor, _ string) {
			s.set(hosted, connector.Version, "3")
			check(s.t, s.Resolve(context.Background(), p, audit.Origin{}, hosted))
		}, audit.Superseded},
	} {
		for _, who := range []string{"maya", "priya"} {
			t.Run(name+" of "+who, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.SQLite(t))
				maya, other := s.signIn("maya"), s.signIn(who)
				s.set(hosted, connector.ServerName, "EX01")
				edit := s.edit(hosted, connector.Status, "none")
				_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
				check(t, err)
				s.clock.pass(11 * time.Minute)
				s.tenant.Faults.Next(patchOf(hosted), test.fault)
				result, _ := s.Save(context.Background(), other, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX03", connector.Version, "2"))
				test.end(s, other, result.Change.ID)
				equal(t, "the outcome", s.today(result.Change.ID).Outcome, test.want)
				for _, drift := range s.others(maya, edit) {
					equal(t, "that others changed "+drift.Name, drift.Name != connector.ServerName, true)
				}
			})
		}
	}
}

// TestWhatWasRefusedExplainsNothing: neither what the line of its intent asks for, nor what that line says was there before.
func TestWhatWasRefusedExplainsNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya, ctx := s.signIn("maya"), s.signIn("priya"), context.Background()
		s.set(hosted, connector.ServerName, "EX01")
		s.set(hosted, connector.Status, "disconnected")
		refuse := func(name, asked string) {
			s.tenant.Faults.Next(patchOf(hosted), refused())
			result, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, name, asked))
			equal(t, "the outcome, "+fmt.Sprint(err), result.Change.Outcome, audit.Rejected)
		}
		refuse(connector.ServerName, "EX02")
		edit := s.edit(hosted, connector.Version, "2")
		s.set(hosted, connector.ServerName, "EX02")
		equal(t, "others, where somebody set what was refused", len(s.others(maya, edit)), 1)
		refuse(connector.Status, "connected")
		edit = s.edit(hosted, connector.Version, "2")
		s.set(hosted, connector.Status, "connected")
		s.set(hosted, connector.LastSyncDateTime, graph.Moment(s.clock.Now()))
		for _, person := range []visitor{maya, priya} {
			others := s.others(person, edit)
			somebodys, sync := connector.Apart(others)
			equal(t, "what a sync has set", len(sync), 2)
			equal(t, "what somebody has", len(somebodys), 0)
		}
		s.set(hosted, connector.ServerName, "EX05")
		s.tenant.Faults.Next(patchOf(hosted), faults.Reset())
		result, err := s.Save(ctx, maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX03"))
		check(t, err)
		s.set(hosted, connector.ServerName, "EX01")
		check(t, s.Resolve(ctx, maya, audit.Origin{}, hosted))
		equal(t, "the outcome of one that was overtaken by what was there before the refused one", s.today(result.Change.ID).Outcome, audit.Superseded)
	})
}

// TestAnswersThatLeaveOut: an answer to a write is another witness than a read: what it leaves empty nobody has cleared.
func TestAnswersThatLeaveOut(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	s.set(hosted, connector.ServerName, "EX01")
	s.tenant.Faults.Next(patchOf(hosted), faults.Rewrite(func(answer *faults.Recorded) {
		body := strings.ReplaceAll(answer.Body.String(), `"EX01"`, `null`)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}))
	result, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "2"))
	check(t, err)
	equal(t, "others", len(result.Change.Others), 0)
}

// TestSaveWaitsForACopy that shows what a change of ours replaced, for a moment: the audit log's 'before' is what was there. So it
// does where that was not the latest change, or where the latest was refused.
func TestSaveWaitsForACopy(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*site, visitor){
		"the latest change": func(*site, visitor) {},
		"one before a change of something else": func(s *site, maya visitor) {
			_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "2"))
			check(t, err)
		},
		"one before a change that was refused": func(s *site, maya visitor) {
			s.tenant.Faults.Next(patchOf(hosted), faults.Status(400, "application/json", `{"error":{"code":"BadRequest"}}`))
			result, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX09"))
			equal(t, "the outcome of the one before, "+fmt.Sprint(err), result.Change.Outcome, audit.Rejected)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t), func(o *changes.Options) { o.Sleep = yield })
			maya := s.signIn("maya")
			s.set(hosted, connector.ServerName, "EX01")
			_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
			check(t, err)
			between(s, maya)
			late := s.edit(hosted, connector.ServerName, "EX03")
			late.Shown = late.Shown.With(map[string]connector.Value{connector.ServerName: connector.Of("EX01")})
			s.tenant.Faults.Next(getOf(hosted), old("EX01", "EX02"), old("EX01", "EX02"))
			result, err := s.Save(context.Background(), maya, audit.Origin{}, late)
			check(t, err)
			equal(t, "a form that shows an old copy, as a save is that reads one at first", result.State, changes.Conflicted)
			for range 10 {
				s.tenant.Faults.Next(getOf(hosted), old("EX01", "EX02"))
			}
			result, err = s.Save(context.Background(), maya, audit.Origin{}, late)
			check(t, err)
			equal(t, "where the copy never catches up", result.Change.Outcome, audit.Applied)
		})
	}
}

// TestOldReadsSettleNoDoubt: a copy that lags behind the change before the one in doubt, too.
func TestOldReadsSettleNoDoubt(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	s.set(hosted, connector.ServerName, "EX01")
	_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX02"))
	check(t, err)
	s.tenant.Faults.Next(patchOf(hosted), faults.LoseAnswer())
	result, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.ServerName, "EX03"))
	check(t, err)
	s.clock.pass(time.Minute)
	s.tenant.Faults.Next(getOf(hosted), old("EX01", "EX03"))
	check(t, s.Resolve(context.Background(), maya, audit.Origin{}, hosted))
	equal(t, "the outcome after an old copy", s.today(result.Change.ID).Outcome, audit.InDoubt)
	check(t, s.Resolve(context.Background(), maya, audit.Origin{}, hosted))
	equal(t, "the outcome after a copy that has caught up", s.today(result.Change.ID).Outcome, audit.AppliedObserved)
}
