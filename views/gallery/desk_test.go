package gallery

import (
	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// desks are what people leave for each other, in every state.
func desks() map[string]exhibit {
	desk := func(actor access.Actor, alter func(*connectors.Card)) exhibit {
		m := viewstest.Card(viewstest.NaMail(), actor)
		alter(&m)
		return cardExhibit(m)
	}
	auditor := viewstest.Helpdesk
	auditor.Name, auditor.Roles, auditor.Claims = "Ruth Kessler", []access.Role{access.Auditor}, []string{"Connector.Auditor"}
	return map[string]exhibit{
		"desk-none": desk(viewstest.Helpdesk, func(m *connectors.Card) {
			m.Desk = connectors.Desk{Forms: m.Desk.Forms}
		}),
		"desk-mine": desk(viewstest.Admin, func(m *connectors.Card) {
			m.Desk.Claim.You, m.Desk.Claim.Who = true, "Maya Lindqvist"
			m.Desk.Told = connectors.Told{Words: "You are on it, and everybody sees it. Entry 1,290 of the audit log says so.", Entry: 1290}
			m.History = append([]changes.Event{viewstest.Elsewhere()}, viewstest.SettledElsewhere()...)
		}),
		"desk-reads": desk(auditor, func(*connectors.Card) {}),
		"desk-kept": desk(viewstest.Helpdesk, func(m *connectors.Card) {
			m.Desk.Forms.Note.Text, m.Desk.Forms.Note.Kept = "The mailbox moves on", viewstest.Now
			m.Desk.Forms.Claim.Text, m.Desk.Forms.Claim.Ticket, m.Desk.Forms.Claim.Kept = "Asking", "https://tickets.example.com/1", viewstest.Now
		}),
		"desk-faults": desk(viewstest.Helpdesk, func(m *connectors.Card) {
			m.Problem = problem.New(problem.Invalid, "Some fields have to be corrected.").Saying("Nothing was recorded, and what you typed is kept.")
			m.Desk.Forms.Note.TextError = "Write a sentence: everybody who sees this connector reads it."
			m.Desk.Forms.Claim.Ticket, m.Desk.Forms.Claim.TicketError = "INC-1", "Enter an address that begins with https://."
			event := viewstest.Elsewhere()
			event.Settle.Open, event.Settle.Error = true, "Write a sentence: everybody who sees this connector reads it."
			m.History = []changes.Event{event}
		}),
		"elsewhere": elsewhereExhibit(changes.Elsewhere{
			Waiting: []changes.Event{viewstest.Elsewhere()}, Total: 51, MaySettle: true, Now: viewstest.Now,
			Settled: []changes.Event{{Who: "Tom Okafor", Action: "acknowledged", Reason: "The move of INC-7.", At: viewstest.Now, Seq: 1191, About: viewstest.Elsewhere().About}},
		}),
		"elsewhere-none":  elsewhereExhibit(changes.Elsewhere{MaySettle: true, Now: viewstest.Now}),
		"elsewhere-reads": elsewhereExhibit(changes.Elsewhere{Waiting: viewstest.Recent()[8:9], Total: 1, Now: viewstest.Now}),
	}
}

func elsewhereExhibit(m changes.Elsewhere) exhibit {
	return exhibit{m.Title(), func() templ.Component { return changes.ElsewhereContent(m) }, func() templ.Component {
		return within(pageShell(m.Title(), "/changes?show=elsewhere", viewstest.Admin), changes.ElsewhereContent(m))
	}}
}
