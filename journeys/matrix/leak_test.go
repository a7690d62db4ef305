package matrix

import (
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator/graph"
)

// TestFaultsLeaveNothingBehind: after every fault of Graph's the goroutines and file descriptors are those of before, once
// idle connections are closed. It does not run beside other tests, since it counts the whole process.
func TestFaultsLeaveNothingBehind(t *testing.T) {
	s := newSite(t, databasetest.SQLiteKind, fault{hangs: true})
	c := &cell{site: s, surface: surfaces()[5], id: idOf(0), maya: s.person("maya")}
	c.allow()
	c.form = c.maya.get("/connectors/" + c.id + "/edit").form("/connectors/" + c.id)
	quiet := func() (goroutines, files int) {
		s.rooms.Close()
		return runtime.NumGoroutine(), descriptors(t)
	}
	goroutines, files := settled(quiet)
	met := 0
	for _, f := range table() {
		if f.graph == nil {
			continue
		}
		met++
		for _, key := range append(c.changing(), "GET "+graph.Collection, "GET "+graph.Collection+"/"+c.id) {
			s.tenant.Faults.Always(key, f.graph(s))
		}
		for range 3 {
			for _, path := range []string{"/connectors", "/connectors/" + c.id, "/connectors/" + c.id + "/edit"} {
				c.maya.get(path)
			}
			c.maya.post("/connectors/"+c.id, c.form)
		}
		s.tenant.Faults.Clear()
		if f.ends {
			c.maya = s.person("maya")
		}
	}
	if met < 60 {
		t.Errorf("only %d faults were met", met)
	}
	var nowG, nowF int
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if nowG, nowF = quiet(); nowG <= goroutines+slack && nowF <= files+slack {
			return
		}
		if time.Now().After(deadline) {
			break
		}
	}
	t.Errorf("goroutines: %d, before %d; file descriptors: %d, before %d", nowG, goroutines, nowF, files)
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1) // for whoever looks for them
}

// slack is for what comes and goes by itself, as connections to the provider and readers of the database.
const slack = 12

// settled is a count once it no longer falls.
func settled(count func() (int, int)) (first, second int) {
	first, second = count()
	for range 20 {
		time.Sleep(10 * time.Millisecond)
		a, b := count()
		first, second = min(first, a), min(second, b)
	}
	return first, second
}

func descriptors(t *testing.T) int {
	open, err := os.ReadDir("/proc/self/fd")
	check(t, err)
	return len(open)
}
