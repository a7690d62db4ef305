package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/connectors"
	"switchboard/views/links"
)

// sync asks Graph for a sync of one connector.
func (h *connectorPages) sync(c echo.Context, person *session.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	form := sentForm(c)
	state, err := openState(form, id)
	if err != nil {
		return err
	}
	result, err := h.syncs.Sync(c.Request().Context(), person, h.from(c), changes.SyncRequest{
		ID: id, SyncType: form.Get("syncType"), Reason: form.Get(reasonField), IdempotencyKey: state.Once,
		Shown: connector.New(map[string]connector.Value{connector.LastSyncDateTime: state.Synced}),
	})
	var said problem.Problem
	if errors.As(err, &said) && said.Kind() == problem.Invalid && result.Change.ID == "" {
		return h.syncAgain(c, person, id, said)
	}
	if err != nil {
		return err
	}
	return h.recorded(c, person, result.Change)
}

// syncAgain shows the connector with the sync form as it was sent and what is wrong with it.
func (h *connectorPages) syncAgain(c echo.Context, person *session.Person, id string, said problem.Problem) error {
	reading, err := h.inventory.Get(c.Request().Context(), person, id)
	if err != nil {
		return err
	}
	card := h.card(c, person, id, reading, nil, nil)
	card.Problem = said
	if card.Sync != nil {
		card.Sync.Type, card.Sync.Reason = sentForm(c).Get("syncType"), sentForm(c).Get(reasonField)
		for _, field := range said.Fields() {
			card.Sync.ReasonError = field.Message
		}
	}
	return h.sendCard(c, person, status(said), card)
}

// syncProgress looks again how far a sync has come; it is what the card asks while one is watched.
func (h *connectorPages) syncProgress(c echo.Context, person *session.Person) error {
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
