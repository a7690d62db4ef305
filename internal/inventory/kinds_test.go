package inventory_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/inventory"
	"switchboard/simulator/faults"
)

// The ways in which Graph's list and its read of one connector may differ for good.
var habits = map[string]struct{ key, to string }{
	"the list says null":        {list, `"serverName":null`},
	"the list leaves it out":    {list, ``},
	"the list says another":     {list, `"serverName":"another"`},
	"the card says null":        {getOf(hosted), `"serverName":null`},
	"the card leaves it out":    {getOf(hosted), ``},
	"both say the same":         {"", ""},
	"the list is for ever late": {list, `"serverName":"EX01"`},
}

var (
	serverName = regexp.MustCompile(`"serverName":("[^"]*"|null)`)
	leftOut    = regexp.MustCompile(`"serverName":("[^"]*"|null),`)
)

// habit has one kind of read show that in place of what is stored.
func (s *site) habit(key, to string) {
	if key == "" {
		return
	}
	s.tenant.Faults.Always(key, faults.Rewrite(func(answer *faults.Recorded) {
		pattern := serverName
		if to == "" {
			pattern = leftOut
		}
		body := pattern.ReplaceAllString(answer.Body.String(), to)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	}))
}

// visits are reads a second apart by two people on two replicas in turn: L of the list, G of the connector, R after a
// restart, 'l' and 'g' within the same second.
func (s *site) visits(steps string) {
	s.t.Helper()
	rooms := []*inventory.Inventory{s.Inventory, s.replica()}
	for n, step := range steps {
		who := s.people[n%2]
		var err error
		s.clock.pass(100 * time.Millisecond)
		switch step {
		case 'L', 'G', 'R':
			s.clock.pass(time.Second)
		}
		switch step {
		case 'L', 'l':
			_, err = rooms[n%2].List(context.Background(), who)
		case 'G', 'g':
			_, err = rooms[n%2].Get(context.Background(), who, hosted)
		case 'R':
			rooms = []*inventory.Inventory{s.replica(), s.replica()}
		}
		check(s.t, err)
	}
}

// TestTwoKindsOfReadAreTwoWitnesses: that the list and the read of one connector differ is no news, in whatever order they
// are read; a change made outside is told once.
func TestTwoKindsOfReadAreTwoWitnesses(t *testing.T) {
	t.Parallel()
	for name, habit := range habits {
		for _, order := range []string{"LGLGLG", "GGLLGGLL", "lglglg", "GRLRGRL"} {
			t.Run(name+", "+order, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.SQLite(t))
				s.set(hosted, connector.ServerName, "EX01")
				s.habit(habit.key, habit.to)
				s.visits(order)
				equal(t, "outside changes", len(s.observed()), 0)
				before := s.clock.Now()
				s.set(hosted, connector.Version, "theirs")
				s.set(hosted, connector.ServerName, "EX02")
				s.visits("LGLGRGGLLG")
				found := s.observed()
				told := map[string]connector.FieldChange{}
				for _, one := range found {
					for _, field := range one.Fields {
						if _, twice := told[field.Name]; twice {
							t.Errorf("%s is told twice: %+v", field.Name, found)
						}
						told[field.Name] = field
					}
					if one.From.After(before) || one.To.Before(before.Truncate(time.Second)) || one.To.After(s.clock.Now()) {
						t.Errorf("told between %v and %v, changed at %v", one.From, one.To, before)
					}
				}
				equal(t, "properties told", len(told), 2)
				equal(t, "before", told[connector.ServerName].Before, connector.Of("EX01"))
				equal(t, "stored", *told[connector.ServerName].Stored, connector.Of("EX02"))
				equal(t, "the other's", *told[connector.Version].Stored, connector.Of("theirs"))
			})
		}
	}
}

