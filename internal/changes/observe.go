package changes

import (
	"context"
	"slices"
	"time"

	"switchboard/internal/connector"
)

// rereads are the pauses before further reads of what a change stored, while reads show only what was there before: Graph
// answers from copies, and one that has not caught up proves nothing.
var rereads = []time.Duration{300 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond}

// observe reads what is stored, after an answer that says 'done' and does not show the object. Where all reads show only
// what was there before, or before an earlier change of ours, what is stored stays unknown.
func (s *Service) observe(ctx context.Context, p Person, change Change) Change {
	reading, cancel := within(ctx, min(observeWithin, s.leftOf(change)))
	defer cancel()
	for _, pause := range append(rereads, 0) {
		read := s.read(reading, p, change.Connector)
		old, err := change.shownBefore(read.connector), read.err
		if err == nil && !old {
			old, err = s.isOld(reading, change, read)
		}
		if err != nil {
			s.Log.WarnContext(ctx, "the values stored by a change could not be read", "change", change.ID, "error", err.Error())
			return change
		}
		if !old {
			change = change.returning(read.connector)
			change.failure.ReadBack = true
			return change
		}
		if pause == 0 || s.Sleep(reading, pause) != nil {
			break
		}
	}
	s.Log.InfoContext(ctx, "reads after a change show only the values from before", "change", change.ID)
	return change
}

// shownBefore says whether all fields hold what they held before the change.
func (c Change) shownBefore(read connector.Connector) bool {
	return !slices.ContainsFunc(c.Fields, func(field connector.FieldChange) bool {
		return !connector.Same(field.Name, read.Value(field.Name), field.Before)
	})
}

func (c Change) returning(stored connector.Connector) Change {
	c.Returned, c.HasReturned = stored.Spelt(c.Connector), true
	c.Fields = connector.WithStored(c.Fields, stored)
	return c
}

// othersSince are what others changed in other properties up to the object that came of the change. An answer to a write is
// another witness than a read: where it leaves a property empty it proves nothing.
func othersSince(change Change, edit connector.Edit) []connector.Drift {
	return slices.DeleteFunc(edit.Others(change.Returned), func(drift connector.Drift) bool {
		read := slices.ContainsFunc(change.Others, func(one connector.Drift) bool { return one.Name == drift.Name })
		return drift.Is.IsEmpty() && !read && !change.ReadBack()
	})
}

// besideItself is what the change returned, but for what the change itself has set: it tells what others did.
func (c Change) besideItself() connector.Connector {
	before := map[string]connector.Value{}
	for _, field := range c.Fields {
		before[field.Name] = field.Before
	}
	return c.Returned.With(before)
}
