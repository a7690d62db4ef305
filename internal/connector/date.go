package connector

import (
	"strings"
	"time"
)

// ParseDate reads a date as Graph writes it. The time is for comparing and for telling an age only: formatting it again
// would lose the fractional digits.
func ParseDate(text string) (time.Time, bool) {
	if !isDate(text) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at, err == nil
}

// isDate says whether a text is written as Edm.DateTimeOffset is, as Graph writes and reads it: seconds and an offset are required,
// up to twelve fractional digits (OData 4.01 ABNF). time.Parse alone accepts a comma and the offset -24:00. Lists of thousands are
// judged by it, so it is no regular expression.
func isDate(text string) bool {
	rest, ok := shaped(text, "dddd-dd-ddTdd:dd:dd")
	if !ok {
		return false
	}
	if fraction, there := strings.CutPrefix(rest, "."); there {
		rest = strings.TrimLeft(fraction, "0123456789")
		if digits := len(fraction) - len(rest); digits < 1 || digits > 12 {
			return false
		}
	}
	if rest == "Z" {
		return true
	}
	end, ok := shaped(rest, "sdd:dd")
	return ok && end == "" && rest[1:3] <= "14" && rest[4] <= '5'
}

// shaped is what follows a text of that shape: d is a digit, s a sign, anything else itself.
func shaped(text, shape string) (rest string, ok bool) {
	if len(text) < len(shape) {
		return "", false
	}
	for i := range len(shape) {
		is := text[i]
		switch shape[i] {
		case 'd':
			ok = '0' <= is && is <= '9'
		case 's':
			ok = is == '+' || is == '-'
		default:
			ok = is == shape[i]
		}
		if !ok {
			return "", false
		}
	}
	return text[len(shape):], true
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
