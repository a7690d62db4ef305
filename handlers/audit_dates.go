package handlers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateLayouts are ways to write a day with its year. The names of months are read in either letter case.
var dateLayouts = []string{
	time.DateOnly, "2006/1/2", "2006.1.2", "2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "2-Jan-2006", "2.1.2006", "20060102",
}

// dayLayouts are ways to write one without it.
var dayLayouts = []string{"2 Jan", "2 January", "Jan 2", "January 2"}

var (
	clockTime = regexp.MustCompile(`(?i)^(.*?)(?:^|[ t]|\bat )(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?(am|pm)?(?: ?(?:utc|gmt|z))?$`)
	slashed   = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
	ordinal   = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)\b`)
	weekday   = regexp.MustCompile(`(?i)^(?:last )?(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?$`)
	dayBefore = regexp.MustCompile(`(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)? `)
)

// asWritten is a date or a time as people write them, as a filter reads it: a day without a time stays one. All are UTC, as the
// page says. What cannot be read stays as it is; the fault says what is wrong where that is known.
func asWritten(text string, now time.Time) (read, fault string) {
	if _, err := time.Parse(time.RFC3339Nano, text); err == nil || text == "" {
		return text, ""
	}
	plain := strings.Join(strings.Fields(strings.ReplaceAll(text, ",", " ")), " ")
	day, fault := dayWritten(plain, now.UTC())
	if fault != "" || !day.IsZero() {
		return orText(day, text), fault
	}
	clock := clockTime.FindStringSubmatch(plain)
	if clock == nil || clock[3] == "" && clock[5] == "" {
		return text, ""
	}
	day = now.UTC().Truncate(24 * time.Hour)
	if before := strings.TrimSpace(clock[1]); before != "" {
		if day, fault = dayWritten(before, now.UTC()); fault != "" || day.IsZero() {
			return text, fault
		}
	}
	at, valid := clockOn(day, clock)
	if !valid {
		return text, ""
	}
	return at.Format(time.RFC3339), ""
}

func orText(day time.Time, text string) string {
	if day.IsZero() {
		return text
	}
	return day.Format(time.DateOnly)
}

// clockOn is the time of a day that the parts of a text say.
func clockOn(day time.Time, parts []string) (at time.Time, valid bool) {
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // digits, or nothing
	hour, minute, second := number(parts[2]), number(parts[3]), number(parts[4])
	if half := strings.ToLower(parts[5]); half != "" {
		if hour < 1 || hour > 12 {
			return at, false
		}
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return at, false
	}
	return day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second), true
}

// dayWritten is the day that a text names; the zero time where it names none. Of days without a year it is the latest.
func dayWritten(text string, now time.Time) (day time.Time, fault string) {
	today := now.Truncate(24 * time.Hour)
	switch strings.ToLower(text) {
	case "today":
		return today, ""
	case "yesterday":
		return today.AddDate(0, 0, -1), ""
	}
	if found := weekday.FindStringSubmatch(text); found != nil {
		return lastWeekday(strings.ToLower(found[1])[:3], today), ""
	}
	if found := slashed.FindStringSubmatch(text); found != nil {
		return daySlashed(found)
	}
	text = dayBefore.ReplaceAllString(ordinal.ReplaceAllString(text, "$1"), "")
	text = strings.Replace(strings.ToLower(text), "sept ", "sep ", 1)
	text = strings.Replace(text, ". ", " ", 1) // '24. November'
	for _, layout := range dateLayouts {
		if day, err := time.Parse(layout, text); err == nil {
			return day, ""
		}
	}
	return latestDay(text, today), ""
}

// latestDay is the latest day of that name that has come; the zero time where the text names none. Up to eight years lie between two
// 29ths of February.
func latestDay(text string, today time.Time) time.Time {
	for year := today.Year(); year >= today.Year()-8; year-- {
		for _, layout := range dayLayouts {
			if day, err := time.Parse(layout+" 2006", text+" "+strconv.Itoa(year)); err == nil && !day.After(today) {
				return day
			}
		}
	}
	return time.Time{}
}

// lastWeekday is the latest day of that name before today.
func lastWeekday(name string, today time.Time) time.Time {
	day := today.AddDate(0, 0, -1)
	for strings.ToLower(day.Weekday().String())[:3] != name {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// daySlashed reads 24/11/2026 and 11/24/2026, and not what could be either.
func daySlashed(parts []string) (day time.Time, fault string) {
	for _, layout := range []string{"2/1/2006", "1/2/2006"} {
		read, err := time.Parse(layout, parts[0])
		switch {
		case err != nil:
		case day.IsZero():
			day = read
		case !day.Equal(read):
			return time.Time{}, fmt.Sprintf("This could be %s or %s. Write the month as a word, such as %s.",
				day.Format("2 January"), read.Format("2 January"), day.Format("2 Jan 2006"))
		}
	}
	return day, ""
}
