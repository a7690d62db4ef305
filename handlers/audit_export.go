package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
)

// Exports hand out the change record. Each records itself before its first byte, and is of the lines up to and with that
// one: a later export therefore always contains what an earlier one held, and the record tells who took what away.
type Exports interface {
	WriteNDJSON(context.Context, io.Writer, audit.Exporter, audit.Filter) error
	WriteCSV(context.Context, io.Writer, audit.Exporter, audit.Filter) error
	// WriteEvidence also proves that the record still begins with what it was at the sizes in since.
	WriteEvidence(ctx context.Context, w io.Writer, by audit.Exporter, f audit.Filter, since ...int64) error
	// Checkpoint is the record as it stands, as a signed note. It holds no line, so it is not recorded.
	Checkpoint(context.Context) (string, error)
}

// exportNDJSON sends the lines as they are hashed, and the signed checkpoint.
func (h *Handlers) exportNDJSON(c echo.Context, person *signin.Person) error {
	filter, err := h.exportFilter(c, person)
	if err != nil {
		return err
	}
	return h.download(c, "application/x-ndjson", "audit", "ndjson", func(w io.Writer) error {
		return h.Exports.WriteNDJSON(c.Request().Context(), w, h.exporter(c, person), filter)
	})
}

// exportCSV sends the lines for a spreadsheet.
func (h *Handlers) exportCSV(c echo.Context, person *signin.Person) error {
	filter, err := h.exportFilter(c, person)
	if err != nil {
		return err
	}
	return h.download(c, "text/csv; charset=utf-8", "audit", "csv", func(w io.Writer) error {
		return h.Exports.WriteCSV(c.Request().Context(), w, h.exporter(c, person), filter)
	})
}

// exportEvidence sends the lines with all that a stranger needs to check them. since=N, the size of a checkpoint that
// somebody kept, adds the proof that the record still begins with it.
func (h *Handlers) exportEvidence(c echo.Context, person *signin.Person) error {
	filter, faults, err := h.recordFilter(c, person, "since")
	if err != nil {
		return err
	}
	since, fault := sizeKept(c.QueryParam("since"))
	if faults = append(faults, fault...); len(faults) > 0 {
		return unreadable(faults)
	}
	return h.download(c, "application/zip", "evidence", "zip", func(w io.Writer) error {
		return h.Exports.WriteEvidence(c.Request().Context(), w, h.exporter(c, person), filter, since...)
	})
}

// checkpoint sends the signed note that somebody keeps to tell later whether the record was rewritten.
func (h *Handlers) checkpoint(c echo.Context, _ *signin.Person) error {
	return h.download(c, echo.MIMETextPlainCharsetUTF8, "checkpoint", "txt", func(w io.Writer) error {
		note, err := h.Exports.Checkpoint(c.Request().Context())
		if err == nil {
			_, err = io.WriteString(w, note)
		}
		return err
	})
}

func (h *Handlers) exporter(c echo.Context, person *signin.Person) audit.Exporter {
	return audit.Exporter{Actor: person.Actor(), Origin: h.origin(c, person)}
}

func sizeKept(text string) ([]int64, []problem.Field) {
	if text == "" {
		return nil, nil
	}
	size, err := strconv.ParseInt(text, 10, 64)
	if err != nil || size < 1 {
		return nil, []problem.Field{{Name: "since", Message: "Enter a number of lines, such as 128: the second line of a checkpoint."}}
	}
	return []int64{size}, nil
}

// exportFilter reads which lines are exported.
func (h *Handlers) exportFilter(c echo.Context, person *signin.Person) (audit.Filter, error) {
	filter, faults, err := h.recordFilter(c, person)
	if err == nil && len(faults) > 0 {
		err = unreadable(faults)
	}
	return filter, err
}

// unreadable refuses an export whose filter cannot be read.
func unreadable(faults []problem.Field) error {
	reasons := make([]string, len(faults))
	for i, fault := range faults {
		reasons[i] = fault.Name + ": " + fault.Message
	}
	return problem.New(problem.BadRequest, "This filter of the audit log cannot be read.").
		Saying("Nothing was exported. " + strings.Join(reasons, " ")).
		Advising("Choose the filters on the page of the audit log, and export from there.")
}

// download answers with a file that write makes. Until its first byte an error is a page like any other; after it the
// connection is cut, so that nobody takes a part for the whole. HEAD makes and records nothing.
func (h *Handlers) download(c echo.Context, kind, name, extension string, write func(io.Writer) error) error {
	file := &file{answer: c.Response(), kind: kind, name: fmt.Sprintf("%s-%s.%s", name, h.Now().UTC().Format(time.DateOnly), extension)}
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
	answer     *echo.Response
	kind, name string
	begun      bool
}

func (f *file) begin() {
	if f.begun {
		return
	}
	f.begun = true
	f.answer.Header().Set(echo.HeaderContentType, f.kind)
	f.answer.Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+f.name+`"`)
	f.answer.WriteHeader(http.StatusOK)
}

// Write sends a piece.
func (f *file) Write(piece []byte) (int, error) {
	f.begin()
	// the network's clock, not the site's
	if err := http.NewResponseController(f.answer).SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return 0, err
	}
	return f.answer.Write(piece)
}
