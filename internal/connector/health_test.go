package connector

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 24, 10, 12, 31, 0, time.UTC)

// asDefault is the configuration's own retirement.
var asDefault = Retirement{
	Date:  time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC),
	Types: []string{"onPremises", "hosted", "dedicated"},
}

const (
	never = "0001-01-01T00:00:00Z"
	alive = "serviceToService" // not of a retired type
)

// patient is a connector and the word for its health.
type patient struct {
	kind, status, synced string
	want                 Health
}

func (p patient) connector() Connector {
	return New(map[string]Value{
		ID: Of("5f0a3c1e"), Type: Of(p.kind), Status: Of(p.status), LastSyncDateTime: Of(p.synced),
	})
}

func before(age time.Duration) string {
	return now.Add(-age).Format("2006-01-02T15:04:05.0000000Z07:00")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, p := range []patient{
		{alive, "connected", before(time.Minute), Healthy},
		{alive, "none", before(23 * time.Hour), Healthy},
		{alive, "connected", before(-10 * time.Minute), Healthy}, // Graph's clock is ahead
		{alive, "connected", "9999-12-31T23:59:59.9999999Z", Healthy},
		{"unknownFutureValue", "connected", before(time.Hour), Healthy},
		{"onPremises", "connected", before(time.Hour), Healthy}, // of a retired type, and alive all the same
		{alive, "connected", before(24*time.Hour - time.Microsecond), Healthy},
		{alive, "connected", before(24 * time.Hour), Late},
		{alive, "connected", before(25 * time.Hour), Late},
		{alive, "none", before(71 * time.Hour), Late},
		{alive, "connected", before(72*time.Hour - time.Second), Late},
		{alive, "connected", before(72 * time.Hour), Broken},
		{alive, "connected", before(73 * time.Hour), Broken},
		{alive, "none", before(73 * time.Hour), Broken},
		{alive, "disconnected", before(time.Minute), Broken},
		{alive, "disconnected", never, Broken},
		{alive, "connected", "2023-05-05T00:00:00Z", Broken},
		{alive, "connected", "1601-01-01T00:00:00Z", Broken}, // longer ago than a Duration holds
		{"hosted", "connected", "2024-02-20T00:00:00Z", Broken},
		{"hosted", "connected", "2024-02-19T23:30:00-01:00", Broken}, // 00:30 UTC on the 20th
		{alive, "connectionPending", before(73 * time.Hour), Pending},
		{alive, "connectionPending", before(time.Minute), Pending},
		{"onPremises", "connectionPending", "2019-03-02T00:00:00Z", Pending},
		{"dedicated", "connectionPending", never, Pending},
		{alive, "connected", never, Pending},
		{alive, "none", "0001-01-01T00:00:00-08:00", Pending},
		{alive, "connected", "", Pending},
		{alive, "connected", "yesterday", Pending},
		{"hosted", "connected", "2024-02-19T23:59:59.9999999Z", Retired},
		{"dedicated", "disconnected", "2024-02-20T00:30:00+01:00", Retired}, // 23:30 UTC on the 19th
		{"onPremises", "disconnected", "2019-03-02T00:00:00Z", Retired},
		{"hosted", "none", never, Retired},
		{alive, "unknownFutureValue", before(time.Minute), Unknown},
		{"onPremises", "quarantined", "2019-03-02T00:00:00Z", Unknown},
		{alive, "Connected", before(time.Minute), Unknown},
		{alive, "", before(time.Minute), Unknown},
	} {
		if got := asDefault.Health(p.connector(), now); got != p.want {
			t.Errorf("%s, %q, last synced %q: %s, want %s", p.kind, p.status, p.synced, got, p.want)
		}
	}
	if got := asDefault.Health(Connector{}, now); got != Unknown {
		t.Errorf("a connector without values: %s", got)
	}
}

func TestHealthFollowsTheConfiguredRetirement(t *testing.T) {
	t.Parallel()
	early := Retirement{Date: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Types: []string{"onPremises", alive}}
	for _, p := range []patient{
		{"onPremises", "disconnected", "2019-03-02T00:00:00Z", Retired},
		{"onPremises", "disconnected", "2020-01-01T23:59:59Z", Retired},
		{"onPremises", "disconnected", "2020-01-02T00:00:00Z", Broken},
		{"onPremises", "disconnected", "2021-03-02T00:00:00Z", Broken},
		{alive, "none", never, Retired},
		{"hosted", "disconnected", "2019-03-02T00:00:00Z", Broken},
	} {
		if got := early.Health(p.connector(), now); got != p.want {
			t.Errorf("%s, last synced %q: %s, want %s", p.kind, p.synced, got, p.want)
		}
	}
	nothing := patient{"onPremises", "connected", never, Pending}
	if got := (Retirement{}).Health(nothing.connector(), now); got != Pending {
		t.Errorf("without a retirement: %s, want pending", got)
	}
}

