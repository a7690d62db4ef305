package connector

import (
	"testing"
	"time"
)

// TestPastTells says what people read, and where nobody looked.
func TestPastTells(t *testing.T) {
	t.Parallel()
	stopped := time.Date(2026, 11, 21, 7, 2, 0, 0, time.UTC) // a Saturday, three days before now
	saturday := patient{kind: alive, status: "disconnected", synced: "2026-11-21T07:02:00Z"}.connector()
	at := func(days int, clock time.Duration) time.Time {
		return time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days).Add(clock)
	}
	version := func(from, to time.Time) Step { return Step{"2026.9.1", "2026.10.3", from, to} }
	month := stopped.AddDate(0, -1, 0)
	for name, test := range map[string]struct {
		past   Past
		health Health
		want   string
	}{
		"nothing is remembered": {Past{}, Broken, ""},
		"hourly":                {Past{Since: month, Rhythm: time.Hour, Exact: true}, Broken, "It synced hourly until Saturday 07:02."},
		"hourly at least":       {Past{Since: month, Rhythm: 59 * time.Minute}, Late, "It synced at least hourly until Saturday 07:02."},
		"every 2 hours":         {Past{Since: month, Rhythm: 2*time.Hour + time.Minute, Exact: true}, Late, "It synced every 2 hours until Saturday 07:02."},
		"every 15 minutes":      {Past{Since: month, Rhythm: 15 * time.Minute, Exact: true}, Late, "It synced every 15 minutes until Saturday 07:02."},
		"daily":                 {Past{Since: month, Rhythm: 24 * time.Hour, Exact: true}, Late, "It synced daily until Saturday 07:02."},
		"every 3 days":          {Past{Since: month, Rhythm: 72 * time.Hour, Exact: true}, Late, "It synced every 3 days until Saturday 07:02."},
		"its version changed the day before": {
			Past{Since: month, Rhythm: time.Hour, Exact: true, Version: version(at(-1, 9*time.Hour), at(-1, 10*time.Hour))}, Late,
			"It synced hourly until Saturday 07:02, and its version changed the day before, from 2026.9.1 to 2026.10.3.",
		},
		"its version changed on a day that is not known": {
			Past{Since: month, Version: version(at(-5, 17*time.Hour), at(-1, 8*time.Hour))}, Late,
			"Its version changed between 16 Nov 17:00 and 20 Nov 08:00, when nobody looked, from 2026.9.1 to 2026.10.3.",
		},
		"its version changed that day": {
			Past{Since: month, Version: version(at(0, time.Hour), at(0, 2*time.Hour))}, Late, "Its version changed that day, from 2026.9.1 to 2026.10.3.",
		},
		"its version changed long before": {
			Past{Since: month, Rhythm: time.Hour, Exact: true, Version: version(at(-20, 0), at(-19, 0))}, Late, "It synced hourly until Saturday 07:02.",
		},
		"its version changed long after": {
			Past{Since: month, Rhythm: time.Hour, Exact: true, Version: version(at(2, 0), at(2, time.Hour))}, Late, "It synced hourly until Saturday 07:02.",
		},
		"nobody looked while it synced": {
			Past{Since: at(2, 8*time.Hour)}, Broken, "How often it synced before is not known: nobody looked until Monday 08:00.",
		},
		"hardly anybody looked": {Past{Since: month}, Broken, "How often it synced before is not known: too few looked."},
		"healthy":               {Past{Since: month, Rhythm: time.Hour, Exact: true}, Healthy, "It syncs hourly, by what people read."},
		"healthy, not known":    {Past{Since: month}, Healthy, ""},
		"retired":               {Past{Since: month, Rhythm: time.Hour}, Retired, ""},
		"waiting for its time":  {Past{Since: month, Rhythm: time.Hour}, Pending, ""},
	} {
		if got := test.past.Tell(saturday, test.health, now); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for _, synced := range []string{never, "soon", "2031-01-01T00:00:00Z", "2026-09-01T00:00:00Z"} {
		c := patient{kind: alive, status: "disconnected", synced: synced}.connector()
		if got := (Past{Since: month, Rhythm: time.Hour}).Tell(c, Broken, now); got != "" {
			t.Errorf("last sync %s: %q", synced, got)
		}
	}
}
