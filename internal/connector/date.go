package connector

import (
	"regexp"
	"time"
)

// strictDate is Edm.DateTimeOffset as Graph writes and reads it: seconds and an offset are required, up to twelve
// fractional digits (OData 4.01 ABNF). time.Parse alone accepts a comma and the offset -24:00.
var strictDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,12})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$`)

// ParseDate reads a date as Graph writes it. The time is for comparing and for telling an age only: formatting it again
// would lose the fractional digits.
func ParseDate(text string) (time.Time, bool) {
	if !strictDate.MatchString(text) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at, err == nil
}

// LastSync is when the connector last synced; ok is false where it never did (Graph says year 0001 then, or null) or
// the text is no date. What is said to a person goes by SyncSaid.
func (c Connector) LastSync() (at time.Time, ok bool) {
	at, ok = ParseDate(c.Value(LastSyncDateTime).Text())
	if !ok || at.UTC().Year() <= 1 || at.Year() <= 1 {
		return time.Time{}, false
	}
	return at, true
}
