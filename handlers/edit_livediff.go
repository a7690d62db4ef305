package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/session"
	"switchboard/views/edit"
)

// The part of the review that the edit form asks for as one types.
const (
	partParam = "part"
	diffPart  = "diff"
)

// wantsDiff says whether a review is asked for its list of changes only, to be put beside the form.
func wantsDiff(c echo.Context) bool {
	return c.QueryParam(partParam) == diffPart && wantsFragment(c.Request())
}

// liveDiff lists what the form as it stands would change against what it showed. Graph is not asked, the form's one-time id
// is not spent, and no reason is wanted yet.
func (h *editPages) liveDiff(c echo.Context, person *session.Person, sent editForm) error {
	varies(c)
	h.tellSession(c, person)
	return draw(c, http.StatusOK, edit.LiveDiffList(edit.LiveDiff{Edit: sent.edit(), Opened: sent.state.Opened, Now: h.now()}))
}
