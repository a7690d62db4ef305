package handlers

import (
	"context"
	"maps"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/desk"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
)

// teller makes events for pages of lines of the audit log.
type teller struct {
	actor access.Actor
	// shared are all lines of each change by its id, the oldest first.
	shared map[string][]audit.Entry
	names  map[string]connector.Name
	// kinds are what syncs asked for whose lines do not tell.
	kinds map[string]string
	// settlers are the lines that settled a change made elsewhere, by the number of its line.
	settlers map[int64]audit.Entry
	waits    func(seq int64) bool
	settle   func(audit.Entry) *changeviews.Settle
}

// teller reads what it takes to tell of the lines: all lines of their changes, and the names of their connectors.
func (p *presenter) teller(c echo.Context, person *session.Person, lines []audit.Entry) (teller, error) {
	shared, err := p.sharing(c.Request().Context(), lines)
	if err != nil {
		return teller{}, err
	}
	return p.tellerOf(c, person, lines, shared), nil
}

// tellerOf is a teller that knows all lines of the changes.
func (p *presenter) tellerOf(c echo.Context, person *session.Person, lines []audit.Entry, shared map[string][]audit.Entry) teller {
	var connectors, syncs []string
	for _, line := range lines {
		connectors = append(connectors, line.Connector)
		if all := shared[line.ID]; len(all) > 0 && all[0].Action == audit.Sync && all[0].SyncType == "" {
			syncs = append(syncs, line.ID)
		}
	}
	kinds, err := p.syncs.SyncTypesOf(c.Request().Context(), syncs...)
	if err != nil {
		p.log(c).Warn("what syncs asked for could not be read", "error", err.Error())
	}
	return teller{
		actor: person.Actor(), shared: shared, names: p.names(c, person, connectors...), kinds: kinds, settlers: settlers(lines, shared),
		waits: p.left(c).Waits, settle: func(line audit.Entry) *changeviews.Settle { return p.settle(c, person, line) },
	}
}

// settlers are the lines among these, and of their changes, that settled a change made elsewhere.
func settlers(lines []audit.Entry, shared map[string][]audit.Entry) map[int64]audit.Entry {
	found := map[int64]audit.Entry{}
	for _, line := range lines {
		for _, one := range append([]audit.Entry{line}, shared[line.ID]...) {
			if desk.Settles(one) {
				found[one.Observed] = one
			}
		}
	}
	return found
}

// latest are all lines of the changes that the lines are about, as sharing has them, where these are the latest lines of a connector
// or of all changes, the newest first: whatever came after a line is among them, so that only changes whose intent is not are looked
// for.
func (p *presenter) latest(ctx context.Context, lines []audit.Entry) (map[string][]audit.Entry, error) {
	whole := map[string][]audit.Entry{}
	for _, line := range slices.Backward(lines) {
		if line.Outcome != "" && (line.Outcome == audit.Pending || len(whole[line.ID]) > 0) {
			whole[line.ID] = append(whole[line.ID], line)
		}
	}
	var cut []audit.Entry
	for _, line := range lines {
		if line.Outcome != "" && len(whole[line.ID]) == 0 {
			cut = append(cut, line)
		}
	}
	shared, err := p.sharing(ctx, cut)
	maps.Copy(shared, whole)
	return shared, err
}

// sharing are all lines of the changes that the lines are about, by the change's id, the oldest first.
func (p *presenter) sharing(ctx context.Context, lines []audit.Entry) (map[string][]audit.Entry, error) {
	var ids []string
	seen := map[string]bool{}
	for _, line := range lines {
		if line.Outcome != "" && !seen[line.ID] {
			seen[line.ID] = true
			ids = append(ids, line.ID)
		}
	}
	all, err := p.auditReader.Sharing(ctx, ids...)
	shared := map[string][]audit.Entry{}
	for _, line := range all {
		shared[line.ID] = append(shared[line.ID], line)
	}
	return shared, err
}

// events are what happened by these lines, which come newest first: one event for all lines of a change, most at most.
func (t teller) events(lines []audit.Entry, most int) []changeviews.Event {
	var events []changeviews.Event
	told := map[string]bool{}
	for _, line := range lines {
		if len(events) == most {
			break
		}
		if !told[line.ID] {
			told[line.ID] = true
			events = append(events, t.whole(line))
		}
	}
	return events
}

// intent is the first line of the change that the line is about; the line itself where it is about none.
func (t teller) intent(line audit.Entry) audit.Entry {
	if lines := t.shared[line.ID]; len(lines) > 0 {
		return lines[0]
	}
	return line
}

