package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
	"switchboard/internal/signin"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/links"
)

// progressShown is how long after its request a sync is still told on the connector's page.
const progressShown = 45 * time.Minute

// syncProgress looks again how far a sync has come; it is what the card asks while one is watched.
func (h *Handlers) syncProgress(c echo.Context, person *signin.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	if !wantsFragment(c.Request()) {
		return c.Redirect(http.StatusSeeOther, links.ConnectorURL(id))
	}
	h.lookAt(c, person, id, h.onlyLooks())
	progress := h.progress(c, person, id)
	if progress == nil {
		return c.NoContent(http.StatusNoContent)
	}
	progress.Arrived = progress.Done
	return draw(c, http.StatusOK, connectors.ProgressNote(*progress))
}

// progress is how far the latest sync of a connector has come, nil where none was asked for lately.
func (h *Handlers) progress(c echo.Context, person *signin.Person, id string) *connectors.Progress {
	found, there, err := h.Syncs.Progress(c.Request().Context(), id)
	if err != nil {
		h.log(c).Warn("the progress of a sync could not be read", "error", err.Error())
	}
	if !there || err != nil || h.Now().Sub(found.Asked) > progressShown || found.Change.Open() {
		return nil
	}
	return &connectors.Progress{
		ID: id, Change: found.Change.ID, SyncType: found.Change.SyncType, Done: found.State == changes.Synced,
		Unseen: found.State == changes.Unseen, End: changeviews.SyncEnd(found.End),
		Who: found.Change.Actor.Name, You: found.Change.Actor.Is(person.Actor()), Asked: found.Asked, Until: found.Until, Looks: found.Looks, Now: h.Now(),
	}
}
