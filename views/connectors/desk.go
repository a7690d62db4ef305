package connectors

import (
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/forms"
)

// Desk is what people have left at a connector, and the forms that leave more.
type Desk struct {
	// Claim is who is on it; nil for nobody.
	Claim *Claim
	// Notes are the latest, the newest first; Older says that there are more.
	Notes []Note
	Older bool
	// Forms are nil where this person may leave nothing.
	Forms *DeskForms
	// Told is what was just recorded, or why nothing was.
	Told Told
}

// Told is what a page says of what its person has just left; the zero value says nothing.
type Told struct {
	// Words are the sentences, and Entry is the number of the line that they are about; 0 for none.
	Words string
	Entry int64
	// Stays says, in the place of Words, that a page which asks by itself goes on showing what it shows.
	Stays bool
}

// Claim is that somebody is on it.
type Claim struct {
	OID, Who string
	// You says that it is the person who looks.
	You bool
	// Sentence and Ticket are what they said of it; both may be empty.
	Sentence, Ticket string
	// At is when they said so, Until when it ends by itself.
	At, Until time.Time
	// About is for a page of many connectors; empty where the page is about that one.
	About ClaimAbout
}

// ClaimAbout is the connector that somebody is on.
type ClaimAbout struct {
	ID   string
	Name connector.Name
}

// Note is a sentence left at a connector.
type Note struct {
	Who  string
	You  bool
	Text string
	At   time.Time
	Seq  int64
}

// DeskForms are the forms for one person.
type DeskForms struct {
	// ID is the connector's.
	ID          string
	Note, Claim DeskForm
	// End ends the claim that is shown.
	End forms.HiddenFields
}

// DeskForm is a form with what was typed into it, if it is shown again.
type DeskForm struct {
	Hidden       forms.HiddenFields
	Text, Ticket string
	// TextError and TicketError are what is wrong with it; empty for nothing.
	TextError, TicketError string
	// Kept is when what was typed was kept over a sign-in; zero for a form that was not.
	Kept time.Time
	// Unsent says that what was typed could not be recorded just now.
	Unsent bool
}

// open says whether the form is shown at once.
func (m DeskForm) open() bool {
	return m.TextError != "" || m.TicketError != "" || m.Unsent || !m.Kept.IsZero()
}

// untouched says that nothing was typed into it.
func (m DeskForm) untouched() bool { return m == DeskForm{Hidden: m.Hidden} }

// claimAsked and noteAsked are the forms of a connector with that id.
type claimAsked struct {
	id, invites, claims string
	form                DeskForm
}

type noteAsked struct {
	id   string
	form DeskForm
}

// who is the person in the words of the page.
func (m Claim) who() string { return personOf(m.Who, m.You) }

func (m Note) who() string { return personOf(m.Who, m.You) }

func personOf(name string, you bool) string {
	switch {
	case you:
		return "You"
	case name == "":
		return "Somebody"
	}
	return name
}

// is fits the person.
func (m Claim) is() string {
	if m.You {
		return " are on it"
	}
	return " is on it"
}

// invites says what the form for a claim does.
func (m Desk) invites() string {
	switch {
	case m.Claim == nil:
		return "I am on it…"
	case m.Claim.You:
		return "Say more…"
	}
	return "Take it over…"
}

func (m Desk) claims() string {
	if m.Claim != nil && !m.Claim.You {
		return "Take it over"
	}
	return "I am on it"
}

// lasting is what to know before something is left.
const lasting = "Nobody can change or delete it, and everybody who sees this connector reads it."

func noteField(m DeskForm) forms.TextArea {
	return forms.TextArea{ID: "note-text", Label: "Note", Aside: "(kept in the audit log)", Typed: m.Text, Error: m.TextError, Hint: lasting}
}

func sentenceField(m DeskForm) forms.TextArea {
	return forms.TextArea{ID: "claim-text", Label: "What are you doing?", Aside: "(may be empty)", Typed: m.Text, Error: m.TextError, Hint: lasting}
}

func ticketField(m DeskForm) forms.TextArea {
	return forms.TextArea{
		ID: "claim-ticket", Label: "Ticket", Aside: "(may be empty)", Typed: m.Ticket, Error: m.TicketError,
		Hint: "Its address, such as https://tickets.example.com/INC-48213.",
	}
}

func keptWords(kept, now time.Time) string {
	return "This is what you typed at " + components.Clock(kept, now) + " UTC, before you signed in again. It has not been recorded."
}

// claimant is who is on it, for a mark in a row.
func (m Claim) claimant() string {
	if m.You {
		return "You are on it"
	}
	return "On it: " + components.Shown(m.who())
}
