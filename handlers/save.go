package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
	changeviews "switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/edit"
	"switchboard/views/frame"
	"switchboard/views/links"
)

// save issues the PATCH of what the form changed and shows the object that Graph returned.
func (h *Handlers) save(c echo.Context, person *signin.Person) error {
	id, sent, err := h.sentEdit(c)
	if err != nil {
		return err
	}
	result, err := h.Changes.Save(c.Request().Context(), person, h.from(c), sent.edit())
	var said problem.Problem
	if errors.As(err, &said) && result.State == changes.Conflicted {
		h.logProblem(c, said)
		return h.conflict(c, person, sent, result, said)
	}
	if err != nil {
		return h.unsaved(c, person, sent, err)
	}
	switch result.State {
	case changes.Conflicted:
		return h.conflict(c, person, sent, result, problem.Problem{})
	case changes.Waiting:
		return h.wait(c, person, sent, result.Change)
	case changes.Nothing:
		h.saved(c, person, id)
		return h.nothing(c, person, result)
	}
	h.saved(c, person, id)
	return h.recorded(c, person, result.Change)
}

// recorded answers with a change that was sent, now or before: what it returned, or that it is in doubt.
func (h *Handlers) recorded(c echo.Context, person *signin.Person, change changes.Change) error {
	if change.HasReturned && !change.Repeated { // what a form that was sent before returned may be long gone
		h.Memory.Saw(person, change.Returned)
	}
	if change.Open() {
		return h.doubt(c, person, change)
	}
	return h.settled(c, person, change)
}

// settled shows the connector with the receipt of a change: in place for htmx, else on the page that the redirect leads to.
// Where Graph cannot be read the receipt is shown alone: what became of the change is known all the same.
func (h *Handlers) settled(c echo.Context, person *signin.Person, change changes.Change) error {
	if !wantsFragment(c.Request()) {
		h.announce(c, change)
		return c.Redirect(http.StatusSeeOther, links.ConnectorURL(change.Connector))
	}
	c.Response().Header().Set("HX-Push-Url", links.ConnectorURL(change.Connector))
	reading := inventory.Reading{Connector: change.Returned, At: change.SettledAt}
	var failed error
	if !change.HasReturned {
		reading, failed = h.Inventory.Get(c.Request().Context(), person, change.Connector)
	}
	if failed != nil {
		h.log(c).Warn("the connector of a change could not be read for its receipt", "error", failed.Error())
		c.Response().Header().Set("HX-Push-Url", links.ChangeURL(change.ID))
		return h.receiptAlone(c, person, change)
	}
	card := h.card(c, person, change.Connector, reading, nil, &change)
	card.Returned = change.HasReturned && !change.ReadBack()
	return h.sendCard(c, person, http.StatusOK, card)
}

// doubt answers 202: the change was sent, and nobody knows what became of it.
func (h *Handlers) doubt(c echo.Context, person *signin.Person, change changes.Change) error {
	receipt := h.receipt(c, person, change)
	receipt.Watched = changeviews.OnChange
	c.Response().Header().Set("HX-Push-Url", links.ChangeURL(change.ID))
	return h.send(c, person, answer{
		status: http.StatusAccepted, quotes: true, title: receipt.Title(), crumbs: []frame.Crumb{{Label: "Changes", Href: "/changes"}, {Name: receipt.Name}}, fragment: changeviews.ReceiptDetail(receipt),
		current: "/connectors",
	})
}

// wait answers 409 with the change that has to be found out first, and keeps what was typed.
func (h *Handlers) wait(c echo.Context, person *signin.Person, sent editForm, other changes.Change) error {
	receipt := h.receipt(c, person, other)
	form := h.emptyForm(person, sent.state)
	form.Wanted, form.Reason, form.Waits = sent.wanted, sent.reason, &receipt
	return h.sendForm(c, person, http.StatusConflict, form)
}

// nothing answers a save that has nothing to send.
func (h *Handlers) nothing(c echo.Context, person *signin.Person, result changes.Result) error {
	model := edit.Nothing{Connector: result.Connector, Already: result.Merge.Already}
	return h.send(c, person, answer{
		status: http.StatusOK, title: model.Title(), fragment: edit.NothingChanged(model),
		current: "/connectors", crumbs: crumbs(result.Connector),
	})
}

// unsaved answers a save that was not sent, or that Graph refused: with the form and all that was typed, where trying
// again can help.
func (h *Handlers) unsaved(c echo.Context, person *signin.Person, sent editForm, err error) error {
	var said problem.Problem
	if !errors.As(err, &said) {
		return err
	}
	switch said.Kind() {
	case problem.Invalid, problem.Unavailable, problem.Conflict:
		return h.formAgain(c, person, sent, said)
	case problem.Forbidden, problem.SignedOut:
		h.keepTyped(c, person, sent)
	}
	return err
}

// sync asks Graph for a sync of one connector.
func (h *Handlers) sync(c echo.Context, person *signin.Person) error {
	id, err := h.connectorID(c)
	if err != nil {
		return err
	}
	form := sentForm(c)
	state, err := openState(form, id)
	if err != nil {
		return err
	}
	result, err := h.Changes.Sync(c.Request().Context(), person, h.from(c), changes.SyncRequest{
		ID: id, SyncType: form.Get("syncType"), Reason: form.Get(reasonField), Once: state.Once, Shown: state.Shown,
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
func (h *Handlers) syncAgain(c echo.Context, person *signin.Person, id string, said problem.Problem) error {
	reading, err := h.Inventory.Get(c.Request().Context(), person, id)
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

// syncForm is the form that asks for a sync; nil where this person may not, or not now.
func (h *Handlers) syncForm(person *signin.Person, card connectors.Card) *connectors.Sync {
	if !person.Actor().May(access.Edit) || card.Stale != nil && !card.Stale.Late {
		return nil
	}
	state := formState{ID: card.Connector.ID(), Shown: card.Connector}
	return &connectors.Sync{
		ID: card.Connector.ID(), Hidden: h.carry(person, state), Retired: card.Health == connector.Retired, RequireReason: h.RequireReason,
	}
}
