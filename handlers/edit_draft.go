package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/views/edit"
	"switchboard/views/links"
)

// Drafts keep what somebody typed while they are away to sign in or to get a permission.
type Drafts interface {
	Keep(context.Context, access.Actor, drafts.Draft) error
	Find(ctx context.Context, person access.Actor, connectorID string) (drafts.Draft, bool, error)
	Drop(ctx context.Context, person access.Actor, connectorID string) error
}

// keepTyped keeps what somebody typed for when they open the form again, which is where a sign-in now leads.
func (h *editPages) keepTyped(c echo.Context, person *session.Person, sent editForm) {
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
	if err := h.drafts.Keep(c.Request().Context(), person.Actor(), draft); err != nil {
		h.log(c).Warn("what was typed could not be kept", "error", err.Error())
		return
	}
	c.Set(keptKey, true)
}

// keepLate keeps what a form brought whose session ended while it was filled in. Whose it was is known for a short while
// only, and the form has to be one that was made for that session.
func (h *editPages) keepLate(c echo.Context) {
	if c.Request().Method != http.MethodPost || c.Path() != "/connectors/:id" && c.Path() != "/connectors/:id/review" {
		return
	}
	former := h.sessions.RecentlyExpired(c.Request())
	if former == nil || h.takeForm(c, former) != nil {
		return
	}
	if _, sent, err := h.sentEdit(c); err == nil {
		h.keepTyped(c, former, sent)
	}
}

// openForm is the edit form of what was just read, filled with what the person had typed before they were sent away.
func (h *editPages) openForm(c echo.Context, person *session.Person, reading inventory.Reading) edit.Edit {
	state := formState{ID: reading.Connector.ID(), Shown: reading.Connector, Opened: reading.At}
	draft, there, err := h.drafts.Find(c.Request().Context(), person.Actor(), state.ID)
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
func (h *editPages) dropDraft(c echo.Context, person *session.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	if err := h.drafts.Drop(c.Request().Context(), person.Actor(), id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, links.ConnectorURL(id)+"/edit")
}

// saved forgets the draft of a form that has done its work.
func (h *editPages) saved(c echo.Context, person *session.Person, connectorID string) {
	if err := h.drafts.Drop(c.Request().Context(), person.Actor(), connectorID); err != nil {
		h.log(c).Warn("what was typed before could not be dropped", "error", err.Error())
	}
}