// whole tells of all that the line is about: of a change what was asked, by whom and when, and what is known of it today.
func (t teller) whole(line audit.Entry) changeviews.Event {
	intent := t.intent(line)
	event := t.plain(intent)
	for _, later := range t.shared[line.ID] {
		event.Outcome, event.Fields, event.Quote = string(later.Outcome), later.Fields, quoteOf(later)
		if end := endOf(intent, later); end.Known {
			event.End = end
		}
	}
	return event
}

// plain tells what the line says, and no more.
func (t teller) plain(line audit.Entry) changeviews.Event {
	intent := t.intent(line)
	event := changeviews.Event{
		Who: line.Actor.Name, You: line.Actor.Is(t.actor), Action: string(line.Action), SyncType: line.SyncType, Fields: line.Fields,
		Outcome: string(line.Outcome), Reason: line.Reason, At: line.Time, Seq: intent.Seq, About: changeviews.About{Connector: line.Connector},
	}
	if line.Connector != "" {
		event.Name = nameOr(t.names, line.Connector)
	}
	if line.Outcome != "" {
		event.Change, event.Of = line.ID, string(intent.Action)
	}
	if event.SyncType == "" {
		event.SyncType = t.kinds[line.ID]
	}
	if line.Action == audit.Resolved && line.Reason == intent.Reason { // the other person's, for the change
		event.Reason = ""
	}
	event.End, event.Quote = endOf(intent, line), quoteOf(line)
	event.Ticket = line.Ticket
	if line.Run != "" {
		event.Run.ID = line.Run
	}
	if outside, ok := inventory.OutsideOf(line); ok {
		event.Window = t.window(line, outside)
	}
	return event
}

// window is when a change was made elsewhere, and what has been said of it since.
func (t teller) window(line audit.Entry, outside inventory.Outside) changeviews.Window {
	window := changeviews.Window{From: outside.From, To: outside.To, Settled: !t.waits(line.Seq), Settle: t.settle(line)}
	if by, known := t.settlers[line.Seq]; known && window.Settled {
		window.By, window.Why, window.PutBack = by.Actor.Name, by.Reason, by.Action != audit.Acknowledged
	}
	return window
}

// quoteOf is what Graph itself says of its refusal, if the line tells of one.
func quoteOf(line audit.Entry) string {
	if line.Graph == nil {
		return ""
	}
	return line.Graph.Message
}

// endOf is the end of a sync that the line tells, if it tells one. Lines from before the record kept ends tell only of
// those that were in doubt, and not when they came.
func endOf(intent, line audit.Entry) changeviews.SyncEnd {
	switch {
	case line.SyncedAt != nil:
		return changeviews.SyncEnd(changes.EndOf(intent.Time, line.Time, *line.SyncedAt))
	case intent.Action == audit.Sync && line.Action == audit.Resolved:
		seen := line.Outcome == audit.AppliedObserved
		return changeviews.SyncEnd{Known: seen || line.Outcome == audit.NotApplied, Seen: seen}
	}
	return changeviews.SyncEnd{}
}

const (
	// historyShown is how many events of a connector its page shows.
	historyShown = 20
	// linesAnEvent is how many lines most changes have at most.
	linesAnEvent = 3
)

// linesOf are the audit log's latest lines of a connector. Where they cannot be read the page does without.
func (p *presenter) linesOf(c echo.Context, id string) []audit.Entry {
	lines, err := p.auditReader.History(c.Request().Context(), id, linesAnEvent*historyShown)
	if err != nil {
		p.log(c).Warn("a connector's history could not be read", "error", err.Error())
		return nil
	}
	return lines
}

// history is what the audit log's lines of a connector tell, the newest first.
func (p *presenter) history(c echo.Context, person *session.Person, lines []audit.Entry) []changeviews.Event {
	return p.tellSome(c, person, lines, historyShown, nil)
}

// tell makes events of lines that were read, or could not be.
func (p *presenter) tell(c echo.Context, person *session.Person, lines []audit.Entry, err error) []changeviews.Event {
	return p.tellSome(c, person, lines, len(lines), err)
}

// tellSome makes the first events, most at most.
func (p *presenter) tellSome(c echo.Context, person *session.Person, lines []audit.Entry, most int, err error) []changeviews.Event {
	var shared map[string][]audit.Entry
	if err == nil {
		shared, err = p.latest(c.Request().Context(), lines)
	}
	if err != nil {
		p.log(c).Warn("what happened could not be read", "error", err.Error())
		return nil
	}
	return p.tellerOf(c, person, lines, shared).events(lines, most)
}
