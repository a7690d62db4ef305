package handlers

import (
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// card puts together what is known of a connector: what was read, what a change just made returned, what is in doubt.
func (p *presenter) card(c echo.Context, person *session.Person, id string, reading inventory.Reading, failed error, just *changes.Change) connectors.Card {
	now := p.now()
	card := connectors.Card{Connector: reading.Connector, Actor: person.Actor(), Now: now, Reading: connectors.Reading{Read: reading.At}, Gates: p.gates(c, person)}
	if reading.Stale() {
		card.Stale = stale(*reading.Failure, reading.Late, now, person)
	}
	lines := p.linesOf(c, id)
	if just != nil {
		p.showReturned(c, &card, person, *just, reading, failed)
		if failed == nil && card.Later != nil {
			card.Later.Behind = isBefore(card.Later.Differing, behind(lines, reading.Connector, now))
		}
	} else if open := p.openChange(c, id); open != nil {
		receipt := p.receipt(c, person, *open)
		receipt.Watched = changeviews.OnConnector
		card.Receipt = &receipt
	}
	p.judge(&card)
	past := p.past(c, now, card.Connector.ID())[card.Connector.Key()]
	card.Past = past.Tell(card.Connector, card.Health, now)
	p.recallTyped(c, person, id)
	card.History, card.Audited = p.history(c, person, lines), person.Actor().May(access.Audit)
	if failed == nil && !reading.Stale() && card.Later == nil {
		card.Behind = behind(lines, reading.Connector, now)
	}
	p.keepReceipt(c, person, &card)
	card.Desk = p.deskOf(c, person, id)
	card.Desk.Told = p.justLeft(c, person, lines, card.Desk.Claim != nil)
	card.Progress = p.progress(c, person, id)
	card.Sync = p.syncForm(person, card)
	card.Caller = p.caller(c, person, card, lines, past)
	return card
}

// judge says how the connector of the card is.
func (p *presenter) judge(card *connectors.Card) {
	card.Health = p.Retirement.Health(card.Connector, card.Now)
	card.Sentence = p.Retirement.Explain(card.Connector, card.Now, card.Actor.May(access.Edit))
}

// showReturned prefers what the change returned over what was read since: the page says so where they differ.
func (p *presenter) showReturned(c echo.Context, card *connectors.Card, person *session.Person, just changes.Change, reading inventory.Reading, failed error) {
	receipt := p.receipt(c, person, just)
	card.Receipt = &receipt
	if !just.HasReturned {
		return
	}
	differs := just.Returned.Differing(reading.Connector)
	if failed != nil || reading.Stale() {
		card.Later = &connectors.Later{Failed: true, ReadBack: just.ReadBack()}
	} else if len(differs) > 0 {
		card.Later = &connectors.Later{
			Differing: drifts(differs, just.Returned, reading.Connector), ReadBack: just.ReadBack(),
		}
	}
	if card.Later != nil {
		card.Connector, card.Read, card.Returned, card.Stale = just.Returned, just.OutcomeAt, !just.ReadBack(), nil
	}
}

// behind are the properties that Graph still shows as they were before a change of ours.
func behind(lines []audit.Entry, read connector.Connector, now time.Time) (drifts []connector.Drift) {
	for _, field := range audit.Behind(lines, read, now) {
		is := field.Requested
		if field.Stored != nil {
			is = *field.Stored
		}
		drifts = append(drifts, connector.Drift{Name: field.Name, Was: read.Value(field.Name), Is: is})
	}
	return drifts
}

// isBefore says whether what was read differs from what the change returned in nothing but what changes of ours replaced.
func isBefore(differs, behind []connector.Drift) bool {
	return len(differs) > 0 && !slices.ContainsFunc(differs, func(drift connector.Drift) bool {
		return !slices.ContainsFunc(behind, func(late connector.Drift) bool { return late.Name == drift.Name })
	})
}

func drifts(names []string, was, is connector.Connector) []connector.Drift {
	found := make([]connector.Drift, len(names))
	for i, name := range names {
		found[i] = connector.Drift{Name: name, Was: was.Value(name), Is: is.Value(name)}
	}
	return found
}

func stale(why problem.Problem, late bool, now time.Time, person *session.Person) *connectors.Stale {
	return &connectors.Stale{Why: why.Title(), Late: late, Retry: now.Add(why.RetryAfter()), MayEdit: person.Actor().May(access.Edit)}
}

// crumbs lead from the list to a connector, and on to the words that name a page of it.
func crumbs(c connector.Connector, further ...string) []frame.Crumb {
	trail := []frame.Crumb{{Label: "Connectors", Href: "/connectors"}, {Name: c.Name()}}
	for _, word := range further {
		trail[len(trail)-1].Href = links.ConnectorURL(c.ID())
		trail = append(trail, frame.Crumb{Label: word})
	}
	return trail
}

// progress is how far the latest sync of a connector has come, nil where none was asked for lately.
func (p *presenter) progress(c echo.Context, person *session.Person, id string) *connectors.Progress {
	found, there, err := p.syncs.Progress(c.Request().Context(), id)
	if err != nil {
		p.log(c).Warn("the progress of a sync could not be read", "error", err.Error())
	}
	if !there || err != nil || found.Change.Open() {
		return nil
	}
	return &connectors.Progress{
		ID: id, Change: found.Change.ID, SyncType: found.Change.SyncType, Done: found.State == changes.Synced,
		Unseen: found.State == changes.Unseen, End: changeviews.SyncEnd(found.End),
		Who: found.Change.Actor.Name, You: found.Change.Actor.Is(person.Actor()), Asked: found.Asked, Until: found.Until, Looks: found.Looks, Now: p.now(),
	}
}

// syncForm is the form that asks for a sync; nil where this person may not, or not now.
func (p *presenter) syncForm(person *session.Person, card connectors.Card) *connectors.Sync {
	if !person.Actor().May(access.Edit) || card.Stale != nil && !card.Stale.Late {
		return nil
	}
	state := formState{ID: card.Connector.ID(), Synced: card.Connector.Value(connector.LastSyncDateTime)}
	return &connectors.Sync{
		ID: card.Connector.ID(), Hidden: p.carry(person, state), Retired: card.Health == connector.Retired, RequireReason: p.RequireReason,
	}
}
