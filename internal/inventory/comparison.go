package inventory

import (
	"slices"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// comparison is a read held against the evidence, and what it adds to it.
type comparison struct {
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
func (c *comparison) weigh() (ok bool) {
	mine := c.of(c.kind)
	synced := syncedOn(mine.Object, c.now)
	differing, respelt := map[string]explained{}, []string{}
	for _, name := range mine.Object.Differing(c.now.Connector) {
		is := c.now.Connector.Value(name)
		if connector.Same(name, mine.Object.Value(name), is) {
			respelt = append(respelt, name) // another text for the same instant
			continue
		}
		why := c.explain(name, is)
		if why.why == late || c.beforeSync(name, is) {
			return false
		}
		if synced && (name == connector.LastSyncDateTime || name == connector.Status) {
			why.why = ourChange
		}
		differing[name] = why
	}
	first := !c.known(c.kind)
	if synced {
		c.Synced = &passed{mine.Object.Value(connector.LastSyncDateTime), c.now.At}
	}
	for _, name := range respelt {
		c.take(c.kind, name, c.now.Connector.Value(name))
		c.changed = true
	}
	for _, property := range connector.Properties() {
		if why, differs := differing[property.Name]; !differs {
			c.repeats(property.Name)
		} else {
			c.differs(property.Name, why, first)
		}
	}
	c.confirm(first)
	return true
}

// answered holds what a write of ours returned against the evidence: what it was asked for is what single reads show from
// now on; what it is known to have set, no line of the audit log has to explain. Of other properties an answer to a write proves
// nothing.
func (c *comparison) answered(applied []connector.FieldChange) (ok bool) {
	for _, name := range c.of(single).Object.Differing(c.now.Connector) {
		is := c.now.Connector.Value(name)
		if c.known(single) && (setBy(applied, name, is) || c.explain(name, is).why == ourChange) {
			c.accept(name, is)
			c.Views[single].Held, c.changed = c.now.At, true
		}
	}
	return c.changed
}

// setBy says whether one of those changes gives the property that value, as it was asked for or as Graph stored it.
func setBy(applied []connector.FieldChange, name string, is connector.Value) bool {
	return slices.ContainsFunc(applied, func(field connector.FieldChange) bool {
		return field.Name == name && field.Gives(is)
	})
}

// beforeSync says whether the last sync is the one before the latest: a copy that lags shows it for a while.
func (c *comparison) beforeSync(name string, is connector.Value) bool {
	return name == connector.LastSyncDateTime && c.Synced != nil && is == c.Synced.Value && c.now.At.Sub(c.Synced.At) < audit.LagsFor
}

// confirm keeps that this kind shows what it shows. Where nothing else has changed that is not worth a write.
func (c *comparison) confirm(first bool) {
	mine := c.of(c.kind)
	c.changed = c.changed || first
	if len(c.News) == 0 || first {
		mine.Held = c.now.At
	}
	mine.Assumed = false
	c.Views[c.kind] = &mine
}

// repeats: this kind shows what it showed. That contradicts news of its own, news of the other kind where the two agreed
// before, and what only the first read of the other kind showed.
func (c *comparison) repeats(name string) {
	awaited, there := c.News[name]
	is := c.now.Connector.Value(name)
	if !there || connector.Same(name, awaited.Value, is) {
		return
	}
	agreed := connector.Same(name, c.of(c.kind.other()).Object.Value(name), is)
	switch {
	case awaited.Seen[c.kind] || awaited.First:
		c.drop(name)
	case agreed && !awaited.Denied:
		awaited.Denied, c.changed = true, true
		c.News[name] = awaited
	}
}

// differs: this kind shows another value than it did.
func (c *comparison) differs(name string, why explained, first bool) {
	is, there := c.now.Connector.Value(name), c.of(c.kind.other()).Object.Value(name)
	awaited, awaits := c.News[name]
	witnessed := awaits && !awaited.Denied && connector.Same(name, awaited.Value, is)
	asThere := connector.Same(name, there, is)
	switch {
	case why.why == ourChange:
		c.accept(name, is)
	case witnessed:
		c.second(name, awaited, why)
	case first:
		c.fresh(name, true)
		c.take(c.kind, name, is)
	case asThere && ((c.kind == listed) != c.Behind[name] || awaits && awaited.First && awaited.Seen[c.kind]):
		c.accept(name, is) // the other kind has shown it: the difference between the two ends
	default:
		c.fresh(name, false)
	}
	c.changed = true
}

// fresh puts a value that was first read now among the news.
func (c *comparison) fresh(name string, first bool) {
	other, from := c.kind.other(), c.held[c.kind]
	if connector.Same(name, c.of(c.kind).Object.Value(name), c.of(other).Object.Value(name)) {
		from = later(from, c.held[other])
	}
	if denied, there := c.News[name]; there && connector.Same(name, denied.Value, c.now.Connector.Value(name)) {
		from = denied.From
	}
	if from.After(c.now.At) { // a read that began later came in before this one
		from = c.now.At
	}
	one := news{Value: c.now.Connector.Value(name), From: from, At: c.now.At, First: first}
	one.Seen[c.kind] = true
	if c.News == nil {
		c.News = map[string]news{}
	}
	c.News[name] = one
}

// accept has this kind show the value, which is no news.
func (c *comparison) accept(name string, is connector.Value) {
	c.take(c.kind, name, is)
	c.drop(name)
	c.follow(name)
}

// follow notes whether single reads have yet to show what the list does.
func (c *comparison) follow(name string) {
	ahead, behind := c.of(listed).Object.Value(name), c.of(single).Object.Value(name)
	if c.kind == single || connector.Same(name, ahead, behind) {
		delete(c.Behind, name)
		return
	}
	if c.Behind == nil {
		c.Behind = map[string]bool{}
	}
	c.Behind[name] = true
}

func (c *comparison) drop(name string) {
	if _, there := c.News[name]; there {
		delete(c.News, name)
		c.changed = true
	}
}

// second is another read of a value: with enough time between the two somebody has changed it outside Switchboard.
func (c *comparison) second(name string, awaited news, why explained) {
	awaited.Seen[c.kind] = true
	if c.now.At.Sub(awaited.At) < apart {
		c.News[name] = awaited
		return
	}
	before, from := c.of(c.kind).Object.Value(name), awaited.From
	if other := c.kind.other(); awaited.Seen[other] && other == single && !awaited.First {
		before = c.of(single).Object.Value(name) // which is what an edit is held against
	}
	if why.ours && why.at.After(from) {
		before, from = why.value, why.at
	}
	c.report(connector.FieldChange{Name: name, Before: before, Stored: &awaited.Value}, from, awaited.At)
	for _, each := range []kind{listed, single} {
		if awaited.Seen[each] {
			c.take(each, name, awaited.Value)
		}
	}
	c.drop(name)
	c.follow(name)
}

func (c *comparison) report(field connector.FieldChange, from, to time.Time) {
	if len(c.outside) == 0 || from.Before(c.from) {
		c.from = from
	}
	c.to = later(c.to, to)
	c.outside = append(c.outside, field)
}
