package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"switchboard/internal/audit"
	"switchboard/internal/session"

	"github.com/labstack/echo/v4"

	"switchboard/static"
)

// probePages answer machines and serve files.
type probePages struct {
	*kernel
	database, writable func(context.Context) error
	standing           func() audit.Standing
	files              http.Handler
}

// healthz says that the process lives.
func (h *probePages) healthz(c echo.Context, _ *session.Person) error {
	return c.String(http.StatusOK, "ok\n")
}

// readyz says whether requests can be answered: the database does, the audit log can be written and is what was signed, and the
// provider's keys were loaded once.
func (h *probePages) readyz(c echo.Context, _ *session.Person) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyWithin)
	defer cancel()
	var reasons []string
	if err := h.database(ctx); err != nil {
		h.log(c).Warn("not ready", "error", err.Error())
		reasons = append(reasons, reasonOf(err, "the database does not answer"))
	} else if err := h.writable(ctx); err != nil {
		h.log(c).Warn("not ready", "error", err.Error())
		reasons = append(reasons, reasonOf(err, "the record cannot be written or read; the log says why"))
	}
	if err := h.signIn.Ready(); err != nil {
		reasons = append(reasons, err.Error())
	}
	if h.standing().Broken {
		reasons = append(reasons, "the audit log does not match its checkpoint")
	}
	if len(reasons) > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
		return c.String(http.StatusServiceUnavailable, strings.Join(reasons, "\n")+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// reasonOf is what an error says to anybody, else the general word for it.
func reasonOf(err error, general string) string {
	var told interface{ Reason() string }
	if errors.As(err, &told) {
		return told.Reason()
	}
	return general
}

// static serves the built files.
func (h *probePages) static(c echo.Context, _ *session.Person) error {
	h.files.ServeHTTP(c.Response(), c.Request())
	return nil
}

// dayLong is how long browsers and crawlers may keep a file whose name holds no hash.
const dayLong = "public, max-age=86400"

func (h *probePages) favicon(c echo.Context, _ *session.Person) error {
	c.Response().Header().Set(echo.HeaderCacheControl, dayLong)
	return c.Blob(http.StatusOK, "image/svg+xml", static.Favicon)
}

func (h *probePages) robots(c echo.Context, _ *session.Person) error {
	c.Response().Header().Set(echo.HeaderCacheControl, dayLong)
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, static.Robots)
}
