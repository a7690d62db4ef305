package crash

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
)

// strikes is how often each point is struck on each database.
func strikes(t *testing.T) int {
	t.Helper()
	given := os.Getenv("CRASHES")
	if given == "" {
		return 1
	}
	count, err := strconv.Atoi(given)
	check(t, err)
	return count
}

// TestCrash strikes every point, each time on a connector of its own, and holds after each what must be true, and in the
// end that the whole record verifies.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			each := strikes(t)
			w := open(t, kind, each*len(points())+1)
			if status := w.admin.post(addressOf(idOf(0)), w.edit(idOf(0))); status != http.StatusSeeOther {
				t.Fatalf("a save that nobody disturbs is answered %d", status)
			}
			number := 1
			for _, point := range points() {
				for strike := range each {
					w.survive(point, idOf(number), strike)
					number++
				}
				t.Logf("killed %s: %v", point.name, w.ends[point.name])
			}
			verify(t, w.key, w.admin.get("/audit.ndjson"))
		})
	}
}

func addressOf(id string) string { return "/connectors/" + id }

// edit is a form that asks for another version.
func (w *world) edit(id string) url.Values {
	w.t.Helper()
	form := w.admin.form(addressOf(id)+"/edit", addressOf(id))
	form.Set("version", "after")
	form.Set("reason", "ticket 4711")
	return form
}

// survive kills the program at the point, starts it again, sends the same form again as an impatient person does, and
// lets what is in doubt be found out.
func (w *world) survive(p point, id string, strike int) {
	w.t.Helper()
	failed := w.t.Failed()
	form := w.edit(id)
	p.arm(w, id, strike)
	posted := make(chan int, 1)
	go func() { posted <- w.admin.post(addressOf(id), form) }()
	select {
	case <-w.program.dead:
	case <-time.After(20 * time.Second):
		w.t.Fatalf("%s: the program was not killed", p.name)
	}
	<-posted
	w.tenant.Faults.Clear()
	check(w.t, w.tenant.Resume())
	rows := w.rows(id)
	w.judgeKill(p, id, rows)

	w.restart()
	w.sendAgain(p, id, form, rows)
	w.settled(p, id)
	w.judgeEnd(p, id)
	if w.t.Failed() && !failed {
		w.t.Logf("%s, strike %d: changes %v, PATCH requests %d", p.name, strike, w.rows(id), len(w.tenant.Requests(patchOf(id))))
	}
}

// judgeKill holds what must be true while the program is dead.
func (w *world) judgeKill(p point, id string, rows []row) {
	w.t.Helper()
	sent := w.tenant.Requests(patchOf(id))
	switch {
	case len(rows) > 1, len(sent) > 1:
		w.t.Errorf("%s: %d intents and %d PATCH requests of one form", p.name, len(rows), len(sent))
	case len(sent) == 1 && (len(rows) == 0 || sent[0].Header.Get("client-request-id") != rows[0].id):
		w.t.Errorf("%s: a PATCH without its intent: %v", p.name, rows)
	case len(sent) == 1 && !p.sent:
		w.t.Errorf("%s: a PATCH arrived", p.name)
	case len(rows) == 0 && p.intended:
		w.t.Errorf("%s: no intent", p.name)
	}
}

// sendAgain posts the form once more. It is sent to Graph only if the first one was never intended.
func (w *world) sendAgain(p point, id string, form url.Values, before []row) {
	w.t.Helper()
	known := len(w.tenant.Requests(patchOf(id)))
	status := w.admin.post(addressOf(id), form)
	want := []int{http.StatusSeeOther, http.StatusAccepted}
	if len(before) == 0 {
		known, want = 1, []int{http.StatusSeeOther}
	}
	if !slices.Contains(want, status) {
		w.t.Errorf("%s: the same form again is answered %d, want one of %v", p.name, status, want)
	}
	if sent := len(w.tenant.Requests(patchOf(id))); sent != known {
		w.t.Errorf("%s: %d PATCH requests after the same form again, want %d", p.name, sent, known)
	}
}

// settled looks at the connector's page, as anybody may, until nothing of it is in doubt.
func (w *world) settled(p point, id string) {
	w.t.Helper()
	w.age(id)
	for deadline := time.Now().Add(20 * time.Second); ; {
		page := w.admin.get(addressOf(id))
		open := slices.ContainsFunc(w.rows(id), func(r row) bool { return r.outcome == "pending" || r.outcome == "in_doubt" })
		if !open {
			return
		}
		if !strings.Contains(page, `data-outcome="in_doubt"`) && !strings.Contains(page, `data-outcome="pending"`) {
			w.t.Errorf("%s: the page does not show the doubt", p.name)
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: still in doubt: %v", p.name, w.rows(id))
		}
	}
}

// judgeEnd compares the change's outcome with what became of it at Graph.
func (w *world) judgeEnd(p point, id string) {
	w.t.Helper()
	rows := w.rows(id)
	if len(rows) != 1 {
		w.t.Errorf("%s: %d changes in the end, want one", p.name, len(rows))
		return
	}
	held, _ := w.tenant.Graph.Connector(id)
	version, _ := held.Value("version")
	applied := version == "after"
	ways := [][]string{
		{"edit pending", "edit applied"},
		{"edit pending", "edit in_doubt", "resolved applied_observed"},
	}
	if !applied {
		ways = [][]string{{"edit pending", "edit in_doubt", "resolved not_applied"}, {"edit pending", "edit not_applied"}}
	}
	lines := w.lines(rows[0].id)
	if w.ends[p.name] == nil {
		w.ends[p.name] = map[string]int{}
	}
	w.ends[p.name][strings.Join(lines, ", ")]++
	if !slices.ContainsFunc(ways, func(way []string) bool { return slices.Equal(way, lines) }) {
		w.t.Errorf("%s: the record says %q, and Graph holds %q", p.name, lines, version)
	}
}
