package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/gates"
	"switchboard/views/links"
)

// connector shows one connector. A change of it that is in doubt is looked at first.
func (h *Handlers) connector(c echo.Context, person *signin.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	h.lookAt(c, person, id, h.LookShare)
	just := h.justSaved(c, id)
	reading, err := h.Inventory.Get(c.Request().Context(), person, id)
	switch {
	case err != nil && just == nil:
		return err
	case err != nil && !just.HasReturned:
		return h.receiptAlone(c, person, *just)
	}
	return h.sendCard(c, person, http.StatusOK, h.card(c, person, id, reading, err, just))
}

// sendCard answers with a connector's card, alone or in its page.
func (h *Handlers) sendCard(c echo.Context, person *signin.Person, status int, card connectors.Card) error {
	return h.send(c, person, answer{
		status: status, quotes: status != http.StatusOK, title: card.Title(), fragment: connectors.ConnectorCard(card),
		current: "/connectors", crumbs: crumbs(card.Connector),
	})
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

// longestID is as many characters as an id may have; a GUID has 36.
const longestID = 256

// connectorID is the id in the path, as Graph sent it first. One that no Graph would have issued is not asked for: a segment of
// an address it cannot be, or nobody would see what it is.
func (h *Handlers) connectorID(c echo.Context) (string, error) {
	id := pathID(c)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\?#`, r) }
	if id == "" || id == "." || id == ".." || !utf8.ValidString(id) || utf8.RuneCountInString(id) > longestID || strings.ContainsFunc(id, odd) {
		return "", problem.New(problem.NotFound, "No connector can have this id.").
			Advising("Look for the connector in the list.")
	}
	return h.Memory.Spelt(c.Request().Context(), id), nil
}

// pathID is the path's id as whoever made the address meant it. Echo hands out what it matched: the path as it was sent where
// net/url keeps that, which it does where it would itself have escaped less or more.
func pathID(c echo.Context) string {
	id := c.Param("id")
	if c.Request().URL.RawPath == "" {
		return id
	}
	plain, err := url.PathUnescape(id)
	if err != nil {
		return ""
	}
	return plain
}

// from is where a request comes from, for a change.
func (h *Handlers) from(c echo.Context) changes.Origin { return changes.Origin{Address: c.RealIP()} }

// card puts together what is known of a connector: what was read, what a change just made returned, what is in doubt.
func (h *Handlers) card(c echo.Context, person *signin.Person, id string, reading inventory.Reading, failed error, just *changes.Change) connectors.Card {
	now := h.Now()
	card := connectors.Card{Connector: reading.Connector, Actor: person.Actor(), Now: now, Reading: connectors.Reading{Read: reading.At}, Gates: h.gates(c, person)}
	if reading.Stale() {
		card.Stale = stale(*reading.Failure, reading.Late, now, person)
	}
	if just != nil {
		h.showReturned(c, &card, person, *just, reading, failed)
	} else if open := h.openChange(c, id); open != nil {
		receipt := h.receipt(c, person, *open)
		receipt.Watched = changeviews.OnConnector
		card.Receipt = &receipt
	}
	h.judge(&card)
	lines := h.linesOf(c, id)
	card.History, card.Audited = h.history(c, person, lines), person.Actor().May(access.Audit)
	if failed == nil && !reading.Stale() && card.Later == nil {
		card.Behind = behind(lines, reading.Connector, now)
	}
	card.Progress = h.progress(c, person, id)
	card.Sync = h.syncForm(person, card)
	return card
}

// judge says how the connector of the card is.
func (h *Handlers) judge(card *connectors.Card) {
	card.Health = h.Retirement.Health(card.Connector, card.Now)
	card.Sentence = h.Retirement.Explain(card.Connector, card.Now, card.Actor.May(access.Edit))
}

// showReturned prefers what the change returned over what was read since: the page says so where they differ.
func (h *Handlers) showReturned(c echo.Context, card *connectors.Card, person *signin.Person, just changes.Change, reading inventory.Reading, failed error) {
	receipt := h.receipt(c, person, just)
	card.Receipt = &receipt
	if !just.HasReturned {
		return
	}
	differs := just.Returned.Differing(reading.Connector)
	if failed != nil || reading.Stale() {
		card.Later = &connectors.Later{Failed: true, ReadBack: just.ReadBack()}
	} else if len(differs) > 0 {
		card.Later = &connectors.Later{
			Differing: drifts(differs, just.Returned, reading.Connector), ReadBack: just.ReadBack(), Behind: isBefore(just, differs, reading.Connector),
		}
	}
	if card.Later != nil {
		card.Connector, card.Read, card.Returned, card.Stale = just.Returned, just.SettledAt, !just.ReadBack(), nil
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

// isBefore says whether what was read differs from what the change stored in nothing but what it held before.
func isBefore(just changes.Change, differs []string, read connector.Connector) bool {
	return !slices.ContainsFunc(differs, func(name string) bool {
		return !slices.ContainsFunc(just.Fields, func(field connector.Field) bool {
			return field.Name == name && connector.Same(name, read.Value(name), field.Before)
		})
	})
}

func drifts(names []string, was, is connector.Connector) []connector.Drift {
	found := make([]connector.Drift, len(names))
	for i, name := range names {
		found[i] = connector.Drift{Name: name, Was: was.Value(name), Is: is.Value(name)}
	}
	return found
}

func stale(why problem.Problem, late bool, now time.Time, person *signin.Person) *connectors.Stale {
	return &connectors.Stale{Why: why.Title(), Late: late, Retry: now.Add(why.RetryAfter()), MayEdit: person.Actor().May(access.Edit)}
}

// openChange is the connector's change of which nobody knows yet what became, nil for none.
func (h *Handlers) openChange(c echo.Context, id string) *changes.Change {
	open, ok, err := h.Outcomes.OpenOf(c.Request().Context(), id)
	if err != nil || !ok {
		return nil
	}
	return &open
}

// gates is what stands between a person and an edit: what their token says, and what came of their latest change.
func (h *Handlers) gates(c echo.Context, person *signin.Person) gates.Gates {
	found := gates.Gates{EditClaims: h.Roles.Admin, ReadScope: h.ReadScope, WriteScope: h.WriteScope}
	if person.MayRead() {
		found.Read = gates.Passed
	}
	if !person.Actor().May(access.Edit) {
		return found
	}
	if refused := person.Refused(); person.MayWrite() {
		found.Consent = gates.Passed
	} else if refused != nil && (refused.Class == signin.Consent || refused.Class == signin.Ungranted) {
		found.Consent = gates.Barred
	}
	switch closed, known := h.lastJudged(c, person); {
	case !known:
	case closed == problem.Scope:
		found.Consent = gates.Barred
	case closed == problem.Permission:
		found.Intune = gates.Barred
	case closed == problem.Licence:
		found.Licence = gates.Barred
	default: // accepted: nothing barred it
		found.Consent, found.Intune, found.Licence = gates.Passed, gates.Passed, gates.Passed
	}
	return found
}

// linesLookedAt is how far back the record is searched for what Graph last said to a person.
const linesLookedAt = 20

// lastJudged is the gate that Graph's latest answer to a change of this person showed to be closed, empty where it showed
// that none was; known is false where no answer tells. Only Graph's own do: an answer without its id may be anybody's, and
// a refusal that names no gate judges none.
func (h *Handlers) lastJudged(c echo.Context, person *signin.Person) (closed problem.Gate, known bool) {
	page, err := h.Record.Query(c.Request().Context(), audit.Filter{Person: person.Actor().OID}, 0, linesLookedAt)
	if err != nil {
		h.log(c).Warn("what Graph last answered could not be read", "error", err.Error())
		return "", false
	}
	for _, line := range page.Entries {
		switch {
		case line.Graph == nil:
		case line.Outcome == audit.Applied && line.Graph.RequestID != "":
			return "", true
		case line.Outcome == audit.Rejected && (line.Graph.Status == http.StatusForbidden || line.Graph.Status == http.StatusUnauthorized):
			if change, err := h.Outcomes.Get(c.Request().Context(), line.ID); err == nil && change.Gate() != "" {
				return change.Gate(), true
			}
		}
	}
	return "", false
}
