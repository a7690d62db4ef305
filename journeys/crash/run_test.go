package crash

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// fire is what a run goes through: how many rows it has, and how often the program is killed.
type fire struct{ rows, kills, throttles, lost int }

// ofFire are a few strikes, or as many as RUN_ROWS and RUN_KILLS say.
func ofFire(t *testing.T) fire {
	t.Helper()
	f := fire{rows: 30, kills: 3, throttles: 2, lost: 1}
	for name, into := range map[string]*int{"RUN_ROWS": &f.rows, "RUN_KILLS": &f.kills, "RUN_THROTTLES": &f.throttles, "RUN_LOST": &f.lost} {
		given := os.Getenv(name)
		if given == "" {
			continue
		}
		count, err := strconv.Atoi(given)
		check(t, err)
		*into = count
	}
	return f
}

// TestRunUnderFire kills the program at random moments of a bulk edit, on PostgreSQL one of two replicas, throttles it, loses answers and
// ends the session once. In the end each row has one PATCH that may have been applied, each intent one outcome, the counts sum, no
// second saw more than five PATCHes, and the record verifies.
func TestRunUnderFire(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := ofFire(t)
			w := open(t, kind, f.rows)
			replicas := []*replica{{w: w, settings: w.settings, program: w.program}}
			if kind != "sqlite" {
				replicas = append(replicas, w.second())
			}
			for i := range f.throttles {
				w.tenant.Faults.Next(patchOf(idOf(2+3*i)), throttled())
			}
			for i := range f.lost {
				w.tenant.Faults.Next(patchOf(idOf(4+7*i)), faults.LoseAnswer())
			}
			run := w.begin(f.rows)
			w.killAround(f, run, replicas)
			w.finish(run, 5*time.Minute)
			w.judgeRun(run, f)
		})
	}
}

func throttled() faults.Fault {
	problem := graph.Throttled
	problem.RetryAfter = "1"
	return faults.Answer(problem)
}

// replica is one of the programs on the world's database.
type replica struct {
	w        *world
	settings map[string]string
	program  *program
}

// second is another program on the same database, on a port of its own.
func (w *world) second() *replica {
	w.t.Helper()
	settings := map[string]string{}
	for key, value := range w.settings {
		settings[key] = value
	}
	settings["LISTEN"] = freeAddress(w.t)
	r := &replica{w: w, settings: settings}
	r.start()
	return r
}

func (r *replica) start() {
	r.w.t.Helper()
	r.program = start(r.w.t, r.settings)
	r.program.ready(r.w.t, "http://"+r.settings["LISTEN"])
}

// killAround kills one of the programs at random moments, and ends the session in the middle of it.
func (w *world) killAround(f fire, run string, replicas []*replica) {
	w.t.Helper()
	for strike := range f.kills {
		<-time.After(time.Duration(rand.N(2500)) * time.Millisecond) // any moment will do
		w.goOn(run)
		if strike == f.kills/2 {
			w.endSession(run)
		}
		struck := replicas[rand.N(len(replicas))]
		struck.program.kill()
		struck.start()
	}
}

// endSession takes the person's sessions away, and has the run go on by a new one.
func (w *world) endSession(run string) {
	w.t.Helper()
	_, err := w.db.ExecContext(context.Background(), `DELETE FROM sessions`)
	check(w.t, err)
	w.await("paused since nobody is signed in, or over", time.Minute, func() bool { return w.state(run) != "running" })
	w.admin = signIn(w.t, w.url, "maya")
	w.goOn(run)
}

// goOn resumes a run that is paused.
func (w *world) goOn(run string) {
	w.t.Helper()
	if w.state(run) != "paused" {
		return
	}
	form := w.admin.form("/bulk/"+run, "/bulk/"+run+"/resume")
	if status := w.admin.post("/bulk/"+run+"/resume", form); status != http.StatusSeeOther {
		w.t.Errorf("a resume is answered %d", status)
	}
}

func (w *world) state(run string) (state string) {
	w.t.Helper()
	check(w.t, w.db.QueryRowContext(context.Background(), `SELECT state FROM bulk_runs WHERE id = $1`, run).Scan(&state))
	return state
}

func (w *world) await(what string, limit time.Duration, happened func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(limit); !happened(); <-time.After(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not %s within %v", what, limit)
		}
	}
}

// begin ticks all connectors, asks for another version, and starts the run.
func (w *world) begin(rows int) string {
	w.t.Helper()
	list := w.admin.formOf(w.admin.get("/connectors"), "/logout")
	form := url.Values{"token": list["token"]}
	for i := range rows {
		form.Set("pick."+idOf(i), "on")
	}
	_, asked := w.admin.submit("/bulk/new", form)
	form.Set("token", w.admin.formOf(asked, "/bulk/review").Get("token"))
	form.Set("set.version", "on")
	form.Set("version", "after")
	form.Set("reason", "ticket 4711")
	_, review := w.admin.submit("/bulk/review", form)
	order := w.admin.formOf(review, "/bulk")
	order.Set("reason", "ticket 4711")
	begun, page := w.admin.submit("/bulk", order)
	run := strings.TrimPrefix(begun, "/bulk/")
	if len(run) != 36 {
		w.t.Fatalf("the run does not start, but leads to %q: %s", begun, page)
	}
	return run
}

