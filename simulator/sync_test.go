package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// TestSync: accepted at once, seen later, and never where the agent is gone.
func TestSync(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tenant := start(t, func(o *simulator.Options) { o.Now, o.SyncDelay = clock.Now, time.Minute })
	bearer := signIn(t, tenant, "maya", writeScope).Access
	broken, retired := simulator.ID("s2s-emea"), simulator.ID("ex01-hq")
	before := map[string]string{}
	read := func(id string) string {
		object := graphCall(t, tenant, bearer, http.MethodGet, connectorPath(id), "").object(t)
		return object["lastSyncDateTime"].(string) + " " + object["status"].(string)
	}
	for _, id := range []string{broken, retired} {
		before[id] = read(id)
		got := graphCall(t, tenant, bearer, http.MethodPost, connectorPath(id)+"/sync", `{"syncType":"deltaSync"}`)
		if got.StatusCode != http.StatusNoContent || got.body != "" {
			t.Fatalf("sync: got %d %q, want 204", got.StatusCode, got.body)
		}
	}
	clock.Advance(59 * time.Second)
	if got := read(broken); got != before[broken] {
		t.Errorf("after 59 s: got %s, want %s", got, before[broken])
	}
	clock.Advance(time.Second)
	if got, want := read(broken), graph.Moment(clock.Now())+" connected"; got != want {
		t.Errorf("after a minute: got %s, want %s", got, want)
	}
	if got := read(retired); got != before[retired] {
		t.Errorf("retired: got %s, want %s", got, before[retired])
	}
	for _, body := range []string{`{}`, `{"syncType":"everything"}`, `{"syncType":"fullSync","more":1}`, `[]`} {
		if got := graphCall(t, tenant, bearer, http.MethodPost, connectorPath(broken)+"/sync", body); got.StatusCode != http.StatusBadRequest {
			t.Errorf("sync with %s: got %d, want 400", body, got.StatusCode)
		}
	}
}

// TestTicking: a healthy connector goes on syncing, and a date that somebody wrote stays until the next time.
func TestTicking(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tenant := start(t, func(o *simulator.Options) { o.Now = clock.Now })
	id := simulator.ID("s2s-na") // hourly, 44 minutes ago at the start
	read := func() string {
		connector, _ := tenant.Graph.Connector(id)
		text, _ := connector.Value("lastSyncDateTime")
		return text
	}
	began := clock.Now()
	steps := []struct {
		by   time.Duration
		want time.Duration // since the start
	}{{0, -44 * time.Minute}, {15 * time.Minute, -44 * time.Minute}, {time.Minute, 16 * time.Minute}, {25 * time.Hour, 25*time.Hour + 16*time.Minute}}
	for _, step := range steps {
		clock.Advance(step.by)
		if got, want := read(), graph.Moment(began.Add(step.want)); got != want {
			t.Errorf("at %s: got %s, want %s", clock.Now().Sub(began), got, want)
		}
	}
	written := "2017-01-01T00:02:49.3205976-08:00"
	if err := tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": &written}); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != written {
		t.Errorf("written: got %s, want %s", got, written)
	}
}
