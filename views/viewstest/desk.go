package viewstest

import (
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/views/changes"
	"switchboard/views/connectors"
)

// Claim is somebody who is on it.
func Claim() *connectors.Claim {
	return &connectors.Claim{
		OID: "oid2", Who: "Priya Raman", Sentence: "Asking the carrier why the queue is stuck.\nBack at 14:00.",
		Ticket: "https://tickets.contoso.example/browse/INC-48213?view=all", At: Now.Add(-35 * time.Minute), Until: Now.Add(71 * time.Hour),
	}
}

// Desk is what people have left at a connector, for somebody.
func Desk(actor access.Actor) connectors.Desk {
	m := connectors.Desk{Claim: Claim(), Older: true, Notes: []connectors.Note{
		{Who: "Maya Lindqvist", You: true, Text: "The mailbox moves on Friday.\nDo not restart the agent before.", At: Now.Add(-2 * time.Hour), Seq: 1280},
		{Who: strings.Repeat("Maximiliane ", 20), Text: strings.Repeat("onelongword", 40) + " and \u202eanother", At: Now.Add(-400 * 24 * time.Hour), Seq: 14},
	}}
	if actor.May(access.Propose) {
		m.Forms = &connectors.DeskForms{ID: ConnectorID, Note: connectors.DeskForm{Hidden: Hidden}, Claim: connectors.DeskForm{Hidden: Hidden}, End: Hidden}
	}
	return m
}

// Elsewhere is a change made elsewhere that waits, with what can be done about it.
func Elsewhere() changes.Event {
	event := Recent()[8]
	event.Settle = &changes.Settle{Seq: event.Seq, Change: ChangeID, Hidden: Hidden, MayRevert: true}
	return event
}

// SettledElsewhere are changes made elsewhere that somebody has settled, in both ways.
func SettledElsewhere() []changes.Event {
	expected, back := Recent()[8], Recent()[8]
	expected.Seq, expected.Settled, expected.By, expected.Why = 1191, true, "Tom Okafor", "The move of INC-7, agreed with the carrier."
	back.Seq, back.Settled, back.By, back.Why, back.PutBack = 1192, true, "Maya Lindqvist", "Nobody knew of it.", true
	return []changes.Event{expected, back}
}