// submit posts a form, and says where it leads to and what it shows.
func (b *browser) submit(path string, form url.Values) (location, page string) {
	b.t.Helper()
	request, err := http.NewRequest(http.MethodPost, b.site+path, strings.NewReader(form.Encode()))
	check(b.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	once := *b.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := once.Do(request)
	check(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(b.t, err)
	return answer.Header.Get("Location"), string(body)
}

// formOf is the form of a page that posts there.
func (b *browser) formOf(page, action string) url.Values {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	check(b.t, err)
	for node := range root.Descendants() {
		if node.Data == "form" && attribute(node, "action") == action {
			return fields(node)
		}
	}
	b.t.Fatalf("no form posts to %s: %s", action, page)
	return nil
}

// finish waits until the run is over and nothing of it is in doubt.
func (w *world) finish(run string, limit time.Duration) {
	w.t.Helper()
	w.await("done", limit, func() bool { w.goOn(run); return w.state(run) == "done" })
	w.await("out of doubt", time.Minute, func() bool {
		var open int
		w.admin.get("/changes") // which looks
		check(w.t, w.db.QueryRowContext(context.Background(), `SELECT count(*) FROM changes WHERE outcome IN ('pending', 'in_doubt')`).Scan(&open))
		return open == 0
	})
}

var counted = regexp.MustCompile(`data-total="(\d+)" data-applied="(\d+)" data-conflict="(\d+)" data-rejected="(\d+)" data-in-doubt="(\d+)" data-not-applied="(\d+)" data-superseded="(\d+)" data-skipped="(\d+)" data-left="(\d+)"`)

// judgeRun holds what must be true in the end.
func (w *world) judgeRun(run string, f fire) {
	w.t.Helper()
	numbers := counted.FindStringSubmatch(w.admin.get("/bulk/" + run))
	if numbers == nil {
		w.t.Fatal("the page of the run has no counts")
	}
	w.t.Logf("total, applied, conflict, rejected, in doubt, not applied, superseded, skipped, left: %v", numbers[1:])
	sum := -f.rows
	for _, number := range numbers[2:] {
		count, err := strconv.Atoi(number)
		check(w.t, err)
		sum += count
	}
	total, err := strconv.Atoi(numbers[1])
	check(w.t, err)
	if sum != 0 || total != f.rows {
		w.t.Errorf("the counts do not sum to %d: %v", f.rows, numbers[1:])
	}
	for i := range f.rows {
		w.judgeRow(run, idOf(i))
	}
	w.judgePace(5)
	verify(w.t, w.key, w.admin.get("/audit.ndjson"))
}

// judgeRow holds that no second PATCH was sent for one that may have been applied, and that each intent has one outcome.
func (w *world) judgeRow(run, id string) {
	w.t.Helper()
	var outcome string
	check(w.t, w.db.QueryRowContext(context.Background(), `SELECT outcome FROM bulk_rows WHERE run = $1 AND connector = $2`, run, id).Scan(&outcome))
	sent := slices.DeleteFunc(w.tenant.Requests(patchOf(id)), func(r simulator.Request) bool { return !r.Applied && r.Status != 0 })
	want := 1
	if outcome == "not_applied" { // its process died between the intent and the PATCH
		want = 0
	}
	if len(sent) != want {
		w.t.Errorf("%s is %s, and %d PATCH requests may have been applied", id, outcome, len(sent))
	}
	for _, each := range w.rows(id) {
		lines := w.lines(each.id)
		ends := 0
		for _, line := range lines[1:] {
			if !strings.HasSuffix(line, " in_doubt") {
				ends++
			}
		}
		if lines[0] != "bulk_edit pending" || ends != 1 {
			w.t.Errorf("the record says of %s: %q", id, lines)
		}
	}
}

// judgePace holds that no second saw more PATCHes than that.
func (w *world) judgePace(most int) {
	w.t.Helper()
	var times []time.Time
	for _, each := range w.tenant.Requests() {
		if each.Method == http.MethodPatch {
			times = append(times, each.Time)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	w.t.Logf("%d PATCH requests in %v", len(times), times[len(times)-1].Sub(times[0]).Round(time.Second))
	for i := most; i < len(times); i++ {
		if apart := times[i].Sub(times[i-most]); apart < time.Second {
			w.t.Errorf("%d PATCH requests in %v", most+1, apart)
		}
	}
}
