package inventory

import (
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// telling is what a read adds to the evidence.
type telling struct {
	evidence
	kind kind
	now  Sighting
	// held is when each kind was last known to show what it shows.
	held [kinds]time.Time
	// explain says whether a change of ours explains that the property holds another value than this kind of read showed.
	explain func(name string, is connector.Value) explained
	// changed says that the evidence is another than before.
	changed bool
	// outside are the properties that were changed outside Switchboard, between from and to.
	outside  []connector.FieldChange
	from, to time.Time
}

// weigh compares the read with the evidence. ok is false for a read from a copy that lags: it shows what was replaced a short
// while ago, and so proves nothing.
func (t *telling) weigh() (ok bool) {
	mine := t.of(t.kind)
	synced := syncedOn(mine.Object, t.now)
	differing, respelt := map[string]explained{}, []string{}
	for _, name := range mine.Object.Differing(t.now.Connector) {
		is := t.now.Connector.Value(name)
		if connector.Same(name, mine.Object.Value(name), is) {
			respelt = append(respelt, name) // another text for the same instant
			continue
		}
		why := t.explain(name, is)
		if why.why == late || t.beforeSync(name, is) {
			return false
		}
		if synced && (name == connector.LastSyncDateTime || name == connector.Status) {
			why.why = ourChange
		}
		differing[name] = why
	}
	first := !t.known(t.kind)
	if synced {
		t.Synced = &passed{mine.Object.Value(connector.LastSyncDateTime), t.now.At}
	}
	for _, name := range respelt {
		t.take(t.kind, name, t.now.Connector.Value(name))
		t.changed = true
	}
	for _, property := range connector.Properties() {
		if why, differs := differing[property.Name]; !differs {
			t.repeats(property.Name)
		} else {
			t.differs(property.Name, why, first)
		}
	}
	t.confirm(first)
	return true
}

// answered holds what a write of ours returned against the evidence: what it was asked for is what single reads show from
// now on. Of other properties an answer to a write proves nothing.
func (t *telling) answered() (ok bool) {
	for _, name := range t.of(single).Object.Differing(t.now.Connector) {
		is := t.now.Connector.Value(name)
		if t.known(single) && t.explain(name, is).why == ourChange {
			t.accept(name, is)
			t.Views[single].Held, t.changed = t.now.At, true
		}
	}
	return t.changed
}

// beforeSync says whether the last sync is the one before the latest: a copy that lags shows it for a while.
func (t *telling) beforeSync(name string, is connector.Value) bool {
	return name == connector.LastSyncDateTime && t.Synced != nil && is == t.Synced.Value && t.now.At.Sub(t.Synced.At) < audit.LagsFor
}

// confirm keeps that this kind shows what it shows. Where nothing else has changed that is not worth a write.
func (t *telling) confirm(first bool) {
	mine := t.of(t.kind)
	t.changed = t.changed || first
	if len(t.News) == 0 || first {
		mine.Held = t.now.At
	}
	mine.Assumed = false
	t.Views[t.kind] = &mine
}

// repeats: this kind shows what it showed. That contradicts news of its own, news of the other kind where the two agreed
// before, and what only the first read of the other kind showed.
func (t *telling) repeats(name string) {
	awaited, there := t.News[name]
	is := t.now.Connector.Value(name)
	if !there || connector.Same(name, awaited.Value, is) {
		return
	}
	agreed := connector.Same(name, t.of(t.kind.other()).Object.Value(name), is)
	switch {
	case awaited.Seen[t.kind] || awaited.First:
		t.drop(name)
	case agreed && !awaited.Denied:
		awaited.Denied, t.changed = true, true
		t.News[name] = awaited
	}
}

// differs: this kind shows another value than it did.
func (t *telling) differs(name string, why explained, first bool) {
	is, there := t.now.Connector.Value(name), t.of(t.kind.other()).Object.Value(name)
	awaited, awaits := t.News[name]
	witnessed := awaits && !awaited.Denied && connector.Same(name, awaited.Value, is)
	asThere := connector.Same(name, there, is)
	switch {
	case why.why == ourChange:
		t.accept(name, is)
	case witnessed:
		t.second(name, awaited, why)
	case first:
		t.fresh(name, true)
		t.take(t.kind, name, is)
	case asThere && (t.kind == listed || t.Behind[name] || awaits && awaited.First && awaited.Seen[t.kind]):
		t.accept(name, is) // the other kind has shown it: the difference between the two ends
	default:
		t.fresh(name, false)
	}
	t.changed = true
}

// fresh puts a value that was first read now among the news.
func (t *telling) fresh(name string, first bool) {
	other, from := t.kind.other(), t.held[t.kind]
	if connector.Same(name, t.of(t.kind).Object.Value(name), t.of(other).Object.Value(name)) {
		from = later(from, t.held[other])
	}
	if denied, there := t.News[name]; there && connector.Same(name, denied.Value, t.now.Connector.Value(name)) {
		from = denied.From
	}
	if from.After(t.now.At) { // a read that began later came in before this one
		from = t.now.At
	}
	one := news{Value: t.now.Connector.Value(name), From: from, At: t.now.At, First: first}
	one.Seen[t.kind] = true
	if t.News == nil {
		t.News = map[string]news{}
	}
	t.News[name] = one
}

// accept has this kind show the value, which is no news.
func (t *telling) accept(name string, is connector.Value) {
	t.take(t.kind, name, is)
	t.drop(name)
	t.follow(name)
}

// follow notes whether single reads have yet to show what the list does.
func (t *telling) follow(name string) {
	ahead, behind := t.of(listed).Object.Value(name), t.of(single).Object.Value(name)
	if t.kind == single || connector.Same(name, ahead, behind) {
		delete(t.Behind, name)
		return
	}
	if t.Behind == nil {
		t.Behind = map[string]bool{}
	}
	t.Behind[name] = true
}

func (t *telling) drop(name string) {
	if _, there := t.News[name]; there {
		delete(t.News, name)
		t.changed = true
	}
}

// second is another read of a value: with enough time between the two somebody has changed it outside Switchboard.
func (t *telling) second(name string, awaited news, why explained) {
	awaited.Seen[t.kind] = true
	if t.now.At.Sub(awaited.At) < apart {
		t.News[name] = awaited
		return
	}
	before, from := t.of(t.kind).Object.Value(name), awaited.From
	if other := t.kind.other(); awaited.Seen[other] && other == single && !awaited.First {
		before = t.of(single).Object.Value(name) // which is what an edit is held against
	}
	if why.ours && why.at.After(from) {
		before, from = why.value, why.at
	}
	t.tell(connector.FieldChange{Name: name, Before: before, Stored: &awaited.Value}, from, awaited.At)
	for _, each := range []kind{listed, single} {
		if awaited.Seen[each] {
			t.take(each, name, awaited.Value)
		}
	}
	t.drop(name)
	t.follow(name)
}

func (t *telling) tell(field connector.FieldChange, from, to time.Time) {
	if len(t.outside) == 0 || from.Before(t.from) {
		t.from = from
	}
	t.to = later(t.to, to)
	t.outside = append(t.outside, field)
}
