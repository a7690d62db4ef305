package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/signin"
	"switchboard/static"
)

// healthz says that the process lives.
func (h *Handlers) healthz(c echo.Context, _ *signin.Person) error {
	return c.String(http.StatusOK, "ok\n")
}

// readyWithin bounds the question to the database.
const readyWithin = 2 * time.Second

// readyz says whether requests can be answered: the database does, the provider's keys were loaded once,
// and the record is what was signed.
func (h *Handlers) readyz(c echo.Context, _ *signin.Person) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyWithin)
	defer cancel()
	var reasons []string
	if err := h.Database(ctx); err != nil {
		h.log(c).Warn("not ready", "error", err.Error())
		reasons = append(reasons, "the database does not answer")
	}
	if err := h.SignIn.Ready(); err != nil {
		reasons = append(reasons, err.Error())
	}
	if h.Proofs.Standing().Broken {
		reasons = append(reasons, "the audit log does not match its checkpoint")
	}
	if len(reasons) > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
		return c.String(http.StatusServiceUnavailable, strings.Join(reasons, "\n")+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// static serves the built files.
func (h *Handlers) static(c echo.Context, _ *signin.Person) error {
	h.Static.ServeHTTP(c.Response(), c.Request())
	return nil
}

// dayLong is how long browsers and crawlers may keep a file whose name holds no hash.
const dayLong = "public, max-age=86400"

func (h *Handlers) favicon(c echo.Context, _ *signin.Person) error {
	c.Response().Header().Set(echo.HeaderCacheControl, dayLong)
	return c.Blob(http.StatusOK, "image/svg+xml", static.Favicon)
}

func (h *Handlers) robots(c echo.Context, _ *signin.Person) error {
	c.Response().Header().Set(echo.HeaderCacheControl, dayLong)
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, static.Robots)
}
