package handlers

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/desk"
	"switchboard/internal/drafts"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/forms"
	"switchboard/views/links"
)

// DeskReader reads what people have left for each other.
type DeskReader interface {
	// Notes are the latest notes at a connector, the newest first.
	Notes(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error)
	// Outside are the lines of the changes made elsewhere that wait, the newest first.
	Outside(ctx context.Context, board *desk.Board, limit int) ([]audit.Entry, error)
}

// TextReader finds what somebody typed before they were sent away to sign in.
type TextReader interface {
	Texts(ctx context.Context, person access.Actor, connectorID string) (map[string]drafts.Text, error)
}

// The small forms of a connector's page, by which what was typed into one is kept. That of a change made elsewhere ends with the
// number of its line.
const (
	noteForm   = "note"
	claimForm  = "claim"
	settleForm = "settle-"
	// ticketField holds the address of a ticket.
	ticketField = desk.Ticket
)

func settleFormOf(seq int64) string { return settleForm + strconv.FormatInt(seq, 10) }

// typedText is what stands in one of these forms when its page is shown.
type typedText struct {
	reason, ticket string
	faults         []problem.Field
	// kept is when it was kept over a sign-in, unsent says that it could not be recorded just now; else it is neither.
	kept   time.Time
	unsent bool
}

// fault is what is wrong with a field.
func (t typedText) fault(name string) string {
	for _, one := range t.faults {
		if one.Name == name {
			return one.Message
		}
	}
	return ""
}

// typedKey is where a request keeps what is to stand in the small forms of the page that it shows, by the form.
const typedKey = "typed"

// typedInto is that; nil for a page whose forms are all empty.
func typedInto(c echo.Context) map[string]typedText {
	known, _ := c.Get(typedKey).(map[string]typedText)
	return known
}

// recallTyped puts what the person had typed into the connector's small forms before they were sent away beside what this
// request brings.
func (p *presenter) recallTyped(c echo.Context, person *session.Person, id string) {
	kept, err := p.textReader.Texts(c.Request().Context(), person.Actor(), id)
	if err != nil {
		p.log(c).Warn("what was typed before could not be read", "error", err.Error())
	}
	all := map[string]typedText{}
	for form, text := range kept {
		all[form] = typedText{reason: text.Fields[reasonField], ticket: text.Fields[ticketField], kept: text.KeptAt}
	}
	maps.Copy(all, typedInto(c))
	c.Set(typedKey, all)
}

// notesShown is how many notes a connector's page shows, notesKnown how many where somebody asks for all.
const notesShown, notesKnown = 10, 1000

// deskOf is what people have left at the connector, and the forms with what was typed into them.
func (p *presenter) deskOf(c echo.Context, person *session.Person, id string) connectors.Desk {
	model := connectors.Desk{Claim: p.claimAt(c, person, id)}
	most := notesShown
	if c.QueryParam(links.NotesField) != "" {
		most = notesKnown
	}
	notes, err := p.deskReader.Notes(c.Request().Context(), id, most+1)
	if err != nil {
		p.log(c).Warn("the notes at a connector could not be read", "error", err.Error())
	}
	model.Older = len(notes) > most
	for _, note := range notes[:min(most, len(notes))] {
		model.Notes = append(model.Notes, connectors.Note{
			Who: note.Actor.Name, You: note.Actor.Is(person.Actor()), Text: note.Reason, At: note.Time, Seq: note.Seq,
		})
	}
	if person.Actor().May(access.Propose) {
		model.Forms = &connectors.DeskForms{ID: id, Note: p.deskForm(person, typedInto(c)[noteForm]), Claim: p.deskForm(person, typedInto(c)[claimForm])}
		if claim, there := p.left(c).Claim(id, p.now()); there {
			model.Forms.End = forms.HiddenFields{Token: person.FormToken(), State: p.newID() + "." + strconv.FormatInt(claim.Seq, 10)}
		}
	}
	return model
}

func (p *presenter) deskForm(person *session.Person, said typedText) connectors.DeskForm {
	return connectors.DeskForm{
		Hidden: forms.HiddenFields{Token: person.FormToken(), State: p.newID()}, Text: said.reason, Ticket: said.ticket,
		TextError: said.fault(reasonField), TicketError: said.fault(ticketField), Kept: said.kept, Unsent: said.unsent,
	}
}

