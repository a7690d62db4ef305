package connector

import (
	"strings"
	"testing"
	"time"
)

func TestSyncSaid(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]SyncText{
		"":                                SyncNever,
		"0000-01-01T00:00:00Z":            SyncNever,
		"0001-01-01T00:00:00Z":            SyncNever,
		"0001-12-31T23:00:00-08:00":       SyncNever,
		"1600-12-31T23:59:59Z":            SyncNever,
		"1601-01-01T00:00:00Z":            SyncNever,
		"1601-01-01T00:00:00.0000000Z":    SyncNever,
		"1601-01-01T00:00:00-08:00":       SyncNever, // as a local clock writes it
		"1600-12-31T16:00:00-08:00":       SyncNever,
		"1601-01-01T01:00:00+01:00":       SyncNever,
		"1753-01-01T00:00:00Z":            SyncNever,
		"1899-12-30T00:00:00Z":            SyncNever,
		"1900-01-01T00:00:00Z":            SyncNever,
		"1970-01-01T00:00:00Z":            SyncNever,
		"1969-12-31T16:00:00-08:00":       SyncNever,
		"1601-01-01T00:00:01Z":            SyncDated,
		"1700-01-01T00:00:00Z":            SyncDated,
		"1970-01-01T00:00:01Z":            SyncDated,
		"2026-11-24T10:12:31.4020000Z":    SyncDated,
		"9999-12-31T23:59:59.9999999Z":    SyncDated,
		"9999-12-31T23:59:59-14:00":       SyncDated, // the year 10000 in UTC
		"yesterday":                       SyncUnreadable,
		" ":                               SyncUnreadable,
		"2026-11-24":                      SyncUnreadable,
		"2026-11-24T10:12:31":             SyncUnreadable,
		"2026-02-30T00:00:00Z":            SyncUnreadable,
		"1601-01-01":                      SyncUnreadable,
		"-0001-01-01T00:00:00Z":           SyncUnreadable,
		"\u202e2026-11-24T10:12:31Z":      SyncUnreadable,
		strings.Repeat("2026", 1_000_000): SyncUnreadable,
	} {
		got, at := New(map[string]Value{LastSyncDateTime: Of(text)}).SyncSaid()
		if got != want || at.IsZero() != (want != SyncDated) {
			t.Errorf("%.40q: %v at %v, want %v", text, got, at, want)
		}
	}
	if got, _ := New(nil).SyncSaid(); got != SyncNever {
		t.Errorf("null: %v", got)
	}
}

func TestClocksThatDifferALittleAreNotTheFuture(t *testing.T) {
	t.Parallel()
	for ahead, want := range map[time.Duration]bool{-time.Hour: false, 0: false, 5 * time.Minute: false, time.Hour: false, 61 * time.Minute: true, 240 * time.Hour: true} {
		if got := Ahead(now.Add(ahead), now); got != want {
			t.Errorf("%v ahead: %v, want %v", ahead, got, want)
		}
	}
	if !Ahead(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), now) {
		t.Error("the year 9999 is not ahead")
	}
}

// TestAgesOfCenturies: a Duration ends at 292 years, 106,751 days.
func TestAgesOfCenturies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1734-11-24T10:12:31Z": "106,651 days ago",
		"1734-08-15T10:12:31Z": "106,752 days ago",
		"1700-01-01T10:12:31Z": "119,396 days ago",
		"0002-01-01T00:00:00Z": "739,578 days ago",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Ago(at, now); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
