package handlers

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// AuditExports hand out the audit log. Each records itself before its first byte, and is of the lines up to and with that
// one: a later export therefore always contains what an earlier one held, and the log tells who took what away.
type AuditExports interface {
	WriteNDJSON(context.Context, io.Writer, audit.Exporter, audit.Filter) error
	WriteCSV(context.Context, io.Writer, audit.Exporter, audit.Filter) error
	// WriteEvidence also proves that the log still begins with what it was at the sizes in since.
	WriteEvidence(ctx context.Context, w io.Writer, by audit.Exporter, f audit.Filter, since ...int64) error
	// Searchable is nil where a text can be looked for in all lines.
	Searchable(context.Context) error
	// Checkpoint is the log as it stands, as a signed note. It holds no line, so it is not recorded.
	Checkpoint(context.Context) (string, error)
}

// exportNDJSON sends the lines as they are hashed, and the signed checkpoint.
func (h *auditPages) exportNDJSON(c echo.Context, person *session.Person) error {
	filter, err := h.exportFilter(c, person)
	if err != nil {
		return err
	}
	return h.download(c, "application/x-ndjson", h.fileName("audit", "ndjson", filter, c), func(w io.Writer) error {
		return h.auditLog.WriteNDJSON(c.Request().Context(), w, h.exporter(c, person), filter)
	})
}

// exportCSV sends the lines for a spreadsheet.
func (h *auditPages) exportCSV(c echo.Context, person *session.Person) error {
	filter, err := h.exportFilter(c, person)
	if err != nil {
		return err
	}
	return h.download(c, "text/csv; charset=utf-8", h.fileName("audit", "csv", filter, c), func(w io.Writer) error {
		return h.auditLog.WriteCSV(c.Request().Context(), w, h.exporter(c, person), filter)
	})
}

// exportEvidence sends the lines with all that a stranger needs to check them. since=N, the size of a checkpoint that
// somebody kept, adds the proof that the audit log still begins with it.
func (h *auditPages) exportEvidence(c echo.Context, person *session.Person) error {
	filter, faults, err := h.auditFilter(c, person, "since")
	if err != nil {
		return err
	}
	since, fault := sizeKept(c.QueryParam("since"))
	if faults = append(faults, fault...); len(faults) > 0 {
		return unreadable(faults)
	}
	by := h.exporter(c, person)
	by.File, by.Called = h.fileName("evidence", "zip", filter, c), h.caller(c, person)
	return h.download(c, "application/zip", by.File, func(w io.Writer) error {
		return h.auditLog.WriteEvidence(c.Request().Context(), w, by, filter, since...)
	})
}

// checkpoint sends the signed note that somebody keeps to tell later whether the audit log was rewritten.
func (h *auditPages) checkpoint(c echo.Context, _ *session.Person) error {
	return h.download(c, echo.MIMETextPlainCharsetUTF8, h.fileName("checkpoint", "txt", audit.Filter{}, c), func(w io.Writer) error {
		note, err := h.auditLog.Checkpoint(c.Request().Context())
		if err == nil {
			_, err = io.WriteString(w, note)
		}
		return err
	})
}

func (h *auditPages) exporter(c echo.Context, person *session.Person) audit.Exporter {
	return audit.Exporter{Actor: person.Actor(), Origin: h.origin(c, person)}
}

// fileName is what an export is called: by the days that were asked for, in their zone, else by the day on which it is made. The
// page names it in its commands.
func (h *auditPages) fileName(name, extension string, f audit.Filter, c echo.Context) string {
	zone, _ := zoneOf(c.QueryParam("tz"))
	days := period(f.From, f.To, zone)
	if days == "" {
		days = h.now().UTC().Format(time.DateOnly)
	}
	return name + "-" + days + "." + extension
}

// caller tells what connectors are called, each asked for once.
func (h *auditPages) caller(c echo.Context, person *session.Person) func(id string) string {
	known := map[string]string{}
	return func(id string) string {
		if _, asked := known[id]; !asked {
			known[id] = nameOr(h.names(c, person, id), id).String()
		}
		return known[id]
	}
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
func (h *auditPages) exportFilter(c echo.Context, person *session.Person) (audit.Filter, error) {
	filter, faults, err := h.auditFilter(c, person)
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
