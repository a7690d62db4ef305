package handlers

import (
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
	"switchboard/internal/session"
)

const (
	// mostExports are under way at once, one for each person: an export is the dearest answer there is.
	mostExports = 4
	// exportAgain is when somebody who was turned away may try again.
	exportAgain = 10 * time.Second
)

// exporting are the people who are being sent an export of the audit log.
type exporting struct {
	mu sync.Mutex
	to map[string]bool
}

// begin lets one more export begin; its end has to be told. The error is a problem.
func (e *exporting) begin(whose string) (end func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.to[whose]:
		return nil, problem.New(problem.Unavailable, "An export of yours is under way.").
			Saying("There is one at a time for each person. Nothing was exported.").
			Advising("Try again once it has arrived, or was cancelled.").After(exportAgain)
	case len(e.to) >= mostExports:
		return nil, problem.New(problem.Unavailable, "Others are exporting the audit log.").
			Saying("There are four exports at a time. Nothing was exported.").Advising("Try again in a moment.").After(exportAgain)
	}
	e.to[whose] = true
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.to, whose)
	}, nil
}

// inTurn stands before an export.
func (h *Handlers) inTurn(next action) action {
	return func(c echo.Context, person *session.Person) error {
		if c.Request().Method == http.MethodHead {
			return next(c, person)
		}
		end, err := h.exporting.begin(person.Whose())
		if err != nil {
			return err
		}
		defer end()
		return next(c, person)
	}
}
