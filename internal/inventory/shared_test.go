package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestListsAreSharedByWhoSeesTheSame: another person's newer read is shown to somebody whose own read of these 15 minutes brought the
// same ids; never to a newcomer, never for longer than a minute, and not once Graph has refused them anything.
func TestListsAreSharedByWhoSeesTheSame(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		between func(s *site, tom reader) // after Tom's own read
		after   time.Duration             // from Maya's read
		want    bool
	}{
		"a minute old":                 {nil, time.Minute, true},
		"older":                        {nil, time.Minute + time.Second, false},
		"his own is 15 minutes old":    {func(s *site, _ reader) { s.clock.pass(15*time.Minute - 2*time.Second) }, 0, true},
		"his own is older":             {func(s *site, _ reader) { s.clock.pass(15 * time.Minute) }, 0, false},
		"Graph lists one less since":   {func(s *site, _ reader) { check(s.t, s.tenant.Graph.Remove(second)) }, 0, false},
		"Graph has refused him one":    {func(s *site, tom reader) { s.refused(tom, graph.RoleForbids) }, 0, false},
		"Graph no longer takes him":    {func(s *site, tom reader) { s.refused(tom, graph.NoIntuneAccess) }, 0, false},
		"Graph does not know what for": {func(s *site, tom reader) { s.refused(tom, graph.NotFound) }, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
			if _, there := s.Shared(tom); there {
				t.Fatal("a newcomer is shown what others have read")
			}
			own, err := s.List(ctx, tom)
			check(t, err)
			s.clock.pass(time.Second)
			if test.between != nil {
				test.between(s, tom)
			}
			s.clock.pass(time.Second)
			hers, err := s.List(ctx, maya)
			check(t, err)
			s.clock.pass(test.after)
			before := len(s.tenant.Requests(list))
			shared, there := s.Shared(tom)
			equal(t, "that it is shared", there, test.want)
			equal(t, "requests for it", len(s.tenant.Requests(list)), before)
			if there {
				equal(t, "when it was read", shared.At, hers.At)
				equal(t, "how many there are", len(shared.Connectors), len(own.Connectors))
			}
			if there && test.after == 0 {
				recent, known := s.Recent(tom, time.Minute)
				equal(t, "that he has it from now on", known && recent.At.Equal(hers.At), true)
			}
		})
	}
}

// refused has Graph refuse somebody's next read of a connector.
func (s *site) refused(who reader, with graph.Problem) {
	s.t.Helper()
	s.tenant.Faults.Always(getOf(hosted), faults.Answer(with))
	if _, err := s.Get(context.Background(), who, hosted); err == nil {
		s.t.Error("the read is not refused")
	}
	s.tenant.Faults.Clear()
	s.clock.pass(time.Second)
}

// TestALoanIsTakenBack: what another person has read is shown for a minute and until Graph refuses somebody a read. From then on a
// session has what it read itself, on pages that ask Graph nothing and while Graph does not answer.
func TestALoanIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]func(s *site, tom reader){
		"Graph has refused him one": func(s *site, tom reader) { s.refused(tom, graph.RoleForbids) },
		"it is over a minute old":   func(s *site, _ reader) { s.clock.pass(time.Minute + time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
			_, err := s.List(ctx, tom)
			check(t, err)
			s.clock.pass(time.Second)
			s.set(second, "serverName", "HERS")
			_, err = s.List(ctx, maya)
			check(t, err)
			if _, there := s.Shared(tom); !there {
				t.Fatal("her list is not shared")
			}
			equal(t, "what he sees", s.serverOf(tom), "HERS")
			over(s, tom)
			s.tenant.Faults.Always(list, faults.Answer(graph.Unavailable.With("0")))
			s.tenant.Faults.Always(getOf(second), faults.Answer(graph.Unavailable.With("0")))
			equal(t, "what he sees then", s.serverOf(tom) != "HERS", true)
			stale, err := s.List(ctx, tom)
			check(t, err)
			one, err := s.Get(ctx, tom, second)
			check(t, err)
			for _, shown := range append(stale.Connectors, one.Connector) {
				if shown.Value("serverName").Text() == "HERS" {
					t.Error("what she has read is shown to him for what he has")
				}
			}
		})
	}
}

