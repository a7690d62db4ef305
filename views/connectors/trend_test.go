package connectors_test

import (
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// TestTrend: a day is drawn as it was looked at last, and one on which nobody looked as that; the table says the same.
func TestTrend(t *testing.T) {
	t.Parallel()
	ago := func(days int, clock time.Duration, counts connectors.Counts) connectors.Day {
		return connectors.Day{At: viewstest.Now.Truncate(24*time.Hour).AddDate(0, 0, -days).Add(clock), Counts: counts}
	}
	trend := connectors.TrendOf([]connectors.Day{
		ago(40, 0, connectors.Counts{connector.Broken: 40}), // before the first day
		ago(29, 0, connectors.Counts{connector.Healthy: 6}),
		ago(1, 8*time.Hour, connectors.Counts{connector.Broken: 9}),
		ago(1, 9*time.Hour, connectors.Counts{connector.Broken: 1, connector.Healthy: 7}),
		ago(0, 10*time.Hour, connectors.Counts{connector.Broken: 2, connector.Late: 1, connector.Retired: 28}),
	}, viewstest.Now)
	page := string(viewstest.Rendered(t, connectors.OverviewContent(connectors.Overview{
		Actor: viewstest.Admin, Trend: trend, Counts: connectors.Counts{connector.Broken: 2, connector.Late: 1}, Now: viewstest.Now,
	})))
	for text, times := range map[string]int{
		"<title>Mon 26 Oct: nothing needed anybody</title>": 1,
		"<title>Mon 23 Nov: 1 newly broken</title>":         1,
		"<title>Tue 24 Nov: 2 newly broken, 1 late</title>": 1,
		": nobody looked</title>":                           27,
		`class="trend-unseen"`:                              27,
		"On each day between 0 and 3 connectors needed someone, 3 do today. On 27 days nobody looked.": 1,
		">Nobody looked</td>":   27,
		"1 more than yesterday": 2,
		"9 newly broken":        0,
		"40 newly broken":       0,
	} {
		if got := strings.Count(page, text); got != times {
			t.Errorf("%q is there %d times, want %d", text, got, times)
		}
	}
	if early := connectors.TrendOf([]connectors.Day{ago(0, 10*time.Hour, connectors.Counts{connector.Broken: 2})}, viewstest.Now); early != nil {
		t.Errorf("a trend of one day: %v", early)
	}
}
