package inventory_test

import (
	"context"
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