// TestWitnesses: which reads tell of a change, and which do not.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, steps string // '!' changes the value outside, '?' changes it back
		want          int
	}{
		"two lists":                            {"LG", "!LL", 1},
		"two cards":                            {"LG", "!GG", 1},
		"one of each":                          {"LG", "!LG", 1},
		"the other way round":                  {"LG", "!GL", 1},
		"all within a second":                  {"LG", "!Llglg", 0},
		"a second later":                       {"LG", "!Llg G", 1},
		"one read":                             {"LG", "!L", 0},
		"it flips back":                        {"LG", "!L?L", 0},
		"it flips back on the other":           {"LG", "!L?G!L?G!G?G", 0},
		"it flips, and then stays":             {"LG", "!G?G!GG", 1},
		"there and back":                       {"LG", "!GG?GG", 2},
		"there and back, and the list is late": {"LG", "!GG?GGLL", 2},
		"the list goes there and back":         {"LG", "!LL?LL", 2},
		"one list from a copy that lags":       {"LG", "!LL?L!LL", 1},
		"the list alone was read before":       {"L", "!GGL", 1},
		"the card alone was read before":       {"G", "!LLG", 1},
		"only the card is read after a list":   {"L", "!GGG", 0},
		"across a restart":                     {"LG", "!LRG", 1},
		"never before":                         {"", "!LGLG", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, databasetest.SQLite(t))
			s.set(hosted, connector.ServerName, "was")
			s.visits(test.before)
			for _, step := range test.steps {
				switch step {
				case '!':
					s.set(hosted, connector.ServerName, "is")
				case '?':
					s.set(hosted, connector.ServerName, "was")
				default:
					s.visits(string(step))
				}
			}
			equal(t, "outside changes", len(s.observed()), test.want)
		})
	}
}

// TestListNeverFollows a change of ours, nor one that was made outside: what it shows is its own habit.
func TestListNeverFollows(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, listNeverFollows)
}

func listNeverFollows(t *testing.T, db *database.DB) {
	s := open(t, db)
	s.set(hosted, connector.ServerName, "EX01")
	s.habit(list, `"serverName":null`)
	s.visits("LGLG")
	s.noted("c", hosted, connector.ServerName, "EX01", "EX02", audit.Pending)
	s.set(hosted, connector.ServerName, "EX02")
	s.noted("c", hosted, connector.ServerName, "EX01", "EX02", audit.Applied)
	s.visits("LGLLGG")
	equal(t, "outside changes after a change of ours", len(s.observed()), 0)
	s.clock.pass(time.Hour)
	s.visits("LGLLGG")
	equal(t, "outside changes an hour later", len(s.observed()), 0)
	s.set(hosted, connector.ServerName, "EX03")
	s.visits("LGLGLLGG")
	s.set(hosted, connector.ServerName, "EX02") // what ours stored, once more
	s.visits("LGLGLLGG")
	found := s.observed()
	equal(t, "outside changes", len(found), 2)
	equal(t, "the first's before", found[1].Fields[0].Before, connector.Of("EX02"))
	equal(t, "the second's before", found[0].Fields[0].Before, connector.Of("EX03"))
	s.tenant.Faults.Clear()
	s.visits("LGLG")
	again := 0
	for _, one := range s.observed() {
		if one.Connector == hosted {
			again++
		}
	}
	equal(t, "outside changes once the list shows it too", again, 2)
}

// TestSightingFromBefore: a row that does not say which kind of read it was.
func TestSightingFromBefore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		habit, change bool
		want          int
	}{
		"nothing changed":     {false, false, 0},
		"the kinds differ":    {true, false, 0},
		"somebody changed it": {false, true, 1},
	} {
		for _, order := range []string{"LGLG", "GGLL"} {
			t.Run(name+", "+order, func(t *testing.T) {
				t.Parallel()
				s := open(t, databasetest.SQLite(t))
				s.set(hosted, connector.ServerName, "EX01")
				s.visits("G")
				_, err := s.db.ExecContext(context.Background(), "UPDATE sightings SET listed = '', single = '', evidence = '', mark = ''")
				check(t, err)
				check(t, s.Prove(context.Background()))
				if test.habit {
					s.habit(list, `"serverName":null`)
				}
				if test.change {
					s.set(hosted, connector.ServerName, "EX02")
				}
				s.visits(order)
				equal(t, "outside changes", len(s.observed()), test.want)
			})
		}
	}
}

// TestSyncsAreSeenByEach: a list that lags behind a sync, and a copy from before it, are no news.
func TestSyncsAreSeenByEach(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	s.set(hosted, connector.LastSyncDateTime, "2026-01-01T00:00:00Z")
	s.visits("LG")
	s.set(hosted, connector.LastSyncDateTime, "2026-01-02T00:00:00Z")
	s.visits("G")
	s.set(hosted, connector.LastSyncDateTime, "2026-01-01T00:00:00Z") // as a copy that lags would have it
	s.visits("LGGLLG")
	s.set(hosted, connector.LastSyncDateTime, "2026-01-02T00:00:00Z")
	s.visits("LGGL")
	equal(t, "outside changes", len(s.observed()), 0)
}