// serverOf is the server of the second connector, as somebody's session knows it.
func (s *site) serverOf(who reader) string {
	s.t.Helper()
	recent, _ := s.Recent(who, time.Hour)
	for _, one := range recent.Connectors {
		if one.ID() == second {
			last, _ := s.Last(who, second)
			equal(s.t, "the list and the connector", last.Connector.Equal(one), true)
			return one.Value("serverName").Text()
		}
	}
	return ""
}

// TestHisOwnListCountsThoughItWasSlow: one that ends after another's newer list was lent, and brings other ids, ends the loan.
func TestHisOwnListCountsThoughItWasSlow(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), patience(time.Millisecond))
	maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
	all, err := s.List(ctx, tom)
	check(t, err)
	s.clock.pass(time.Second)
	asked, release := make(chan bool), make(chan bool)
	s.tenant.Faults.Next(list, faults.Rewrite(func(a *faults.Recorded) {
		close(asked)
		<-release
		var page map[string]any
		check(t, json.Unmarshal(a.Body.Bytes(), &page))
		page["value"] = page["value"].([]any)[1:]
		delete(page, "@odata.count")
		a.Body.Reset()
		check(t, json.NewEncoder(&a.Body).Encode(page))
	}))
	_, err = s.List(ctx, tom) // what he has, since the answer takes long
	check(t, err)
	<-asked
	s.clock.pass(time.Second)
	_, err = s.List(ctx, maya)
	check(t, err)
	_, lent := s.Shared(tom)
	equal(t, "that hers is lent meanwhile", lent, true)
	close(release)
	eventually(t, "kept", func() bool {
		recent, _ := s.Recent(tom, time.Minute)
		return len(recent.Connectors) == len(all.Connectors)-1
	})
	_, lent = s.Shared(tom)
	equal(t, "that hers is lent after that", lent, false)
}

// TestPeopleWhoKnowMoreCrowdNobodyOut: a session that knows a connector to be otherwise than its list shares that list all the same.
func TestPeopleWhoKnowMoreCrowdNobodyOut(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
	_, err := s.List(ctx, tom)
	check(t, err)
	s.clock.pass(time.Second)
	_, err = s.List(ctx, maya)
	check(t, err)
	for n := range 20 {
		other := s.signIn("ruth")
		other.session = fmt.Sprint("session ", n)
		_, err := s.List(ctx, other)
		check(t, err)
		s.clock.pass(time.Second)
		s.set(second, "version", fmt.Sprint("v", n))
		_, err = s.Get(ctx, other, second)
		check(t, err)
		recent, _ := s.Recent(other, time.Minute)
		_, newer := recent.Base()
		equal(t, "connectors that are otherwise", len(newer), 1)
		equal(t, "its version", recent.Connectors[newer[0]].Value("version").Text(), fmt.Sprint("v", n))
	}
	_, there := s.Shared(tom)
	equal(t, "that the list is shared", there, true)
}

// TestAListIsRecentFromItsEnd: one that took two minutes to read is not too old when it comes.
func TestAListIsRecentFromItsEnd(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom := s.signIn("tom")
	s.tenant.Faults.Next(list, faults.Rewrite(func(*faults.Recorded) { s.clock.pass(2 * time.Minute) }))
	_, err := s.List(context.Background(), tom)
	check(t, err)
	_, there := s.Recent(tom, time.Minute)
	equal(t, "that it is recent", there, true)
}

// TestNothingIsSharedWhileGraphDoesNotAnswer: who opens a page then learns of that.
func TestNothingIsSharedWhileGraphDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya, tom, ctx := s.signIn("maya"), s.signIn("tom"), context.Background()
	for _, who := range []reader{tom, maya} {
		_, err := s.List(ctx, who)
		check(t, err)
		s.clock.pass(time.Second)
	}
	s.tenant.Faults.Always(getOf(hosted), faults.Answer(graph.Unavailable.With("0")))
	_, err := s.Get(ctx, maya, second)
	check(t, err)
	if _, there := s.Shared(tom); !there {
		t.Fatal("what she has read is not shared with him")
	}
	s.clock.pass(time.Second)
	_, err = s.List(ctx, maya)
	check(t, err)
	failed, err := s.Get(ctx, maya, hosted)
	check(t, err)
	equal(t, "that her read has failed", failed.Stale(), true)
	_, there := s.Shared(tom)
	equal(t, "that her list is shared after that", there, false)
}
