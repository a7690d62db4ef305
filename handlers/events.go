package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/live"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/frame"
)

// Streams are what open pages hear.
type Streams interface {
	// Open is a new stream of the session; it refuses one more than a session may have, and any while nothing is heard.
	Open(session string) (*live.Stream, error)
}

// SessionWatch tells whether somebody's session still lives.
type SessionWatch interface {
	// Lives says so without using the session.
	Lives(context.Context, *session.Person) (bool, error)
}

// Events are how pages hear that something has changed.
type Events struct {
	Streams
	// Beat is how often a stream that has nothing to tell says that it is there; it looks twice as often whether its session
	// lives. 20 s unless given.
	Beat time.Duration
}

// eventPages are the stream that a page listens to, and what every page asks for then.
type eventPages struct {
	*kernel
	Events
	watch SessionWatch
}

const (
	// slowFor is how long a browser may take nothing of what it is sent; then it is left, and comes back.
	slowFor = 10 * time.Second
	// refusedFor is when a page whose stream was refused asks again.
	refusedFor = 30 * time.Second
)

// events tells a page that something has changed, for as long as it listens and its session lives.
func (h *eventPages) events(c echo.Context, person *session.Person) error {
	if c.Request().Method == http.MethodHead {
		h.head(c)
		return nil
	}
	stream, err := h.Open(person.SessionHash())
	switch {
	case errors.Is(err, live.ErrMost):
		return problem.New(problem.Unavailable, "This session has as many pages listening as it may.").
			Saying("Pages ask every half minute instead.").
			Advising("Close a page of Switchboard that you do not need.").After(refusedFor).Because(err)
	case err != nil:
		return problem.New(problem.Unavailable, "Pages cannot change by themselves just now.").
			Saying("Pages ask every half minute instead.").
			Advising("Read the page again to see what is so now. If it lasts, tell an administrator of Switchboard.").After(refusedFor).Because(err)
	}
	defer stream.Close()
	h.head(c)
	h.tell(c, person, stream)
	return nil
}

func (h *eventPages) head(c echo.Context) {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // a proxy that keeps answers back until they are whole
	h.tellSession(c, c.Get(personKey).(*session.Person))
	c.Response().WriteHeader(http.StatusOK)
}

// tell writes what comes until somebody ends it: the browser, the session's end, or the stream's.
func (h *eventPages) tell(c echo.Context, person *session.Person, stream *live.Stream) {
	ctx, out := c.Request().Context(), sender{c.Response(), http.NewResponseController(c.Response())}
	if out.listen() != nil || out.send(": \n\n") != nil {
		return
	}
	ticker := time.NewTicker(h.Beat / 2)
	defer ticker.Stop()
	for beats := 1; ; {
		var text string
		select {
		case <-ctx.Done():
			return
		case <-stream.Broken():
			return
		case <-stream.Ready():
			for _, event := range stream.Take() {
				text += fmt.Sprintf("event: %s\ndata: %s\n\n", event.Kind, event.Data())
			}
		case <-ticker.C:
			switch lives, err := h.watch.Lives(ctx, person); {
			case err != nil: // the page comes back, and is told then
				return
			case !lives:
				_ = out.send("event: end\ndata: {}\n\n") // and that is all, sent or not
				return
			}
			if beats++; beats%2 == 1 {
				text = ": \n\n"
			}
		}
		if text != "" && out.send(text) != nil {
			return
		}
	}
}

// sender writes to a browser that may have stopped reading.
type sender struct {
	to      io.Writer
	control *http.ResponseController
}

// listen lifts the limit on how long a request may take to come in: this one has come, and its connection is used on.
func (s sender) listen() error { return s.control.SetReadDeadline(time.Time{}) }

func (s sender) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(slowFor)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.to, text); err != nil {
		return err
	}
	return s.control.Flush()
}

// menu is the left bar with its counts, for a page that asks for nothing else.
func (h *eventPages) menu(c echo.Context, person *session.Person) error {
	if !wantsFragment(c.Request()) {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	varies(c)
	h.tellSession(c, person)
	return draw(c, http.StatusOK, frame.Menu(h.shell(c, person, page{current: c.QueryParam("at")})))
}
