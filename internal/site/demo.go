package site

import (
	"context"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/simulator"
)

// recallDemo gives a demo that starts for the first time a month to remember, as if somebody had looked on most working days: what
// the tenant's connectors would have shown. It is made up, as the tenant is; no other database gets such a past.
func (s *Site) recallDemo(ctx context.Context) error {
	start := s.complete().Now().UTC()
	var lists []inventory.Shown
	for at := start.AddDate(0, 0, -demoDays); at.Before(start); at = at.Add(demoReads) {
		if looked(at, start) {
			lists = append(lists, inventory.Shown{At: at, Connectors: shownBefore(start, at)})
		}
	}
	done, err := s.rooms.inventory.Recall(ctx, lists)
	if done {
		s.Log.InfoContext(ctx, "the demo remembers days before its first start, which are made up", "days", demoDays)
	}
	return err
}

const (
	demoDays  = 28
	demoReads = 30 * time.Minute
)

// looked says whether somebody looked then: on working days from 8 to 17, but for every ninth day, and before the latest ten days
// in the morning and the afternoon alone.
func looked(at, start time.Time) bool {
	weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
	often := start.Sub(at) < 10*24*time.Hour || at.Minute() < 30 && (at.Hour() == 9 || at.Hour() == 15)
	return !weekend && at.YearDay()%9 != 0 && at.Hour() >= 8 && at.Hour() < 17 && often
}

// shownBefore is what the tenant's list would have shown then.
func shownBefore(start, at time.Time) []connector.Connector {
	listed := simulator.Before(start, at)
	all := make([]connector.Connector, len(listed))
	for i, one := range listed {
		values := map[string]connector.Value{connector.ID: connector.Of(one.ID)}
		for name := range one.Values {
			if text, there := one.Value(name); there {
				values[name] = connector.Of(text)
			}
		}
		all[i] = connector.New(values)
	}
	return all
}
