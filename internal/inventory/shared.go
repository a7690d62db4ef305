package inventory

import (
	"context"
	"database/sql"
	"maps"
	"time"

	"switchboard/internal/live"
)

const (
	// sharedFor is how old another person's read may be that is shown to somebody.
	sharedFor = time.Minute
	// ownWithin is how long ago a session must have read the list itself for that: whoever sees the same connectors.
	ownWithin = 15 * time.Minute
	// mostBarred bounds the people of whom it is kept that Graph refused them a read.
	mostBarred = 10_000
)

// Shared is the list as another person has read it, at most a minute ago and after this session did, if that session's own read, at
// most 15 minutes ago, brought the same ids; ok is false where there is none. Graph is not asked: 1,000 people may look at one
// tenant's list without a request each. While Graph does not answer nothing is shared: everybody learns of that.
func (i *Inventory) Shared(p Person) (Listing, bool) {
	if !i.Graph.Well() {
		return Listing{}, false
	}
	return i.memory.share(p.SessionHash(), p.Whose())
}

// Bar has a person's lists be read by themselves again, on all instances: Graph has refused them a read with 401 or 403, so that they
// may no longer see what others do.
func (i *Inventory) Bar(whose string) {
	i.memory.bar(whose)
	if i.Database == nil || i.Database.Local() {
		return
	}
	i.after.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), i.CompareWithin)
		defer cancel()
		err := i.Database.Write(ctx, func(tx *sql.Tx) error {
			return i.Pages.Tell(ctx, tx, live.Event{Kind: live.Refused, Person: whose})
		})
		if err != nil {
			i.Log.Warn("other instances were not told that Graph refused somebody a read", "error", err.Error())
		}
	})
}

// Barred is Bar as another instance tells it.
func (i *Inventory) Barred(whose string) { i.memory.bar(whose) }

func (m *memory) bar(whose string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if len(m.barred) >= mostBarred {
		maps.DeleteFunc(m.barred, func(_ string, at time.Time) bool { return now.Sub(at) > ownWithin })
	}
	m.barred[whose] = now
}

// loan is a list that another person has read, and to whom it is shown.
type loan struct {
	list  Listing
	whose string
}

func (m *memory) share(session, whose string) (list Listing, there bool) {
	m.change(session, func(own *shelf) {
		if own.listing == nil {
			return
		}
		found := m.sharable(own, whose)
		if there = found != nil; !there {
			return
		}
		m.giveBack(own)
		m.tables.use(found)
		own.lent = &loan{found.read, whose}
		own.lent.list.Connectors, own.lent.list.table, own.lent.list.Unlisted = found.connectors, found, own.listing.Unlisted
		list = own.merged(own.lent.list)
	})
	return list, there
}

// giveBack takes another's list from the shelf.
func (m *memory) giveBack(own *shelf) {
	if own.lent != nil {
		m.tables.part(own.lent.list.table)
		own.lent = nil
	}
}

// shown is the list that may be shown to the session: another's, as long as it may, else its own. The lock is held.
func (m *memory) shown(own *shelf) Listing {
	if own.lent == nil {
		return *own.listing
	}
	list := own.lent.list
	if !m.mayBorrow(own, own.lent.whose) || !m.lends(list.table, list.At, own) {
		m.giveBack(own)
		return *own.listing
	}
	return list
}

// mayBorrow says whether the session may be shown others' lists. The lock is held.
func (m *memory) mayBorrow(own *shelf, whose string) bool {
	barred, ever := m.barred[whose]
	return m.now().Sub(own.listing.At) <= ownWithin && !(ever && !own.listing.At.After(barred))
}

// lends says whether the table, as it was read at that time, is a newer read of the connectors that the session has read, and of this
// minute. The lock is held.
func (m *memory) lends(one *table, read time.Time, own *shelf) bool {
	return one.ids == own.listing.table.ids && len(one.unreadable)+len(own.listing.Unreadable) == 0 &&
		m.now().Sub(read) <= sharedFor && read.After(own.listing.At)
}

// sharable is the table of the latest list that may be shown to the session, newer than what is shown to it now; nil for none. The lock
// is held.
func (m *memory) sharable(own *shelf, whose string) (found *table) {
	if !m.mayBorrow(own, whose) {
		return nil
	}
	shown := m.shown(own)
	for _, one := range m.tables.latest {
		if m.lends(one, one.read.At, own) && one.read.At.After(shown.At) && (found == nil || one.read.At.After(found.read.At)) {
			found = one
		}
	}
	return found
}
