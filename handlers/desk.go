package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/desk"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/connectors"
	"switchboard/views/links"
)

// deskPages take what people leave for each other at a connector.
type deskPages struct {
	*presenter
	desk  DeskActions
	texts TextKeeper
}

// DeskActions leave something.
type DeskActions interface {
	Note(context.Context, desk.Form) (desk.Left, error)
	Claim(ctx context.Context, form desk.Form, ticket string) (desk.Left, error)
	// EndClaim ends the claim of that line.
	EndClaim(ctx context.Context, form desk.Form, claim int64) (desk.Left, error)
	// Observed is the line of a change made elsewhere, Acknowledge settles it.
	Observed(ctx context.Context, seq int64) (audit.Entry, error)
	Acknowledge(ctx context.Context, form desk.Form, observed audit.Entry) (desk.Left, error)
}

// TextKeeper keeps what somebody typed while they are away to sign in.
type TextKeeper interface {
	TextReader
	KeepText(context.Context, access.Actor, drafts.Text) error
	DropText(ctx context.Context, person access.Actor, connectorID, form string) error
}

// discardField is the button that drops what was kept over a sign-in.
const discardField = "discard"

// sentText is one of the small forms as it was sent.
type sentText struct {
	desk.Form
	// name says which form it is, ticket and claim are what some of them bring.
	name, ticket string
	claim        int64
}

func (h *deskPages) note(c echo.Context, person *session.Person) error {
	sent, err := h.sentAt(c, person, noteForm)
	if err != nil {
		return err
	}
	return h.take(c, person, sent, func(ctx context.Context) (desk.Left, error) { return h.desk.Note(ctx, sent.Form) })
}

func (h *deskPages) claim(c echo.Context, person *session.Person) error {
	sent, err := h.sentAt(c, person, claimForm)
	if err != nil {
		return err
	}
	return h.take(c, person, sent, func(ctx context.Context) (desk.Left, error) { return h.desk.Claim(ctx, sent.Form, sent.ticket) })
}

func (h *deskPages) endClaim(c echo.Context, person *session.Person) error {
	sent, err := h.sentAt(c, person, "")
	if err != nil {
		return err
	}
	return h.take(c, person, sent, func(ctx context.Context) (desk.Left, error) { return h.desk.EndClaim(ctx, sent.Form, sent.claim) })
}

// acknowledge settles a change made elsewhere.
func (h *deskPages) acknowledge(c echo.Context, person *session.Person) error {
	observed, err := h.observed(c)
	if err != nil {
		return err
	}
	sent, err := h.sentTo(c, person, observed.Connector, settleFormOf(observed.Seq))
	if err != nil {
		return err
	}
	return h.take(c, person, sent, func(ctx context.Context) (desk.Left, error) { return h.desk.Acknowledge(ctx, sent.Form, observed) })
}

// observed is the line of the change made elsewhere that the address names.
func (h *deskPages) observed(c echo.Context) (audit.Entry, error) {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil {
		seq = 0 // which no line has
	}
	return h.desk.Observed(c.Request().Context(), seq)
}

// sentAt reads a form of the connector that the address names.
func (h *deskPages) sentAt(c echo.Context, person *session.Person, name string) (sentText, error) {
	id, err := h.connectorID(c)
	if err != nil {
		return sentText{}, err
	}
	return h.sentTo(c, person, id, name)
}

func (h *deskPages) sentTo(c echo.Context, person *session.Person, id, name string) (sentText, error) {
	form := sentForm(c)
	once, claim, _ := strings.Cut(form.Get(stateField), ".")
	spent, err := plainUUID(once)
	if err != nil {
		return sentText{}, problem.New(problem.BadRequest, "A part of this form that the page hides did not arrive.").
			Saying("Nothing was recorded.").Advising(openAgain)
	}
	for field := range form {
		if !slices.Contains([]string{tokenField, stateField, reasonField, ticketField, discardField}, field) {
			return sentText{}, problem.New(problem.BadRequest, "No form of Switchboard has the field "+field+".").
				Saying("Nothing was recorded.").Advising(openAgain)
		}
	}
	sent := sentText{name: name, ticket: strings.TrimSpace(form.Get(ticketField))}
	sent.claim, _ = strconv.ParseInt(claim, 10, 64) // one that is none ends nothing
	sent.Form = desk.Form{
		Actor: person.Actor(), From: h.origin(c, person), Once: spent, Connector: id,
		Text: strings.TrimSpace(strings.ReplaceAll(form.Get(reasonField), "\r\n", "\n")),
	}
	return sent, nil
}

