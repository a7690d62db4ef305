package components_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

var now = time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)

func drawn(t *testing.T, component templ.Component) string {
	t.Helper()
	var page bytes.Buffer
	if err := component.Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestTimesSayTheYearOnlyWhereItIsNotThisOne(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ at, absolute, clock string }{
		{"2026-11-24T10:02:00Z", "24 Nov, 10:02", "10:02"},
		{"2026-11-24T01:02:00+03:00", "23 Nov, 22:02", "Mon 22:02"},
		{"2026-11-18T10:02:00Z", "18 Nov, 10:02", "18 Nov"},
		{"2025-12-31T23:59:00Z", "31 Dec 2025, 23:59", "31 Dec 2025"},
		{"2027-01-01T00:00:00Z", "1 Jan 2027, 00:00", "1 Jan 2027"},
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := components.Absolute(at, now); got != test.absolute {
			t.Errorf("Absolute(%s): got %q, want %q", test.at, got, test.absolute)
		}
		if got := components.Clock(at, now); got != test.clock {
			t.Errorf("Clock(%s): got %q, want %q", test.at, got, test.clock)
		}
	}
}

// TestATimeToComeNamesItsDay: a clock alone is missed by a day, a day alone by hours.
func TestATimeToComeNamesItsDay(t *testing.T) {
	t.Parallel()
	saturday := time.Date(2026, 11, 28, 9, 22, 10, 0, time.UTC)
	for wait, want := range map[time.Duration]string{
		time.Hour:            "at 10:23 UTC",
		15 * time.Hour:       "tomorrow, Sunday at 00:23 UTC",
		90_000 * time.Second: "tomorrow, Sunday at 10:23 UTC",
		49 * time.Hour:       "on Monday, 30 November at 10:23 UTC",
		40 * 24 * time.Hour:  "on Thursday, 7 January 2027 at 09:23 UTC",
	} {
		if got := components.Again(saturday.Add(wait), saturday); got != want {
			t.Errorf("after %v: got %q, want %q", wait, got, want)
		}
	}
	if got := components.Until(saturday.Add(time.Hour), saturday); got != "10:23" {
		t.Errorf("until: got %q", got)
	}
}

func TestKeptTimesCountFromThen(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]string{
		75 * time.Hour: "3 days before", 31 * time.Hour: "31 h before", time.Minute: "1 minute before", 0: "just before", -time.Hour: "just before",
	} {
		if got := components.Before(now.Add(-age), now); got != want {
			t.Errorf("%s: got %q, want %q", age, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Maya Lindqvist": "ML", "Ömer van der Berg": "ÖB", "  plain ": "P", "": "?", "日本 太郎": "日太"} {
		if got := components.Initials(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestLastSyncSaysNever(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"0001-01-01T00:00:00Z":         "Graph says year 0001",
		"0000-01-01T00:00:00-08:00":    "Graph says year 0001",
		"":                             "Graph sends no date",
		"1601-01-01T00:00:00Z":         "Graph says 1601-01-01",
		"2026-11-21T10:24:00.0000000Z": "3 days ago",
		"1970-01-01T01:00:00+01:00":    "Graph says 1970-01-01",
		"1700-01-01T10:24:00Z":         "119,396 days ago",
		"2026-11-24T11:20:00Z":         "just now", // clocks differ
		"2026-12-04T10:24:00Z":         "A date in the future",
		"9999-12-31T23:59:59Z":         "31 Dec 9999, 23:59",
		"yesterday":                    `Not a date <span class="when-at"><bdi class="value" translate="no">yesterday`,
	} {
		c := connector.New(map[string]connector.Value{connector.LastSyncDateTime: connector.Of(sent)})
		if got := drawn(t, components.LastSync(c, now, time.Time{})); !strings.Contains(got, want) {
			t.Errorf("%q: got %s, want %q in it", sent, got, want)
		}
	}
}

// iconNames finds the icons that templates and the Go beside them name; those of a note are in Notice.Icon.
var iconNames = regexp.MustCompile(`(?:\bIcon\(|\bIcon: *|\b(?:EmptyState|CardTitle)\(|\bBadge\([^"\n]*, )"([a-z0-9-]+)"`)

func TestEveryIconExists(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*.templ")
	if err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob("*.templ")
	for _, file := range append(files, sources...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, named := range iconNames.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(drawn(t, components.Icon(named[1])), `d=""`) {
				t.Errorf("%s names the icon %q, which static/icons.mjs does not have", file, named[1])
			}
		}
	}
	for _, health := range connector.Healths() {
		if strings.Contains(drawn(t, components.HealthBadge(health)), `d=""`) {
			t.Errorf("the badge of %s has no icon", health)
		}
	}
}