func TestHealthsAreSorted(t *testing.T) {
	t.Parallel()
	sorted := []Health{Healthy, Retired, Unknown, Broken, Pending, Late}
	slices.SortFunc(sorted, func(a, b Health) int { return a.Rank() - b.Rank() })
	if want := []Health{"broken", "late", "pending", "unknown", "healthy", "retired"}; !slices.Equal(sorted, want) {
		t.Errorf("%v, want %v", sorted, want)
	}
	labels := map[string]bool{}
	for _, health := range Healths() {
		labels[health.Label()] = true
	}
	if len(labels) != 6 {
		t.Errorf("labels %v, want six", labels)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, status, synced string
		fact                 string
	}{
		{alive, "connected", before(3 * time.Hour), "Last synced 3 h ago. That is within a day, as it should be."},
		{alive, "connected", before(-time.Minute), "Last synced just now. That is within a day, as it should be."},
		{alive, "connected", before(31 * time.Hour), "Last synced 31 h ago. A connector syncs at least once a day, so this one is late."},
		{alive, "connected", before(100 * time.Hour), "Last synced 4 days ago. A connector syncs at least once a day, so this is new and needs someone."},
		{alive, "disconnected", before(time.Hour), "Last synced 1 h ago. Graph says it is disconnected, so this needs someone."},
		{alive, "disconnected", never, "Graph says disconnected, and it has never synced."},
		{alive, "connectionPending", never, "Waiting to connect. It has never synced."},
		{alive, "connectionPending", before(2 * time.Minute), "Waiting to connect. Last synced 2 minutes ago."},
		{alive, "connected", never, "It has never synced."},
		{"onPremises", "connected", "2024-02-18T22:41:07.1934520Z", "Last synced 1,009 days ago. The on-premises connector was retired on 2024-02-19, so this is expected."},
		{"hosted", "none", never, "It has never synced. The hosted connector was retired on 2024-02-19, so this is expected."},
		{alive, "", never, "Graph reports no status, so it is not known how the connector is."},
		{alive, "connected", before(-20 * time.Minute), "Last synced just now. That is within a day, as it should be."},
		{alive, "connected", "2026-12-04T10:12:31.0000000Z", "Its last sync is a date in the future: 2026-12-04T10:12:31.0000000Z."},
		{alive, "connected", "9999-12-31T23:59:59.9999999Z", "Its last sync is a date in the future: 9999-12-31T23:59:59.9999999Z."},
		{alive, "disconnected", "9999-12-31T00:00:00Z", "Its last sync is a date in the future: 9999-12-31T00:00:00Z. Graph says it is disconnected, so this needs someone."},
		{alive, "connectionPending", "9999-12-31T00:00:00Z", "Waiting to connect. Its last sync is a date in the future: 9999-12-31T00:00:00Z."},
		{alive, "connected", "1601-01-01T00:00:00Z", "It has never synced. Graph sends 1601-01-01T00:00:00Z, which stands for no date."},
		{alive, "disconnected", "1601-01-01T00:00:00Z", "Graph says disconnected, and it has never synced."},
		{alive, "connectionPending", "1601-01-01T00:00:00Z", "Waiting to connect. It has never synced."},
		{"onPremises", "none", "1601-01-01T00:00:00Z", "It has never synced. The on-premises connector was retired on 2024-02-19, so this is expected."},
		{alive, "connected", "yesterday\u202e", `Its last sync cannot be read: Graph sends "yesterday\u202e".`},
		{alive, "connected", "2026-11-24", `Its last sync cannot be read: Graph sends "2026-11-24".`},
		{alive, "disconnected", "yesterday", `Its last sync cannot be read: Graph sends "yesterday". Graph says it is disconnected, so this needs someone.`},
		{alive, "connectionPending", "yesterday", `Waiting to connect. Its last sync cannot be read: Graph sends "yesterday".`},
		{"hosted", "none", "yesterday", `Its last sync cannot be read: Graph sends "yesterday". The hosted connector was retired on 2024-02-19, so this is expected.`},
		{alive, "connected", "1700-01-01T10:12:31Z", "Last synced 119,396 days ago. A connector syncs at least once a day, so this is new and needs someone."},
		{alive, "quarantined", never, `Graph reports the status "quarantined", which Switchboard does not know.`},
	} {
		c := patient{kind: test.kind, status: test.status, synced: test.synced}.connector()
		got := asDefault.Explain(c, now, true)
		if got.Fact != test.fact || !strings.HasSuffix(got.Advice, ".") {
			t.Errorf("%s, %s, %s:\n got %q, %q\nwant %q", test.kind, test.status, test.synced, got.Fact, got.Advice, test.fact)
		}
	}
}

// TestAdviceFitsItsReader: who may not edit is told whom to ask, and never to ask Graph for a sync.
func TestAdviceFitsItsReader(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"connected", "disconnected", "connectionPending", "quarantined", ""} {
		for _, synced := range []string{never, "yesterday", "1601-01-01T00:00:00Z", "9999-12-31T00:00:00Z", before(time.Hour), before(31 * time.Hour), before(100 * time.Hour)} {
			c := patient{kind: alive, status: status, synced: synced}.connector()
			mine, theirs := asDefault.Explain(c, now, true), asDefault.Explain(c, now, false)
			if mine.Fact != theirs.Fact {
				t.Errorf("%s, %s: the fact is %q for one and %q for the other", status, synced, mine.Fact, theirs.Fact)
			}
			for _, order := range []string{"sk for a sync", "ask for one", "Check", "Finish", "Look at", "look at"} {
				if strings.Contains(theirs.Advice, order) {
					t.Errorf("%s, %s: who may not edit is told %q", status, synced, theirs.Advice)
				}
			}
			if strings.Contains(mine.Advice, "administrator of Switchboard") {
				t.Errorf("%s, %s: an admin is told %q", status, synced, mine.Advice)
			}
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]string{
		-time.Hour: "just now", 0: "just now", 4 * time.Second: "just now", 5 * time.Second: "5 seconds ago", 59 * time.Second: "59 seconds ago",
		time.Minute: "1 minute ago", 59 * time.Minute: "59 minutes ago", time.Hour: "1 h ago", 47 * time.Hour: "47 h ago",
		48 * time.Hour: "2 days ago", 1010 * 24 * time.Hour: "1,010 days ago",
	} {
		if got := Ago(now.Add(-age), now); got != want {
			t.Errorf("%v: %q, want %q", age, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1: "-1", -999: "-999", -1000: "-1,000", -123456: "-123,456"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