// take has a form leave what it brings, and shows its connector with it.
func (h *deskPages) take(c echo.Context, person *session.Person, sent sentText, leave func(context.Context) (desk.Left, error)) error {
	if sentForm(c).Get(discardField) != "" {
		h.drop(c, person, sent)
		return c.Redirect(http.StatusSeeOther, links.ConnectorURL(sent.Connector))
	}
	// What is left stands for everybody who sees the connector, so whoever leaves it has to see it.
	if _, there := h.inventory.Last(person, sent.Connector); !there {
		if _, err := h.inventory.Get(c.Request().Context(), person, sent.Connector); err != nil {
			h.keepTyped(c, person, sent)
			return err
		}
	}
	left, err := leave(c.Request().Context())
	var said problem.Problem
	if errors.As(err, &said) && (said.Kind() == problem.Invalid || said.Kind() == problem.Unavailable) {
		return h.takeAgain(c, person, sent, said)
	}
	if err != nil {
		return err
	}
	h.drop(c, person, sent)
	h.leftAnew(c)
	return h.taken(c, person, sent.Connector, left)
}

// taken shows the connector with what was left: in place for htmx, else on the page that the redirect leads to.
func (h *deskPages) taken(c echo.Context, person *session.Person, id string, left desk.Left) error {
	if !wantsFragment(c.Request()) {
		h.leave(c, left.Line.Seq)
		return c.Redirect(http.StatusSeeOther, links.ConnectorURL(id))
	}
	reading, err := h.readOrLast(c, person, id)
	if err != nil {
		return err
	}
	card := h.card(c, person, id, reading, nil, nil)
	card.Desk.Told = connectors.Told{Words: leftNothing}
	if !left.Moved {
		card.Desk.Told = leftWords(left.Line)
	}
	if left.Over.Seq != 0 {
		card.Desk.Told.Words = "You took it over from " + left.Over.By.Name + ". " + card.Desk.Told.Words
	}
	c.Response().Header().Set("HX-Push-Url", links.ConnectorURL(id))
	return h.sendCard(c, person, http.StatusOK, card)
}

// takeAgain shows the connector with the form as it was sent and why nothing was left.
func (h *deskPages) takeAgain(c echo.Context, person *session.Person, sent sentText, said problem.Problem) error {
	reading, err := h.readOrLast(c, person, sent.Connector)
	if err != nil {
		return said
	}
	h.logProblem(c, said)
	c.Set(typedKey, map[string]typedText{sent.name: {
		reason: sent.Text, ticket: sent.ticket, faults: said.Fields(), unsent: said.Kind() == problem.Unavailable,
	}})
	card := h.card(c, person, sent.Connector, reading, nil, nil)
	card.Problem = said
	if wantsFragment(c.Request()) {
		c.Response().Header().Set("HX-Push-Url", links.ConnectorURL(sent.Connector))
	}
	return h.sendCard(c, person, retryLater(c, said), card)
}

// readOrLast is the connector as Graph has it, or as this session read it last.
func (h *deskPages) readOrLast(c echo.Context, person *session.Person, id string) (inventory.Reading, error) {
	reading, err := h.inventory.Get(c.Request().Context(), person, id)
	if last, there := h.inventory.Last(person, id); err != nil && there {
		return last, nil
	}
	return reading, err
}

// keepTyped keeps what somebody typed for when they open the connector again, which is where a sign-in now leads.
func (h *deskPages) keepTyped(c echo.Context, person *session.Person, sent sentText) {
	c.Set(returnKey, links.ConnectorURL(sent.Connector))
	if sent.name == "" || sent.Text == "" && sent.ticket == "" {
		return
	}
	text := drafts.Text{Connector: sent.Connector, Form: sent.name, Fields: map[string]string{reasonField: sent.Text, ticketField: sent.ticket}}
	if err := h.texts.KeepText(c.Request().Context(), person.Actor(), text); err != nil {
		h.log(c).Warn("what was typed could not be kept", "error", err.Error())
		return
	}
	c.Set(keptKey, true)
}

// keepLate keeps what a form brought whose session ended while it was filled in; it has to be one that was made for that
// session.
func (h *deskPages) keepLate(c echo.Context) {
	form, ours := map[string]string{"/connectors/:id/notes": noteForm, "/connectors/:id/claim": claimForm, "/audit/:seq/acknowledge": settleForm}[c.Path()]
	if c.Request().Method != http.MethodPost || !ours {
		return
	}
	former := h.sessions.RecentlyExpired(c.Request())
	if former == nil || h.takeForm(c, former) != nil {
		return
	}
	sent, err := sentText{}, error(nil)
	if form != settleForm {
		sent, err = h.sentAt(c, former, form)
	} else if observed, unknown := h.observed(c); unknown == nil {
		sent, err = h.sentTo(c, former, observed.Connector, settleFormOf(observed.Seq))
	} else {
		return
	}
	if err == nil {
		h.keepTyped(c, former, sent)
	}
}

// drop forgets what was kept of a form that has done its work.
func (h *deskPages) drop(c echo.Context, person *session.Person, sent sentText) {
	if err := h.texts.DropText(c.Request().Context(), person.Actor(), connector.Key(sent.Connector), sent.name); err != nil {
		h.log(c).Warn("what was typed before could not be dropped", "error", err.Error())
	}
}
