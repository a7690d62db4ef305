package connector

import (
	"regexp"
	"testing"
	"time"
)

// dates are texts, and whether Graph's Edm.DateTimeOffset has room for them.
var dates = map[string]bool{
	"2017-01-01T00:02:49.3205976-08:00": true, // the reference page's
	"2026-11-24T00:02:49.3205970-08:00": true,
	"2026-11-24T10:00:00.0000000Z":      true,
	"2026-11-24T10:00:00.1000000+00:00": true,
	"2026-11-24T10:00:00Z":              true,
	"2026-11-24T10:00:00.1Z":            true,
	"2026-11-24T10:00:00.123456789012Z": true, // OData: up to twelve digits
	"2019-06-30T23:59:59.9999999+05:30": true,
	"0001-01-01T00:00:00Z":              true,
	"0001-01-01T00:00:00-08:00":         true,
	"9999-12-31T23:59:59.9999999Z":      true,
	"2024-02-29T00:00:00Z":              true,
	"2026-11-24T10:00:00+14:00":         true,

	"":                                   false,
	"2026-11-24":                         false,
	"2026-11-24T10:00:00":                false, // no offset
	"2026-11-24T10:00Z":                  false, // no seconds
	"2026-11-24 10:00:00Z":               false,
	"2026-11-24T10:00:00-0800":           false,
	"2026-11-24T10:00:00-08":             false,
	"2026-11-24t10:00:00Z":               false,
	"2026-11-24T10:00:00z":               false,
	"2026-11-24T10:00:60Z":               false,
	"2026-11-24T24:00:00Z":               false,
	"2026-11-24T10:60:00Z":               false,
	"2026-02-29T00:00:00Z":               false,
	"2026-02-30T00:00:00Z":               false,
	"2026-13-01T00:00:00Z":               false,
	"2026-00-01T00:00:00Z":               false,
	"2026-01-00T00:00:00Z":               false,
	"2026-11-24T10:00:00,5Z":             false, // time.Parse takes a comma
	"2026-11-24T10:00:00-24:00":          false, // and this offset
	"2026-11-24T10:00:00+15:00":          false,
	"2026-11-24T10:00:00+08:60":          false,
	"2026-11-24T10:00:00.Z":              false,
	"2026-11-24T10:00:00.1234567890123Z": false,
	"2026-11-24T1:00:00Z":                false, // and this hour
	"12026-11-24T10:00:00Z":              false,
	"-2026-11-24T10:00:00Z":              false,
	" 2026-11-24T10:00:00Z":              false,
	"2026-11-24T10:00:00Z ":              false,
	"2026-11-24T10:00:00Z\n":             false,
	"２０２６-11-24T10:00:00Z":               false, // digits of another script
	"yesterday":                          false,
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for text, want := range dates {
		at, got := ParseDate(text)
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		if plain, err := time.Parse(time.RFC3339Nano, text); want && (err != nil || !plain.Equal(at)) {
			t.Errorf("%q is %v, want %v (%v)", text, at, plain, err)
		}
	}
}

func TestLastSync(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2024-02-18T22:41:07.1934520Z": true,
		"0002-06-01T00:00:00Z":         true,
		"0001-01-01T00:00:00Z":         false,
		"0001-01-01T00:00:00-08:00":    false, // which IsZero does not know
		"0001-01-01T00:00:00+08:00":    false, // year 0 in UTC
		"0001-12-31T23:59:59Z":         false,
		"0001-12-31T23:00:00-08:00":    false, // year 2 in UTC
		"0002-01-01T00:30:00+01:00":    false, // year 1 in UTC
		"0000-01-01T00:00:00Z":         false,
		"yesterday":                    false,
		"":                             false,
	} {
		if _, got := New(map[string]Value{LastSyncDateTime: Of(text)}).LastSync(); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if _, got := New(nil).LastSync(); got {
		t.Error("null is a time")
	}
}

var foreign = regexp.MustCompile(`,|T\d:|\.\d{13}|[+-](1[5-9]|2\d):\d\d$|:[6-9]\d$`)

// FuzzParseDate holds ParseDate against time.Parse, which takes a little more.
func FuzzParseDate(f *testing.F) {
	for text := range dates {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ParseDate(text)
		want, err := time.Parse(time.RFC3339Nano, text)
		if ok && (err != nil || !got.Equal(want)) {
			t.Errorf("%q is %v, want %v (%v)", text, got, want, err)
		}
		if !ok && err == nil && !foreign.MatchString(text) {
			t.Errorf("%q is refused, and time.Parse reads %v", text, want)
		}
	})
}
