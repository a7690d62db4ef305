package connector

import (
	"fmt"
	"strings"
	"time"
)

// Past is what is remembered of a connector: what people read of it, and when. The zero Past is nothing.
type Past struct {
	// Since is when somebody first read it, as far as is remembered.
	Since time.Time
	// Rhythm is how often it synced, 0 where the reads do not tell.
	Rhythm time.Duration
	// Exact says that no sync can have come between those that were read. Without it the connector may have synced more often.
	Exact bool
	// Status and Version are the latest steps of the two; the zero Step is none.
	Status, Version Step
}

// Step is another value than before: Was was read last at From, and Is first at To. What lies between nobody saw.
type Step struct {
	Was, Is  string
	From, To time.Time
}

const (
	// told is how long ago a connector may have stopped for its past to be told: longer ago, its beginning may be forgotten.
	told = 40 * day
	// stepsNear is how long before or after a stop a step is told with it.
	stepsNear = 7 * day
	// quotedStep bounds what a sentence repeats of a version or a status.
	quotedStep = 60
)

// Tell is what the past adds to the sentence about a connector of that health, read at that time; it may be empty.
func (p Past) Tell(c Connector, health Health, now time.Time) string {
	at, synced := c.LastSync()
	switch {
	case p.Since.IsZero() || !synced || Ahead(at, now):
		return ""
	case health == Healthy && p.Rhythm > 0:
		return "It syncs " + p.rhythm() + ", by what people read."
	case health != Broken && health != Late, now.Sub(at) > told:
		return ""
	}
	return p.stopped(at, now)
}

// stopped says how the connector synced until it did no longer, and what of it changed about then.
func (p Past) stopped(at, now time.Time) string {
	version := p.version(at)
	switch {
	case p.Rhythm > 0 && version != "":
		return "It synced " + p.rhythm() + " until " + moment(at, now) + ", and " + version + "."
	case p.Rhythm > 0:
		return "It synced " + p.rhythm() + " until " + moment(at, now) + "."
	case p.Since.After(at):
		return "How often it synced before is not known: nobody looked until " + moment(p.Since, now) + "."
	case version != "":
		return strings.ToUpper(version[:1]) + version[1:] + "."
	}
	return "How often it synced before is not known: too few looked."
}

// version says when the version changed, if that was about when the connector stopped.
func (p Past) version(stopped time.Time) string {
	step := p.Version
	if step.To.IsZero() || step.From.After(stopped.Add(day)) || step.To.Before(stopped.Add(-stepsNear)) {
		return ""
	}
	return fmt.Sprintf("its version changed %s, from %s to %s", stepDay(step, stopped), firstRunes(step.Was, quotedStep), firstRunes(step.Is, quotedStep))
}

// stepDay says on which day before the stop the step came, as near as it is known.
func stepDay(step Step, stopped time.Time) string {
	first, last := daysBefore(step.From, stopped), daysBefore(step.To, stopped)
	switch {
	case first != last && first-last > 1:
		return fmt.Sprintf("between %s and %s, when nobody looked", step.From.UTC().Format("2 Jan 15:04"), step.To.UTC().Format("2 Jan 15:04"))
	case last < 0:
		return "the day after"
	case last == 0:
		return "that day"
	case last == 1:
		return "the day before"
	}
	return fmt.Sprintf("%d days before", last)
}

func daysBefore(at, stopped time.Time) int {
	return int(stopped.UTC().Truncate(day).Sub(at.UTC().Truncate(day)) / day)
}

// rhythm is how often it syncs, as an adverb.
func (p Past) rhythm() string {
	if p.Exact {
		return every(p.Rhythm)
	}
	return "at least " + every(p.Rhythm)
}

func every(d time.Duration) string {
	switch hours := int(d.Round(time.Hour) / time.Hour); {
	case d < 50*time.Minute:
		return fmt.Sprintf("every %d minutes", max(1, int(d.Round(time.Minute)/time.Minute)))
	case hours == 1:
		return "hourly"
	case hours >= 22 && hours <= 26:
		return "daily"
	case hours < 48:
		return fmt.Sprintf("every %d hours", hours)
	}
	return fmt.Sprintf("every %d days", int(d.Round(day)/day))
}

// moment is a time in a sentence, in UTC: "07:02 today", "Saturday 07:02" within six days, else the day.
func moment(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	switch age := now.Sub(at); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format("15:04") + " today"
	case age > 0 && age < 6*day:
		return at.Format("Monday 15:04")
	case at.Year() == now.Year():
		return at.Format("2 January 15:04")
	}
	return at.Format("2 January 2006 15:04")
}
