package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// Names under which a request's context keeps what its later steps need.
const (
	personKey = "person"
	formKey   = "form"
)

// gate stands before a route's handler: session, then role, then the form's token, in this order. Host and origin were
// checked before the router.
func (k *kernel) gate(row route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if row.path == eventsPath {
			session.BePassive(c.Request()) // to listen is not to use a session
		}
		person, err := k.asks(c, row)
		if err != nil {
			return err
		}
		if row.needs != access.Anyone && person == nil {
			k.lateForm(c)
			return k.signInFirst(c)
		}
		if person, err = k.asOfNow(c, row, person); err != nil {
			return err
		}
		if person != nil && !person.Actor().May(row.needs) {
			return k.deny(c, person, row)
		}
		if isPreload(c.Request()) && !slices.Contains(preloaded, row.path) {
			return c.NoContent(http.StatusNoContent)
		}
		if row.method == http.MethodPost {
			if err := k.takeForm(c, person); err != nil {
				return err
			}
		}
		err = row.handle(c, person)
		if said, ok := errors.AsType[problem.Problem](err); ok && said.Gate() == problem.Role {
			k.denyLate(c, person, row)
		}
		return err
	}
}

// preloaded are the pages that are made of what was read, where they are asked for ahead of a press. Others may ask Graph.
var preloaded = []string{"/", "/connectors"}

func isPreload(r *http.Request) bool { return r.Header.Get(session.PassiveHeader) == "preload" }

// asks is who asks for a route. Probes and files are the same for everybody, and do not wait for a database that hangs; what
// only chooses how pages look, and the page after a sign-out, do without a session where it cannot be read.
func (k *kernel) asks(c echo.Context, row route) (*session.Person, error) {
	switch row.path {
	case "/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/static/*":
		return nil, nil
	}
	person, err := k.who(c)
	if err != nil && slices.Contains([]string{"/signed-out", "/theme", "/zone"}, row.path) {
		k.log(c).Warn("who asks could not be read", "error", err.Error())
		return nil, nil
	}
	return person, err
}

// who is the signed-in person, looked up once a request.
func (k *kernel) who(c echo.Context) (*session.Person, error) {
	if known, looked := c.Get(personKey).(*session.Person); looked {
		return known, nil
	}
	person, err := k.sessions.Person(c.Request())
	if err != nil {
		return nil, err
	}
	c.Set(personKey, person)
	return person, nil
}

// asOfNow is the person with the roles that they have by now, where a role decides. Most pages ask Graph and renew the
// roles by that; somebody who reads the audit log alone may not ask Graph for hours.
func (k *kernel) asOfNow(c echo.Context, row route, person *session.Person) (*session.Person, error) {
	if person == nil || row.needs == access.Anyone || row.needs == access.SignedIn {
		return person, nil
	}
	now, err := person.Recent(c.Request().Context())
	if err != nil {
		return nil, err
	}
	c.Set(personKey, now)
	return now, nil
}

// deny records that somebody asked for what they may not, and says so.
func (k *kernel) deny(c echo.Context, person *session.Person, row route) error {
	k.noteDenial(c, person, row)
	if len(person.Actor().Roles) == 0 {
		return k.noRole(c, person)
	}
	return problem.New(problem.Forbidden, "Your role does not allow this.").Behind(problem.Role).
		Saying("Nothing was sent to Graph.").
		Advising("It needs the role " + access.HolderNames(row.needs) + ". Ask an administrator of Switchboard for it.")
}

// denyLate records that a handler found a role gone that the gate still knew, and has the answer show the roles of now.
func (k *kernel) denyLate(c echo.Context, person *session.Person, row route) {
	if now, err := person.Confirmed(c.Request().Context()); err == nil {
		person = now
		c.Set(personKey, now)
	}
	k.noteDenial(c, person, row)
}

func (k *kernel) noteDenial(c echo.Context, person *session.Person, row route) {
	err := k.auditWriter.Denied(c.Request().Context(), person.Actor(), row.method+" "+row.path, k.connectorAsked(c), k.origin(c, person))
	if err != nil {
		k.log(c).Error("a denial could not be recorded", "error", err.Error())
	}
}

// connectorAsked is the connector that the address names, itself or by a change of it; empty where there can be none.
func (k *kernel) connectorAsked(c echo.Context) string {
	if c.Param("change") != "" {
		change, err := k.askedFor(c)
		if err != nil {
			return ""
		}
		return change.Connector
	}
	id, err := k.connectorID(c)
	if err != nil {
		return ""
	}
	return id
}

// origin is where a request comes from, for the audit log.
func (k *kernel) origin(c echo.Context, person *session.Person) audit.Origin {
	from := audit.Origin{ClientAddress: c.RealIP(), Build: k.Build}
	if person != nil {
		from.SessionHash, from.RoleSource = person.SessionHash(), person.RolesSource()
	}
	return from
}
