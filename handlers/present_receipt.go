package handlers

import (
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/forms"
)

// receiptCookie carries a change's id over the redirect that follows a plain form, so that the page it leads to shows
// the receipt once. The id is no secret, and who may see the connector may see the receipts of its changes.
const receiptCookie = "switchboard_receipt"

// announce has the next page of the connector show the receipt.
func (p *presenter) announce(c echo.Context, change changes.Change) {
	id, err := uuid.Parse(change.ID)
	if err != nil {
		return // ids are our own; without the cookie the page comes without its receipt
	}
	p.setCookie(c, receiptCookie, base64.RawURLEncoding.EncodeToString(id[:]), 60)
}

// justSaved is the change whose receipt this page is to show, nil for none.
func (p *presenter) justSaved(c echo.Context, connectorID string) *changes.Change {
	cookie, err := c.Request().Cookie(p.cookieName(receiptCookie))
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
	change, err := p.changeReader.Get(c.Request().Context(), id.String())
	if err != nil || !connector.SameID(change.Connector, connectorID) {
		return nil // a page of another connector leaves the cookie to the page that it is for
	}
	p.setCookie(c, receiptCookie, "", -1)
	return &change
}

// receiptHeader names the change whose receipt a page shows, where the page asks by itself.
const receiptHeader = "Switchboard-Receipt"

// keepReceipt has a page that asks by itself go on showing its receipt, which somebody may be reading. One in doubt takes its place.
func (p *presenter) keepReceipt(c echo.Context, person *session.Person, card *connectors.Card) {
	id, err := plainUUID(c.Request().Header.Get(receiptHeader))
	if err != nil || card.Receipt != nil {
		return
	}
	change, err := p.changeReader.Get(c.Request().Context(), id)
	if err != nil || !connector.SameID(change.Connector, card.Connector.ID()) {
		return
	}
	receipt := p.receipt(c, person, change)
	if card.Stale == nil {
		receipt.Since = since(change, *card)
	}
	card.Receipt = &receipt
}

// since are the properties that hold something else than the change left there. Of those that Graph still shows as they were before a
// change, the card itself says so.
func since(change changes.Change, card connectors.Card) (names []string) {
	for _, field := range change.Fields {
		left := field.Stored
		if left == nil && (change.Outcome == audit.Rejected || change.Outcome == audit.NotApplied) {
			left = &field.Before
		}
		behind := slices.ContainsFunc(card.Behind, func(late connector.Drift) bool { return late.Name == field.Name })
		if left != nil && !behind && !connector.Same(field.Name, *left, card.Connector.Value(field.Name)) {
			names = append(names, field.Name)
		}
	}
	return names
}

// receipt is what a page shows of a change.
func (p *presenter) receipt(c echo.Context, person *session.Person, change changes.Change) changeviews.Receipt {
	name := p.nameOf(c, person, change)
	receipt := changeviews.Receipt{
		Event: changeviews.Event{
			Change: change.ID, Action: string(change.Action), Outcome: string(change.Outcome), SyncType: change.SyncType, End: changeviews.SyncEnd(change.End()),
			Fields: change.Fields, Reason: change.Reason, Who: change.Actor.Name, You: change.Actor.Is(person.Actor()), At: change.IntendedAt, Seq: change.Seq, Quote: change.Quote(),
			About: changeviews.About{Connector: change.Connector, Name: name},
		},
		Answer:     changeviews.Answer{Took: change.Took, Status: change.GraphStatus, RequestID: change.GraphRequestID, Refusal: change.Refusal(), Between: change.Between()},
		Resolution: changeviews.Resolution{Settled: change.OutcomeAt, Settle: p.Settle},
		Others:     change.Others,
		Now:        p.now(),
		Orphaned:   change.Orphaned(),
		Run:        change.Run,
	}
	receipt.Looks, receipt.LastLook, receipt.Observer, receipt.Closing = change.Looks, change.LastLook, change.Resolver.Name, change.Closing
	receipt.Unproven = p.auditReader.Standing().Broken
	mayEdit := person.Actor().May(access.Edit)
	receipt.Audited = person.Actor().May(access.Audit)
	receipt.MayEdit, receipt.MayRevert = mayEdit, mayEdit && change.Revertible()
	receipt.MayClose = mayEdit && change.Outcome == audit.InDoubt
	if change.Open() {
		receipt.Hidden = forms.HiddenFields{Token: person.FormToken()}
	}
	return receipt
}

// nameOf is what the connector of a change is called: as the change left it, else as it was seen last.
func (p *presenter) nameOf(c echo.Context, person *session.Person, change changes.Change) connector.Name {
	if change.HasReturned {
		return change.Returned.Name()
	}
	return nameOr(p.names(c, person, change.Connector), change.Connector)
}

// doubts are the changes in doubt.
func (p *presenter) doubts(c echo.Context, person *session.Person) []changeviews.Receipt {
	if p.countInDoubt(c) == 0 {
		return nil
	}
	open, err := p.changeReader.InDoubt(c.Request().Context())
	if err != nil {
		p.log(c).Warn("the changes in doubt could not be read", "error", err.Error())
		return nil
	}
	doubts := make([]changeviews.Receipt, len(open))
	for i, change := range open {
		doubts[i] = p.receipt(c, person, change)
	}
	return doubts
}

// openChange is the connector's change whose outcome is not known yet, nil for none.
func (p *presenter) openChange(c echo.Context, id string) *changes.Change {
	open, ok, err := p.changeReader.OpenOf(c.Request().Context(), id)
	if err != nil || !ok {
		return nil
	}
	return &open
}