// claimAt is who is on the connector, nil for nobody.
func (p *presenter) claimAt(c echo.Context, person *session.Person, id string) *connectors.Claim {
	claim, there := p.left(c).Claim(id, p.now())
	if !there {
		return nil
	}
	shown := claimModel(claim, person)
	return &shown
}

func claimModel(claim desk.Claim, person *session.Person) connectors.Claim {
	return connectors.Claim{
		OID: claim.By.OID, Who: claim.By.Name, You: claim.By.Is(person.Actor()), Sentence: claim.Sentence, Ticket: claim.Ticket,
		At: claim.At, Until: claim.Until,
	}
}

// settle is what the person can do about the change made elsewhere that the line tells; nil where it does not wait, or for
// nothing.
func (p *presenter) settle(c echo.Context, person *session.Person, line audit.Entry) *changeviews.Settle {
	if line.Action != audit.Observed || !p.left(c).Waits(line.Seq) || !person.Actor().May(access.Propose) {
		return nil
	}
	said := typedInto(c)[settleFormOf(line.Seq)]
	return &changeviews.Settle{
		Seq: line.Seq, Change: line.ID, Hidden: forms.HiddenFields{Token: person.FormToken(), State: p.newID()},
		MayRevert: person.Actor().May(access.Edit), Reason: said.reason, Error: said.fault(reasonField),
		Open: said.fault(reasonField) != "" || said.unsent || !said.kept.IsZero(),
	}
}

// toldCookie carries the number of a line that was just left over the redirect that follows a plain form.
const toldCookie = "switchboard_told"

// leave has the next page of the connector say what was left; 0 says that nothing was, since somebody else came first.
func (p *presenter) leave(c echo.Context, seq int64) {
	p.setCookie(c, toldCookie, strconv.FormatInt(seq, 10), 60)
}

// toldHeader names the line of what a page shows as just left, where the page asks by itself.
const toldHeader = "Switchboard-Told"

// justLeft says what the person has just left at the connector, of whose lines it is one; somebody may be on it.
func (p *presenter) justLeft(c echo.Context, person *session.Person, lines []audit.Entry, claimed bool) connectors.Told {
	if seq, err := strconv.ParseInt(c.Request().Header.Get(toldHeader), 10, 64); err == nil && seq > 0 {
		last := lastLeft(lines)
		return connectors.Told{Stays: last.Seq == seq && (claimed || last.Action != audit.Claim)}
	}
	cookie, err := c.Request().Cookie(p.cookieName(toldCookie))
	if err != nil || c.Request().Method != http.MethodGet {
		return connectors.Told{}
	}
	seq, err := strconv.ParseInt(cookie.Value, 10, 64)
	if err != nil {
		return connectors.Told{}
	}
	if seq == 0 {
		p.setCookie(c, toldCookie, "", -1)
		return connectors.Told{Words: leftNothing}
	}
	for _, line := range lines {
		if line.Seq == seq && line.Actor.Is(person.Actor()) {
			p.setCookie(c, toldCookie, "", -1)
			return leftWords(line)
		}
	}
	return connectors.Told{}
}

// lastLeft is the latest line that somebody left, or that waits for somebody, of lines with the newest first: what is said of an older
// one may be true no longer.
func lastLeft(lines []audit.Entry) audit.Entry {
	for _, line := range lines {
		switch line.Action {
		case audit.Note, audit.Claim, audit.ClaimEnd, audit.Acknowledged, audit.Observed:
			return line
		}
	}
	return audit.Entry{}
}

const leftNothing = "That claim had ended by then, so nothing was recorded. This is how it stands now."

// leftWords say what a line has left.
func leftWords(line audit.Entry) connectors.Told {
	words := map[audit.Action]string{
		audit.Note:         "Your note is left.",
		audit.ClaimEnd:     "The claim has ended.",
		audit.Acknowledged: "The change made elsewhere is settled.",
		audit.Claim:        "You are on it, and everybody sees it.",
	}[line.Action]
	if words == "" {
		return connectors.Told{}
	}
	return connectors.Told{Entry: line.Seq, Words: words + " Entry " + connector.Thousands(int(line.Seq)) + " of the audit log says so."}
}
