package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestDatesAsPeopleWriteThem on a Tuesday, 24 November 2026.
func TestDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "", "2026-11-24": "2026-11-24", "2026-11-24T10:00:00+02:00": "2026-11-24T10:00:00+02:00", "2026-11-24 10:00": "2026-11-24T10:00:00Z",
		"2026-11-24T10:00": "2026-11-24T10:00:00Z", "2026-11-24 10:00:05": "2026-11-24T10:00:05Z",
		"24 Nov 2026": "2026-11-24", "24 november 2026": "2026-11-24", "Nov 24, 2026": "2026-11-24", "November 24th, 2026": "2026-11-24", "24. November 2026": "2026-11-24",
		"3 Sept 2026": "2026-09-03", "24-Nov-2026": "2026-11-24", "24.11.2026": "2026-11-24", "3.4.2026": "2026-04-03", "2026/11/24": "2026-11-24",
		"Tuesday, 24 November 2026": "2026-11-24", "Tue 24 Nov 2026, 10:00 UTC": "2026-11-24T10:00:00Z", "24 Nov 2026 at 10:00": "2026-11-24T10:00:00Z",
		"24/11/2026": "2026-11-24", "11/24/2026": "2026-11-24", "4/4/2026": "2026-04-04", "24 Nov": "2026-11-24", "25 Nov": "2025-11-25", "Mar 1": "2026-03-01",
		"today": "2026-11-24", "Yesterday": "2026-11-23", "yesterday 18:00": "2026-11-23T18:00:00Z", "monday": "2026-11-23", "last Tuesday": "2026-11-17", "sun": "2026-11-22",
		"monday 7:30 pm": "2026-11-23T19:30:00Z", "12:30am": "2026-11-24T00:30:00Z", "9pm": "2026-11-24T21:00:00Z", "10:00": "2026-11-24T10:00:00Z",
		"29 Feb": "2024-02-29", "Feb 29": "2024-02-29", "31 Dec": "2025-12-31",
		// what is none stays
		"the day before": "the day before", "24": "24", "31 Feb 2026": "31 Feb 2026", "2026-13-01": "2026-13-01", "10:60": "10:60", "25:00": "25:00", "13:00 pm": "13:00 pm", "32/1/2026": "32/1/2026", "1e3": "1e3",
	} {
		if got, fault := asWritten(text, now); got != want || fault != "" {
			t.Errorf("%q is read as %q (%s), want %q", text, got, fault, want)
		}
	}
	if got, fault := asWritten("29 Feb", time.Date(2028, 1, 15, 9, 0, 0, 0, time.UTC)); got != "2024-02-29" || fault != "" {
		t.Errorf("in January of a leap year, 29 Feb is read as %q (%s)", got, fault)
	}
	if _, fault := asWritten("3/4/2026 10:00", now); !strings.Contains(fault, "3 April or 4 March") {
		t.Errorf("3/4/2026: %q", fault)
	}
}

// TestRangesWhereADayHasNoMidnight: where the clocks go forward at 0:00 the day begins at 1:00, and its eve ends there.
func TestRangesWhereADayHasNoMidnight(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ now, query, want string }{
		{"2026-09-05T15:00:00Z", "range=today&tz=America/Santiago", "2026-09-05T04:00:00Z 2026-09-06T04:00:00Z"},
		{"2026-09-06T15:00:00Z", "range=today&tz=America/Santiago", "2026-09-06T04:00:00Z 2026-09-07T03:00:00Z"},
		{"2026-09-12T15:00:00Z", "range=7d&tz=America/Santiago", "2026-09-06T04:00:00Z 2026-09-13T03:00:00Z"},
		{"2026-04-05T15:00:00Z", "range=today&tz=America/Santiago", "2026-04-05T04:00:00Z 2026-04-06T04:00:00Z"},
		{"2026-03-08T15:00:00Z", "range=today&tz=America/Havana", "2026-03-08T05:00:00Z 2026-03-09T04:00:00Z"},
		{"2026-11-01T15:00:00Z", "range=today&tz=America/Havana", "2026-11-01T04:00:00Z 2026-11-02T05:00:00Z"},
		{"2026-11-15T15:00:00Z", "range=month&tz=America/Havana", "2026-11-01T04:00:00Z 2026-12-01T05:00:00Z"},
		{"2026-04-24T15:00:00Z", "range=today&tz=Africa/Cairo", "2026-04-23T22:00:00Z 2026-04-24T21:00:00Z"},
		{"2026-03-29T15:00:00Z", "range=today&tz=Asia/Beirut", "2026-03-28T22:00:00Z 2026-03-29T21:00:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, test.now)
		values, _ := url.ParseQuery(test.query)
		faults := readBounds(values, now)
		if got := values.Get("from") + " " + values.Get("to"); got != test.want || len(faults) > 0 {
			t.Errorf("%s at %s is %s (%v), want %s", test.query, test.now, got, faults, test.want)
		}
	}
}

// TestRangesByTheDaysOfAZone: at the moment it is Tuesday in UTC, still Monday in Honolulu, and already Wednesday on Kiritimati.
func TestRangesByTheDaysOfAZone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"range=today": "2026-11-24T00:00:00Z 2026-11-25T00:00:00Z", "range=7d": "2026-11-18T00:00:00Z 2026-11-25T00:00:00Z",
		"range=week": "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z", "range=month": "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z",
		"range=today&tz=Europe/Berlin":       "2026-11-23T23:00:00Z 2026-11-24T23:00:00Z",
		"range=week&tz=Europe/Berlin":        "2026-11-15T23:00:00Z 2026-11-22T23:00:00Z",
		"range=month&tz=Europe/Berlin":       "2026-10-31T23:00:00Z 2026-11-30T23:00:00Z",
		"range=today&tz=Pacific/Honolulu":    "2026-11-24T10:00:00Z 2026-11-25T10:00:00Z",
		"range=today&tz=Pacific/Kiritimati":  "2026-11-24T10:00:00Z 2026-11-25T10:00:00Z",
		"range=7d&tz=America/St_Johns":       "2026-11-18T03:30:00Z 2026-11-25T03:30:00Z",
		"tz=Europe/Berlin&from=24 Nov 2026":  "2026-11-24 ",
		"range=&tz=&from=yesterday&to=today": "2026-11-23 2026-11-24",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		faults := readBounds(values, now)
		if got := values.Get("from") + " " + values.Get("to"); got != want || len(faults) > 0 {
			t.Errorf("%s is %s (%v), want %s", query, got, faults, want)
		}
	}
	for query, field := range map[string]string{
		"range=year": "range", "range=week&from=2026-11-24": "range", "range=week&to=x": "range", "range=Today": "range",
		"tz=Mars/Olympus": "tz", "tz=Local&range=today": "tz", "tz=../etc/passwd": "tz", "tz=/etc/localtime": "tz",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if faults := readBounds(values, now); len(faults) != 1 || faults[0].Name != field {
			t.Errorf("%s: %v, want a fault of %s", query, faults, field)
		}
	}
}
