package inventory

import (
	"time"

	"switchboard/internal/connector"
)

// kind is how a connector was read. The two kinds may differ in a property for good, for instance where the list leaves out
// what a read of one connector gives: such a difference is not news.
type kind int

const (
	listed kind = iota
	single
	kinds
)

func (k kind) other() kind { return 1 - k }

// apart is the time that must lie between two reads for the second to confirm the first.
const apart = time.Second

// evidence is what the two kinds of read have shown of one connector.
type evidence struct {
	// Views are what each kind shows, by kind; nil where it was never read.
	Views [kinds]*view `json:"views"`
	// News are values that await a second witness, by property.
	News map[string]news `json:"news,omitempty"`
	// Behind are the properties that the list is known to have changed and that no single read has shown since.
	Behind map[string]bool `json:"behind,omitempty"`
	// Synced is the last sync before the latest.
	Synced *passed `json:"synced,omitempty"`
}

// view is what one kind of read shows.
type view struct {
	Object connector.Connector `json:"object"`
	// Held is when it was last known to show that.
	Held time.Time `json:"held"`
	// Assumed says that another kind of read may have shown it.
	Assumed bool `json:"assumed,omitempty"`
}

// news is a value that one read has shown, or several within a second.
type news struct {
	Value connector.Value `json:"value"`
	// From is when what was there before was last read, At when this was first.
	From time.Time `json:"from"`
	At   time.Time `json:"at"`
	// Seen says which kinds of read have shown it.
	Seen [kinds]bool `json:"seen"`
	// First says that the first read of its kind showed it: it differs from the other kind, which is no news by itself.
	First bool `json:"first,omitempty"`
	// Denied says that a read of the other kind has shown the value from before since: the next read that shows the new value
	// counts as its first witness again.
	Denied bool `json:"denied,omitempty"`
}

// passed is a value that was there until a time.
type passed struct {
	Value connector.Value `json:"value"`
	At    time.Time       `json:"at"`
}

// of is what reads of the kind show; where none was made yet, they are taken to show what the other kind does.
func (e *evidence) of(k kind) view {
	for _, each := range []kind{k, k.other()} {
		if e.Views[each] != nil {
			return *e.Views[each]
		}
	}
	return view{}
}

// known says whether a read of the kind was made.
func (e *evidence) known(k kind) bool { return e.Views[k] != nil && !e.Views[k].Assumed }

// take has the kind show that value from now on.
func (e *evidence) take(k kind, name string, value connector.Value) {
	was := e.of(k)
	was.Object = was.Object.With(map[string]connector.Value{name: value})
	e.Views[k] = &was
}

// settled says that reads of the kind that show what it showed say nothing new and decide nothing.
func (e *evidence) settled(k kind) bool { return e.known(k) && len(e.News) == 0 }
