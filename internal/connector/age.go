package connector

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

const day = 24 * time.Hour

// Ago says how long before now a time was, for instance "3 days ago" or "just now"; a time ahead of now, as a clock
// that runs differently gives, counts as now.
func Ago(at, now time.Time) string {
	age := now.Sub(at)
	switch {
	case age < 5*time.Second:
		return "just now"
	case age == math.MaxInt64: // 292 years, the longest Duration, stands for all that are longer
		return plural(int((now.Unix()-at.Unix())/int64(day/time.Second)), "day") + " ago"
	}
	return Span(age) + " ago"
}

// Span is a length of time in the largest unit that suits it, for instance "31 h", "3 days" or "1,010 days".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return plural(int(d/time.Second), "second")
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 2*day:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return plural(int(d/day), "day")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return Thousands(n) + " " + unit + "s"
}

// Thousands writes a number with a comma between thousands.
func Thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
