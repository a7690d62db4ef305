package handlers

import (
	"net/url"
	"time"
	_ "time/tzdata" // a machine or a container may have no zones of its own

	"switchboard/internal/problem"
)

// ranges are the times that a word stands for, counted by the days of the zone that the moment is in.
var ranges = map[string]func(now time.Time) (from, to time.Time){
	"today": func(now time.Time) (from, to time.Time) { return dayOf(now, 0), dayOf(now, 1) },
	"7d":    func(now time.Time) (from, to time.Time) { return dayOf(now, -6), dayOf(now, 1) },
	"week": func(now time.Time) (from, to time.Time) {
		monday := -int((now.Weekday() + 6) % 7) // this week's
		return dayOf(now, monday-7), dayOf(now, monday)
	},
	"month": func(now time.Time) (from, to time.Time) {
		return dayIn(now.Location(), now.Year(), now.Month(), 1), dayIn(now.Location(), now.Year(), now.Month()+1, 1)
	},
}

// dayOf is the beginning of the day that is so many days later.
func dayOf(now time.Time, later int) time.Time {
	return dayIn(now.Location(), now.Year(), now.Month(), now.Day()+later)
}

// dayIn is the beginning of a day in a zone.
func dayIn(zone *time.Location, year int, month time.Month, day int) time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if midnight.Hour() > 12 { // the eve: that night the clocks go from 0:00 to 1:00, and there the day begins
		_, midnight = midnight.ZoneBounds()
	}
	return midnight
}

// zoneOf is the time zone of that name, UTC where none is given. The names "Local" and those of files are none.
func zoneOf(name string) (zone *time.Location, known bool) {
	if name == "" {
		return time.UTC, true
	}
	if zone, known = zoneNamed(name); !known {
		return time.UTC, false
	}
	return zone, true
}

// readBounds puts the bounds that are meant into a filter's values, in UTC: those of a range, or dates as people write them.
func readBounds(plain url.Values, now time.Time) (faults []problem.Field) {
	zone, known := zoneOf(plain.Get("tz"))
	if !known {
		faults = append(faults, problem.Field{Name: "tz", Message: "Enter the name of a time zone, such as Europe/Berlin, or leave it out."})
	}
	typed := plain.Get("from") != "" || plain.Get("to") != ""
	name := plain.Get("range")
	meant, there := ranges[name]
	switch {
	case name != "" && !there:
		faults = append(faults, problem.Field{Name: "range", Message: "Choose one of the periods: today, 7d, week or month."})
	case there && typed:
		faults = append(faults, problem.Field{Name: "range", Message: "Choose a period or enter dates, not both."})
	case there:
		from, to := meant(now.In(zone))
		plain.Set("from", from.UTC().Format(time.RFC3339))
		plain.Set("to", to.UTC().Format(time.RFC3339))
	}
	for _, bound := range []string{"from", "to"} {
		at, fault := asWritten(plain.Get(bound), now)
		if fault != "" {
			at, faults = "", append(faults, problem.Field{Name: bound, Message: fault})
		}
		plain.Set(bound, at)
	}
	return faults
}

// period is the name of the days that a filter asks for in a zone, for the name of a file; empty where it is open at an end.
func period(from, to time.Time, zone *time.Location) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	first, last := from.In(zone).Format(time.DateOnly), to.Add(-1).In(zone).Format(time.DateOnly)
	if first == last {
		return first
	}
	return first + "-to-" + last
}
