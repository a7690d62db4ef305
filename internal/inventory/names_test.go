package inventory_test

import (
	"context"
	"slices"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// called are the ids that the audit log finds by a name.
func (s *site) called(name string) []string {
	s.t.Helper()
	check(s.t, s.FillNames(context.Background()))
	ids, err := s.record.Bearers(context.Background(), name)
	check(s.t, err)
	return ids
}

func (s *site) checkCalled(want map[string][]string) {
	s.t.Helper()
	for name, ids := range want {
		if got := s.called(name); !slices.Equal(got, ids) {
			s.t.Errorf("%q finds %q, want %q", name, got, ids)
		}
	}
}

// bare has neither alias nor server: people call it by the beginning of its id.
func bare(s *site, id string) {
	check(s.t, s.tenant.Graph.Set(id, map[string]*string{connector.ExchangeAlias: nil, connector.ServerName: nil}))
}

// TestWhatWasSeenIsFoundByItsName: of a list and of a single read, by the name that the page composes, and also of one that
// is gone or was renamed since.
func TestWhatWasSeenIsFoundByItsName(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		third := simulator.ID("s2s-na")
		bare(s, third)
		check(t, s.tenant.Graph.Set(second, map[string]*string{connector.ExchangeAlias: nil}))
		s.set(second, connector.ServerName, "uk.example")
		_, err := s.List(context.Background(), s.people[0])
		check(t, err)
		s.checkCalled(map[string][]string{
			"Hosted-NA": {hosted}, "hosted-na · contoso north america": {hosted}, "uk.example": {second}, "uk.example Contoso UK": {second},
			third[:8]: {third}, third[:8] + " · Contoso North America": {third}, third[:7]: nil, "hosted": nil,
		})
		check(t, s.tenant.Graph.Remove(hosted))
		s.set(second, connector.ExchangeAlias, "renamed")
		s.clock.pass(audit.LagsFor)
		_, err = s.replica().List(context.Background(), s.people[1])
		check(t, err)
		s.checkCalled(map[string][]string{"hosted-na": {hosted}, "renamed": {second}, "uk.example": {second}, "renamed · Contoso UK": {second}})
	})
}

// TestRenamedBeforeAnybodyAskedForTheName: the name before is known although nobody looked for a name in between.
func TestRenamedBeforeAnybodyAskedForTheName(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		for _, name := range []string{"one", "two", "three"} {
			s.set(hosted, connector.ExchangeAlias, name)
			s.clock.pass(audit.LagsFor)
			s.get(s.people[0], hosted)
		}
		s.checkCalled(map[string][]string{"hosted-na": nil, "one": {hosted}, "two": {hosted}, "three": {hosted}})
	})
}
