package handlers

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
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
func (h *auditPages) inTurn(next handler) handler {
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

// download answers with a file that write makes. Until its first byte an error is a page like any other; after it the
// connection is cut, so that nobody takes a part for the whole. HEAD makes and records nothing.
func (h *auditPages) download(c echo.Context, kind, name string, write func(io.Writer) error) error {
	file := &file{response: c.Response(), kind: kind, name: name}
	if c.Request().Method == http.MethodHead {
		file.begin()
		return nil
	}
	err := write(file)
	switch {
	case err == nil:
		file.begin() // an empty file is one too
		return nil
	case file.begun:
		h.log(c).Error("an export was cut off", "route", c.Path(), "bytes", c.Response().Size, "error", err.Error())
		panic(http.ErrAbortHandler)
	case errors.Is(err, audit.ErrNotAllowed):
		return problem.New(problem.Forbidden, "Your role does not allow this.").Saying("Nothing was exported.").
			Advising("Ask an administrator of Switchboard for a role that reads the audit log.").Because(err)
	}
	return problem.New(problem.Unavailable, "The audit log cannot be exported just now.").
		Saying("An export is recorded before it begins, and that failed. Nothing was exported.").
		Advising("Try again in a moment. If it lasts, tell an administrator of Switchboard.").Because(err)
}

// writeWithin is how long a client may take to accept one piece of a file. A whole record takes longer than the server
// grants an answer, so each piece has a time of its own.
const writeWithin = 30 * time.Second

// file is an answer that the browser keeps as a file. Its headers leave with its first byte.
type file struct {
	response   *echo.Response
	kind, name string
	begun      bool
}

func (f *file) begin() {
	if f.begun {
		return
	}
	f.begun = true
	f.response.Header().Set(echo.HeaderContentType, f.kind)
	f.response.Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+f.name+`"`)
	f.response.WriteHeader(http.StatusOK)
}

// Write sends a piece.
func (f *file) Write(piece []byte) (int, error) {
	f.begin()
	// the network's clock, not the site's
	if err := http.NewResponseController(f.response).SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return 0, err
	}
	return f.response.Write(piece)
}
