package changes_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator/faults"
)

// TestOneFormIsSentOnce sends one form from many tabs and to two replicas at once.
func TestOneFormIsSentOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		rooms := []*changes.Service{s.Service, s.another()}
		for round := range 3 {
			edit := s.edit(hosted, connector.Version, fmt.Sprint("once ", round))
			var all sync.WaitGroup
			var mu sync.Mutex
			sent := map[string]int{}
			for i := range 20 {
				all.Go(func() {
					result, err := rooms[i%2].Save(context.Background(), maya, audit.Origin{}, edit)
					if err != nil || result.State != changes.Recorded {
						t.Errorf("state %v, %v", result.State, err)
					}
					mu.Lock()
					defer mu.Unlock()
					sent[result.Change.ID]++
				})
			}
			all.Wait()
			equal(t, "changes", len(sent), 1)
			equal(t, "PATCH requests", len(s.patches(hosted)), round+1)
			equal(t, "intents", len(s.changesOf(hosted)), round+1)
		}
	})
}

// TestFormSentAgainWhileItIsSent: the second sender is told that nobody knows yet, at once and by any replica.
func TestFormSentAgainWhileItIsSent(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, priya := s.signIn("maya"), s.signIn("priya")
		edit := s.edit(hosted, connector.Version, "slow")
		arrived, go_on := make(chan bool), make(chan bool)
		s.tenant.Faults.Next(patchOf(hosted), faults.Then(func() { arrived <- true; <-go_on }, nil))
		done := make(chan changes.Result)
		go func() {
			result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
			if err != nil {
				t.Error(err)
			}
			done <- result
		}()
		<-arrived
		other := s.another()
		again, err := other.Save(context.Background(), maya, audit.Origin{}, edit)
		check(t, err)
		equal(t, "the outcome while it is sent", again.Change.Outcome, audit.Pending)
		check(t, other.Resolve(context.Background(), priya, audit.Origin{}, hosted))
		equal(t, "the outcome after a look", s.today(again.Change.ID).Outcome, audit.Pending)
		_, err = other.Save(context.Background(), priya, audit.Origin{}, edit)
		equal(t, "the form in another's hands", kindOf(err), problem.BadRequest)
		waits, err := other.Save(context.Background(), priya, audit.Origin{}, s.edit(hosted, connector.ServerName, "x"))
		check(t, err)
		equal(t, "another edit meanwhile", waits.State, changes.Waiting)
		go_on <- true
		first := <-done
		equal(t, "the change", again.Change.ID, first.Change.ID)
		equal(t, "its outcome", first.Change.Outcome, audit.Applied)
		equal(t, "PATCH requests", len(s.patches(hosted)), 1)
	})
}

// TestNothingIsOverwritten has two admins save the same property of one form's values at once, many times.
func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		admins := []visitor{s.signIn("maya"), s.signIn("priya")}
		rooms := []*changes.Service{s.Service, s.another()}
		for round := range 12 {
			edits := []connector.Edit{
				s.edit(hosted, connector.Version, fmt.Sprint("maya's ", round)), s.edit(hosted, connector.Version, fmt.Sprint("priya's ", round)),
			}
			states := make([]changes.State, 2)
			var all sync.WaitGroup
			for i := range edits {
				all.Go(func() {
					for states[i] = changes.Waiting; states[i] == changes.Waiting; { // for the other's, on a busy machine
						result, err := rooms[i].Save(context.Background(), admins[i], audit.Origin{}, edits[i])
						if err != nil {
							t.Error(err)
						}
						states[i] = result.State
					}
				})
			}
			all.Wait()
			winner := 0
			if states[0] != changes.Recorded {
				winner = 1
			}
			equal(t, "the one", states[winner], changes.Recorded)
			equal(t, "the other", states[1-winner], changes.Conflicted)
			equal(t, "what Graph holds", s.holds(hosted, connector.Version), edits[winner].Wanted[connector.Version])
		}
		equal(t, "PATCH requests", len(s.patches(hosted)), 12)
	})
}

// TestEditsOfOtherPropertiesAllArrive: many admins' edits of one connector take turns.
func TestEditsOfOtherPropertiesAllArrive(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		names := []string{connector.Version, connector.ServerName, connector.ExchangeAlias, connector.ExchangeOrganization, connector.ConnectorServerName}
		var all sync.WaitGroup
		for _, name := range names {
			edit := s.edit(hosted, name, "new")
			all.Go(func() {
				result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
				for err == nil && result.State == changes.Waiting { // a slow machine, where others took their turn for 5 s
					result, err = s.Save(context.Background(), maya, audit.Origin{}, edit)
				}
				if err != nil || result.Change.Outcome != audit.Applied {
					t.Errorf("%s: %s, %v", name, result.Change.Outcome, err)
				}
			})
		}
		all.Wait()
		for _, name := range names {
			equal(t, name, s.holds(hosted, name), "new")
		}
		equal(t, "PATCH requests", len(s.patches(hosted)), len(names))
	})
}
