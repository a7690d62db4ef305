package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/signin"
	"switchboard/views/edit"
	"switchboard/views/links"
)

// Drafts keep what somebody typed while they are away to sign in or to get a permission.
type Drafts interface {
	Keep(context.Context, access.Actor, drafts.Draft) error
	Find(ctx context.Context, person access.Actor, connectorID string) (drafts.Draft, bool, error)
	Drop(ctx context.Context, person access.Actor, connectorID string) error
}

// keptKey is where a request's context says that what was typed is kept.
const keptKey = "kept"

// keepTyped keeps what somebody typed for when they open the form again, which is where a sign-in now leads.
func (h *Handlers) keepTyped(c echo.Context, person *signin.Person, sent editForm) {
	c.Set(returnKey, links.ConnectorURL(sent.state.ID)+"/edit")
	draft := drafts.Draft{
		Connector: sent.state.ID, Shown: sent.state.Shown, Opened: sent.state.Opened, Reason: sent.reason, Reverts: sent.state.Reverts,
		Wanted: map[string]string{},
	}
	for _, field := range sent.edit().Changed() {
		draft.Wanted[field.Name] = sent.wanted[field.Name]
	}
	if len(draft.Wanted) == 0 && draft.Reason == "" {
		return
	}
	if err := h.Drafts.Keep(c.Request().Context(), person.Actor(), draft); err != nil {
		h.log(c).Warn("what was typed could not be kept", "error", err.Error())
		return
	}
	c.Set(keptKey, true)
}

// keepLate keeps what a form brought whose session ended while it was filled in. Whose it was is known for a short while
// only, and the form has to be one that was made for that session.
func (h *Handlers) keepLate(c echo.Context) {
	if c.Request().Method != http.MethodPost || c.Path() != "/connectors/:id" && c.Path() != "/connectors/:id/review" {
		return
	}
	former := h.Sessions.Former(c.Request())
	if former == nil || h.takeForm(c, former) != nil {
		return
	}
	if _, sent, err := h.sentEdit(c); err == nil {
		h.keepTyped(c, former, sent)
	}
}

// openForm is the edit form of what was just read, filled with what the person had typed before they were sent away.
func (h *Handlers) openForm(c echo.Context, person *signin.Person, reading inventory.Reading) edit.Edit {
	state := formState{ID: reading.Connector.ID(), Shown: reading.Connector, Opened: reading.At}
	draft, there, err := h.Drafts.Find(c.Request().Context(), person.Actor(), state.ID)
	if err != nil {
		h.log(c).Warn("what was typed before could not be read", "error", err.Error())
	}
	if err != nil || !there {
		return h.emptyForm(person, state)
	}
	moved := moved(draft, reading.Connector)
	if moved { // the save then shows both sides, as for any form that was open meanwhile
		state.Shown, state.Opened = draft.Shown, draft.Opened
	}
	state.Reverts = draft.Reverts
	form := h.emptyForm(person, state)
	form.Wanted, form.Reason = draft.Wanted, draft.Reason
	form.Kept = &edit.Kept{At: draft.KeptAt, Moved: moved, FormToken: person.FormToken()}
	return form
}

// moved says whether somebody else changed what the draft changes, since its form was opened.
func moved(draft drafts.Draft, now connector.Connector) bool {
	for name := range draft.Wanted {
		if !connector.Same(name, draft.Shown.Value(name), now.Value(name)) {
			return true
		}
	}
	return false
}

// dropDraft forgets what was typed, and opens the form as it would be without.
func (h *Handlers) dropDraft(c echo.Context, person *signin.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	if err := h.Drafts.Drop(c.Request().Context(), person.Actor(), id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, links.ConnectorURL(id)+"/edit")
}

// saved forgets the draft of a form that has done its work.
func (h *Handlers) saved(c echo.Context, person *signin.Person, connectorID string) {
	if err := h.Drafts.Drop(c.Request().Context(), person.Actor(), connectorID); err != nil {
		h.log(c).Warn("what was typed before could not be dropped", "error", err.Error())
	}
}

// fate says to the page of a session that has ended what became of a form that was sent: nothing unless one was.
func fate(c echo.Context) string {
	switch {
	case c.Get(keptKey) != nil:
		return "?form=kept"
	case strings.HasPrefix(c.Path(), "/connectors/:id"), strings.HasPrefix(c.Path(), "/changes/:change"):
		return "?form=lost"
	}
	return ""
}
