package handlers

import (
	"encoding/base64"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/changes"
	"switchboard/inventory"
	"switchboard/signin"
	"switchboard/views"
)

// receiptCookie carries a change's id over the redirect that follows a plain form, so that the page it leads to shows
// the receipt once. The id is no secret, and who may see the connector may see the receipts of its changes.
const receiptCookie = "switchboard_receipt"

// announce has the next page of the connector show the receipt.
func (h *Handlers) announce(c echo.Context, change changes.Change) {
	id, err := uuid.Parse(change.ID)
	if err != nil {
		return // ids are our own; without the cookie the page comes without its receipt
	}
	h.setCookie(c, receiptCookie, base64.RawURLEncoding.EncodeToString(id[:]), 60)
}

// justSaved is the change whose receipt this page is to show, nil for none.
func (h *Handlers) justSaved(c echo.Context, connectorID string) *changes.Change {
	cookie, err := c.Request().Cookie(h.cookieName(receiptCookie))
	if err != nil || c.Request().Method != http.MethodGet {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	id, err := uuid.FromBytes(raw)
	if err != nil {
		return nil
	}
	change, err := h.Outcomes.Get(c.Request().Context(), id.String())
	if err != nil || change.Connector != connectorID {
		return nil // a page of another connector leaves the cookie to the page that it is for
	}
	h.setCookie(c, receiptCookie, "", -1)
	return &change
}

// receipt is what a page shows of a change.
func (h *Handlers) receipt(person *signin.Person, change changes.Change) views.Receipt {
	receipt := views.Receipt{
		Change: change.ID, Connector: change.Connector, Name: h.nameOf(person, change), Action: string(change.Action),
		Outcome: string(change.Outcome), SyncType: change.SyncType, Fields: change.Fields, Others: change.Others, Reason: change.Reason,
		Who: change.Actor.Name, You: change.Actor.Is(person.Actor()), Asked: change.IntendedAt, Settled: change.SettledAt,
		Now: h.Now(), Took: change.Took, Status: change.GraphStatus, RequestID: change.GraphRequestID, Seq: change.Seq,
		Refusal: change.Refusal(), Quote: change.Quote(), Between: change.Between(), Orphaned: change.Orphaned(), Settle: h.Settle,
	}
	receipt.Looks, receipt.LastLook, receipt.Observer, receipt.Closing = change.Looks, change.LastLook, change.Resolver.Name, change.Closing
	mayEdit := person.Actor().May(access.Edit)
	receipt.Audited = person.Actor().May(access.Audit)
	receipt.MayRevert = mayEdit && change.Revertible()
	receipt.MayClose = mayEdit && change.Outcome == audit.InDoubt
	if change.Open() {
		receipt.Carry = views.Carry{Token: person.FormToken()}
	}
	return receipt
}

// nameOf is what the connector of a change is called: as the change left it, else as this session last read it.
func (h *Handlers) nameOf(person *signin.Person, change changes.Change) string {
	if change.HasReturned {
		return change.Returned.Name().String()
	}
	if last, there := h.Inventory.Last(person, change.Connector); there {
		return last.Connector.Name().String()
	}
	return change.Connector
}

// history is what the record knows of a connector, the newest first. Where it cannot be read the page does without.
func (h *Handlers) history(c echo.Context, person *signin.Person, id string) []views.Event {
	lines, err := h.Record.History(c.Request().Context(), id, historyShown)
	if err != nil {
		h.log(c).Warn("a connector's history could not be read", "error", err.Error())
		return nil
	}
	return h.events(person, lines)
}

// events makes one event of a change's lines: what was asked, by whom, with what is known today. Lines come newest
// first, so the first one of a change holds its outcome.
func (h *Handlers) events(person *signin.Person, lines []audit.Entry) []views.Event {
	var events []views.Event
	at := map[string]int{}
	for _, line := range lines {
		i, known := at[line.ID]
		if !known {
			at[line.ID] = len(events)
			events = append(events, event(person.Actor(), line))
			continue
		}
		// An older line of the same change: it tells what was done, by whom and when.
		older := event(person.Actor(), line)
		older.Outcome, older.Fields, older.Quote = events[i].Outcome, events[i].Fields, events[i].Quote
		events[i] = older
	}
	return events
}

func event(actor access.Actor, line audit.Entry) views.Event {
	happened := views.Event{
		Who: line.Actor.Name, You: line.Actor.Is(actor), Action: string(line.Action), Fields: line.Fields,
		Outcome: string(line.Outcome), Reason: line.Reason, At: line.Time, Seq: line.Seq,
	}
	if line.Outcome != "" {
		happened.Change = line.ID
	}
	if line.Graph != nil {
		happened.Quote = line.Graph.Message
	}
	if outside, ok := inventory.OutsideOf(line); ok {
		happened.From, happened.To = outside.From, outside.To
	}
	return happened
}
