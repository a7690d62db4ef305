package matrix

import (
	"flag"
	"os"
	"strings"
	"sync"
	"testing"

	"switchboard/internal/database/databasetest"
)

var update = flag.Bool("update", false, "write the results into docs/security.md")

const document = "../../docs/security.md"

// TestMatrix tries each fault on each surface, on SQLite, and a sample of them on PostgreSQL. What each came to is what
// docs/security.md says (if it is meant: make matrix).
func TestMatrix(t *testing.T) {
	var mu sync.Mutex
	results := map[string][]string{}
	known, err := documented()
	check(t, err)
	t.Run("faults", func(t *testing.T) {
		for _, f := range table() {
			for _, kind := range databasetest.Kinds() {
				if kind == databasetest.PostgresKind && !f.sample {
					continue
				}
				t.Run(strings.ReplaceAll(f.String()+", "+kind, "/", "-"), func(t *testing.T) {
					t.Parallel()
					row := newSite(t, kind, f).row(t)
					mu.Lock()
					defer mu.Unlock()
					if got := strings.Join(row, " | "); got != known[f.String()] && !*update {
						t.Errorf("docs/security.md says otherwise (if it is meant: make matrix):\n got %s\nwant %s", got, known[f.String()])
					}
					results[f.String()] = row
				})
			}
		}
	})
	if len(results) != len(table()) {
		return // -run chose some of them
	}
	text := report(results)
	if *update && !t.Failed() {
		check(t, replacePart(document, text))
	}
	content, err := os.ReadFile(document)
	check(t, err)
	if !strings.Contains(string(content), text) {
		t.Errorf("docs/security.md is not what make matrix writes:\n%s", text)
	}
}

// row tries one fault on every surface, one after the other.
func (s *site) row(t *testing.T) (results []string) {
	maya, tom, newcomers := s.person("maya"), s.person("tom"), map[string]*visitor{}
	for i, surface := range surfaces() {
		if surface.ask == nil {
			newcomers[surface.name] = s.person("maya")
		}
		c := &cell{site: s, surface: surface, id: idOf(i), maya: maya, tom: tom, newcomers: newcomers}
		c.allow()
		results = append(results, c.try(t))
		maya = c.maya
		if s.fault.ends {
			tom = s.person("tom")
		}
	}
	s.unstolen(t.Name(), maya, tom)
	s.verified()
	return results
}

// allow has the write permission granted before the fault, which the first edit asks the provider for.
func (c *cell) allow() {
	id := idOf(len(surfaces()) + 1)
	form := c.maya.get("/connectors/" + id + "/edit").form("/connectors/" + id)
	form.Set("version", "before "+c.surface.name)
	form.Set("reason", "ticket 0")
	if saved := c.maya.post("/connectors/"+id, form); saved.status != 303 {
		c.t.Fatalf("before the fault: %s", saved)
	}
}
