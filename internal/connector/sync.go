package connector

import "time"

// SyncText is what the text of lastSyncDateTime tells a person. Health goes by LastSync alone, as the contract says.
type SyncText int

// What the text may tell, in the order in which lists are sorted by it.
const (
	SyncNever      SyncText = iota // null, no text, or a moment with which software writes that there is no date
	SyncUnreadable                 // a text that is no date
	SyncDated                      // a date, perhaps one that lies ahead; see Ahead
)

// SyncSaid reads lastSyncDateTime for a person; at is set where it is a date.
func (c Connector) SyncSaid() (said SyncText, at time.Time) {
	text := c.Value(LastSyncDateTime).Text()
	at, dated := ParseDate(text)
	switch {
	case text == "", dated && standsForNone(at):
		return SyncNever, time.Time{}
	case !dated:
		return SyncUnreadable, time.Time{}
	}
	return SyncDated, at
}

// noDate are the moments from which software counts, which it therefore writes where it has no date: those of Windows
// (FILETIME), SQL Server (datetime), OLE Automation, SQL Server (an empty text) and Unix. None can be a sync.
var noDate = []time.Time{
	time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1753, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC),
	time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
}

// standsForNone says whether the moment, or what a clock on the wall showed then, is one of those or before the first.
func standsForNone(at time.Time) bool {
	_, offset := at.Zone()
	wall := at.UTC().Add(time.Duration(offset) * time.Second)
	if at.Before(noDate[0]) || wall.Before(noDate[0]) {
		return true
	}
	for _, none := range noDate {
		if at.Equal(none) || wall.Equal(none) {
			return true
		}
	}
	return false
}

// clocksDiffer is how far Graph's clock may be ahead of ours before a date counts as one in the future.
const clocksDiffer = time.Hour

// Ahead says whether a moment lies in the future, further than two clocks may differ.
func Ahead(at, now time.Time) bool { return at.Sub(now) > clocksDiffer }
