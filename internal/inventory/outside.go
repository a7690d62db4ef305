package inventory

import (
	"fmt"
	"regexp"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// Outside is a change that was made outside Switchboard, somewhere between two reads. Graph does not say by whom.
type Outside struct {
	// Seq is the audit log's number of the line.
	Seq       int64
	Connector string
	// Fields hold what was there before and what is stored.
	Fields []connector.FieldChange
	// From is when the values before were last read, To when the new ones first were.
	From, To time.Time
	// By is whose read noticed it.
	By access.Actor
}

// The line of an outside change says in its reason between which reads it came.
const betweenLayout = "2006-01-02T15:04:05Z"

var betweenText = regexp.MustCompile(`^Changed outside Switchboard between (\S+Z) and (\S+Z)\.$`)

// between widens to whole seconds.
func between(from, to time.Time) string {
	from, to = from.UTC().Truncate(time.Second), to.UTC().Add(time.Second-time.Nanosecond).Truncate(time.Second)
	return fmt.Sprintf("Changed outside Switchboard between %s and %s.", from.Format(betweenLayout), to.Format(betweenLayout))
}

// OutsideOf reads a line of the audit log; ok is false for a line of anything else.
func OutsideOf(entry audit.Entry) (o Outside, ok bool) {
	told := betweenText.FindStringSubmatch(entry.Reason)
	if entry.Action != audit.Observed || told == nil {
		return Outside{}, false
	}
	from, first := time.Parse(betweenLayout, told[1])
	to, second := time.Parse(betweenLayout, told[2])
	return Outside{
		Seq: entry.Seq, Connector: entry.Connector, Fields: entry.Fields, From: from, To: to, By: entry.Actor,
	}, first == nil && second == nil
}
