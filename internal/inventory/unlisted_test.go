package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// answer has the next list be this.
func (s *site) answer(members string, rows ...string) {
	body := `{` + members + `"value":[` + strings.Join(rows, ",") + `]}`
	s.tenant.Faults.Next(list, faults.Status(200, "application/json", body))
}

// wire is a connector as Graph sends it.
func wire(t *testing.T, c connector.Connector) string {
	t.Helper()
	text, err := json.Marshal(c)
	check(t, err)
	return string(text)
}

// listed reads the list, and returns the ids that it lacks.
func (s *site) listed(who reader) (inventory.Listing, []string) {
	s.t.Helper()
	listing, err := s.List(context.Background(), who)
	check(s.t, err)
	var lacking []string
	for _, one := range listing.Unlisted {
		lacking = append(lacking, one.ID())
	}
	s.clock.pass(time.Second)
	return listing, lacking
}

func TestAListNamesWhatItLacksSinceThisSessionReadIt(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom, ruth := s.signIn("tom"), s.signIn("ruth")
	whole, lacking := s.listed(tom)
	equal(t, "what the first list lacks", len(lacking), 0)
	one := wire(t, whole.Connectors[0])
	var others []string
	for _, c := range whole.Connectors[1:] {
		others = append(others, c.ID())
	}

	s.answer(fmt.Sprintf(`"@odata.count":%d,`, len(whole.Connectors)), strings.Replace(one, whole.Connectors[0].ID(), strings.ToUpper(whole.Connectors[0].ID()), 1))
	short, lacking := s.listed(tom)
	equal(t, "what Graph says", short.Said, len(whole.Connectors))
	if !slices.Equal(lacking, others) {
		t.Errorf("the short list lacks %q, want %q", lacking, others)
	}
	s.answer("", one)
	if _, lacking = s.listed(tom); !slices.Equal(lacking, others) {
		t.Errorf("the short list read once more lacks %q, want %q", lacking, others)
	}
	kept, _ := s.Recent(tom, time.Minute)
	equal(t, "what the list that is kept lacks", len(kept.Unlisted), len(others))
	s.answer("", one)
	_, lacking = s.listed(ruth)
	equal(t, "what it lacks for somebody who never saw more", len(lacking), 0)
	_, lacking = s.listed(tom)
	equal(t, "what the whole list lacks", len(lacking), 0)
}

// TestWhatGraphItselfDoesNotKnowIsNotMissed: a connector whose own read was a 404 explains why the list lacks it.
func TestWhatGraphItselfDoesNotKnowIsNotMissed(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom := s.signIn("tom")
	whole, _ := s.listed(tom)
	rest := []string{}
	for _, c := range whole.Connectors {
		if c.ID() != hosted && c.ID() != second {
			rest = append(rest, wire(t, c))
		}
	}
	gone := func(id string) {
		s.tenant.Faults.Next(getOf(id), faults.Answer(graph.NotFound))
		_, err := s.Get(context.Background(), tom, id)
		equal(t, "the read of one that is gone", kindOf(err), problem.NotFound)
	}
	gone(hosted) // before the list is read again
	s.answer("", rest...)
	if _, lacking := s.listed(tom); !slices.Equal(lacking, []string{second}) {
		t.Errorf("the list lacks %q, want %q alone", lacking, second)
	}
	gone(second) // after it
	kept, _ := s.Recent(tom, time.Minute)
	equal(t, "what the list that is kept lacks", len(kept.Unlisted), 0)
	s.answer("", rest...)
	_, lacking := s.listed(tom)
	equal(t, "what the next one lacks", len(lacking), 0)
	s.listed(tom) // it is back
	s.answer("", rest...)
	_, lacking = s.listed(tom)
	equal(t, "what the list lacks once they were back", len(lacking), 2)
}

// TestAnOddRowTakesNoPartInWhatIsCompared: it is no outside change, it is in no sighting, and what was read of the
// connector before is there when it is wanted.
func TestAnOddRowTakesNoPartInWhatIsCompared(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	tom := s.signIn("tom")
	before, _ := s.listed(tom)
	for _, odd := range []string{`{"id":"` + hosted + `","status":2,"serverName":"another"}`, `{"Id":"` + hosted + `","ServerName":"another"}`} {
		rows := []string{odd, `{"id":"never seen","version":7}`, `null`}
		for _, c := range before.Connectors {
			if c.ID() != hosted {
				rows = append(rows, wire(t, c))
			}
		}
		s.answer("", rows...)
		listing, lacking := s.listed(tom)
		equal(t, "connectors", len(listing.Connectors), len(before.Connectors)-1)
		equal(t, "rows that cannot be read", len(listing.Unreadable), 3)
		equal(t, "what the list lacks", len(lacking), 0)
		seen, there, err := s.LastSeen(context.Background(), hosted)
		check(t, err)
		equal(t, "what was seen last", there && seen.Connector.Value(connector.ServerName).Text() != "another", true)
		_, there, err = s.LastSeen(context.Background(), "never seen")
		check(t, err)
		equal(t, "that the odd one was seen", there, false)

		s.tenant.Faults.Next(getOf(hosted), faults.Status(200, "application/json", odd))
		reading, err := s.Get(context.Background(), tom, hosted)
		check(t, err)
		equal(t, "that what was read before is shown", reading.Stale() && reading.At.Equal(before.At), true)
		equal(t, "why", reading.Failure.Title(), "Graph’s answer for this connector cannot be read.")
		s.tenant.Faults.Next(getOf(simulator.ID("s2s-na")), faults.Status(200, "application/json", odd))
		_, err = s.Get(context.Background(), s.signIn("ruth"), simulator.ID("s2s-na"))
		equal(t, "for somebody who never read it", kindOf(err), problem.Unavailable)
	}
	equal(t, "outside changes", len(s.observed()), 0)
}
