package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/session"
)

// lookAtAll looks again at every change in doubt, before a page that would show it, and waits for that a little.
func (p *presenter) lookAtAll(c echo.Context, person *session.Person) {
	waiting, cancel := context.WithTimeout(c.Request().Context(), p.onlyLooks())
	defer cancel()
	if err := p.changeActions.ResolveAll(waiting, person, p.from(c)); err != nil {
		p.log(c).Warn("changes in doubt could not be looked at", "error", err.Error())
	}
}

// lookMeanwhile begins a look at every change in doubt while a page reads what it shows, and returns the wait for its end: a
// short one, since a connector of somebody else may be what hangs.
func (p *presenter) lookMeanwhile(c echo.Context, person *session.Person) (wait func()) {
	looking, cancel := context.WithCancel(c.Request().Context())
	from, log, done := p.from(c), p.log(c), make(chan struct{})
	go func() {
		defer close(done)
		if err := p.changeActions.ResolveAll(looking, person, from); err != nil {
			log.Warn("changes in doubt could not be looked at", "error", err.Error())
		}
	}()
	return func() {
		defer cancel()
		timer := time.NewTimer(p.LookShare / 20)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
		}
	}
}

// lookAt does so at the changes of one connector.
func (p *presenter) lookAt(c echo.Context, person *session.Person, id string, wait time.Duration) {
	waiting, cancel := context.WithTimeout(c.Request().Context(), wait)
	defer cancel()
	if err := p.changeActions.Look(waiting, person, p.from(c), id); err != nil {
		p.log(c).Warn("a change in doubt could not be looked at", "error", err.Error())
	}
}

// onlyLooks is how long a page waits for a look that reads nothing else.
func (p *presenter) onlyLooks() time.Duration { return 5 * p.LookShare }
