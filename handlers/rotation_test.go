package handlers_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestKeysRotateUnderLoad takes docs/operators.md's steps on two instances, one after the other, while two dozen sessions
// are in use on both: no request fails and nobody is signed out. What was sealed with the old key and not used since is
// good for as long as that key is in the list, and not longer.
func TestKeysRotateUnderLoad(t *testing.T) {
	t.Parallel()
	former, next := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			clock, address := newClock(), databasetest.URL(t, kind)
			dbs := []*database.DB{databasetest.Open(t, address), databasetest.Open(t, address)}
			s := newSite(t, dbs[0], clock.with, func(set *setting) {
				set.idle, set.keys, set.others = 4*time.Hour, [][]byte{former}, dbs[1:]
			})
			r := s.rotation(dbs)
			unused, lena := s.person("maya"), s.person("lena")
			load := s.load(24)

			r.restart(0, former, next)
			load.round(clock)
			r.restart(1, former, next)
			load.round(clock)
			r.restart(0, next, former)
			clock.Add(55 * time.Minute) // every token is due, while the instances seal with different keys
			load.round(clock)
			early, late := s.visitor().half(second), s.visitor().half(second)
			id := simulator.ID("s2s-na")
			equal(t, "a form that meets a missing consent", lena.post("/connectors/"+id, lena.edit(id, "version", "typed"), instanceHeader, second).status, http.StatusForbidden)
			r.restart(1, next, former)
			load.round(clock)
			equal(t, "a sign-in that began with the old key", early.end(), http.StatusSeeOther)
			equal(t, "what was typed", lena.get("/connectors/"+id+"/edit").form("/connectors/"+id).Get("version"), "typed")
			unopened := []string{"a session is sealed with none of sessions.keys", "a draft cannot be opened"}
			for _, line := range unopened {
				equal(t, "'"+line+"' while the old key is in the list", strings.Contains(s.log.String(), line), false)
			}
			r.restart(0, next)
			load.round(clock)
			r.restart(1, next)
			load.round(clock)
			load.end()

			equal(t, "a session that was never used", unused.get("/connectors").status, http.StatusSeeOther)
			equal(t, "a sign-in that is sealed with the old key", late.end(), http.StatusBadRequest)
			if got := lena.get("/connectors/" + id + "/edit").form("/connectors/" + id).Get("version"); got == "typed" {
				t.Error("a draft is opened whose key is gone")
			}
			for _, line := range unopened {
				equal(t, "'"+line+"' afterwards", strings.Contains(s.log.String(), line), true)
			}
			unused.arrive("maya")
			equal(t, "after signing in again", unused.get("/connectors").status, http.StatusOK)
		})
	}
}

// rotation restarts a site's instances with other keys.
type rotation struct {
	site      *site
	dbs       []*database.DB
	instances []*restarted
}

// restarted is an instance that may be replaced; the one before finishes what it has begun first, as by SIGTERM.
type restarted struct {
	mu  sync.RWMutex
	now http.Handler
}

func (r *restarted) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.now.ServeHTTP(w, q)
}

func (s *site) rotation(dbs []*database.DB) *rotation {
	r := &rotation{site: s, dbs: dbs}
	for i, first := range s.instances {
		r.instances = append(r.instances, &restarted{now: first})
		s.instances[i] = r.instances[i]
	}
	return r
}

func (r *rotation) restart(instance int, keys ...[]byte) {
	r.site.t.Helper()
	r.site.set.keys = keys
	fresh := r.site.build(r.dbs[instance], r.site.set.tenant.Client)
	for ready := false; !ready; <-time.After(time.Millisecond) { // however slow the machine is
		answer := httptest.NewRecorder()
		fresh.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		ready = answer.Code == http.StatusOK
	}
	old := r.instances[instance]
	old.mu.Lock()
	defer old.mu.Unlock()
	old.now = fresh
}

// load is sessions that ask for pages of both instances without a pause.
type load struct {
	t      *testing.T
	all    sync.WaitGroup
	ended  atomic.Bool
	pages  []atomic.Int64 // that each session got
	failed chan int       // a status that is not 200
}

func (s *site) load(sessions int) *load {
	l, page := &load{t: s.t, pages: make([]atomic.Int64, sessions), failed: make(chan int, sessions)}, "/connectors/"+simulator.ID("s2s-na")
	for i := range sessions {
		person := s.person([]string{"maya", "tom", "ruth", "priya", "omar"}[i%5])
		l.all.Go(func() {
			for turn := i; !l.ended.Load(); turn++ {
				if status := person.status(page, []string{first, second}[turn%2]); status != http.StatusOK {
					l.failed <- status
					return
				}
				l.pages[i].Add(1)
			}
		})
	}
	s.t.Cleanup(l.end)
	return l
}

// round returns once each session was used on both instances, which had to read it from the database.
func (l *load) round(clock *clock) {
	l.t.Helper()
	clock.Add(3 * time.Second)
	want := make([]int64, len(l.pages))
	for i := range l.pages {
		want[i] = l.pages[i].Load() + 3 // the first may have begun before
	}
	for i := range l.pages {
		for l.pages[i].Load() < want[i] {
			select {
			case status := <-l.failed:
				l.t.Fatalf("a page of a session in use: %d", status)
			case <-time.After(time.Millisecond):
			}
		}
	}
}

func (l *load) end() {
	l.ended.Store(true)
	l.all.Wait()
	select {
	case status := <-l.failed:
		l.t.Errorf("a page of a session in use: %d", status)
	default:
	}
}

// halfway is a sign-in that stopped before its callback.
type halfway struct {
	visitor  *visitor
	callback string
}

func (v *visitor) half(instance string) halfway {
	v.site.t.Helper()
	start := v.get("/login", instanceHeader, instance)
	return halfway{v, v.follow("POST", v.follow("GET", start.location(), nil).location(), url.Values{"person": {"maya"}}).location()}
}

// end brings the callback, and returns the answer's status.
func (h halfway) end() int {
	h.visitor.site.t.Helper()
	return h.visitor.follow("GET", h.callback, nil).status
}
