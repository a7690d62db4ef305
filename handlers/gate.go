package handlers

import (
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/signin"
)

// Names under which a request's context keeps what its later steps need.
const (
	personKey = "person"
	formKey   = "form"
)

// openAgain is what to do where a form did not arrive as its page made it.
const openAgain = "Open the form again."

// maxForm is the largest form in bytes; ours with every field at its longest stays far below.
const maxForm = 1 << 20

// gate stands before a route's action: session, then role, then the form's token, in this order. Host and origin were
// checked before the router.
func (h *Handlers) gate(row route) echo.HandlerFunc {
	return func(c echo.Context) error {
		person, err := h.who(c)
		if err != nil {
			return err
		}
		if row.needs != access.Anyone && person == nil {
			h.keepLate(c)
			return h.signInFirst(c)
		}
		if person, err = h.asOfNow(c, row, person); err != nil {
			return err
		}
		if person != nil && !person.Actor().May(row.needs) {
			return h.deny(c, person, row)
		}
		if row.method == http.MethodPost {
			if err := h.takeForm(c, person); err != nil {
				return err
			}
		}
		err = row.answer(c, person)
		if said, ok := errors.AsType[problem.Problem](err); ok && said.Gate() == problem.Role {
			h.denyLate(c, person, row)
		}
		return err
	}
}

// who is the signed-in person, looked up once a request.
func (h *Handlers) who(c echo.Context) (*signin.Person, error) {
	if known, looked := c.Get(personKey).(*signin.Person); looked {
		return known, nil
	}
	person, err := h.Sessions.Person(c.Request())
	if err != nil {
		return nil, err
	}
	c.Set(personKey, person)
	return person, nil
}

// asOfNow is the person with the roles that they have by now, where a role decides. Most pages ask Graph and renew the
// roles by that; whoever reads only the record asks Graph nothing for hours.
func (h *Handlers) asOfNow(c echo.Context, row route, person *signin.Person) (*signin.Person, error) {
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
func (h *Handlers) deny(c echo.Context, person *signin.Person, row route) error {
	h.noteDenial(c, person, row)
	if len(person.Actor().Roles) == 0 {
		return h.noRole(c, person)
	}
	return problem.New(problem.Forbidden, "Your role does not allow this.").Behind(problem.Role).
		Saying("Nothing was sent to Graph.").
		Advising("It needs the role " + access.HolderNames(row.needs) + ". Ask an administrator of Switchboard for it.")
}

// denyLate records that an action found a role gone that the gate still knew, and has the answer show the roles of now.
func (h *Handlers) denyLate(c echo.Context, person *signin.Person, row route) {
	if now, err := person.Confirmed(c.Request().Context()); err == nil {
		person = now
		c.Set(personKey, now)
	}
	h.noteDenial(c, person, row)
}

func (h *Handlers) noteDenial(c echo.Context, person *signin.Person, row route) {
	err := h.Record.Denied(c.Request().Context(), person.Actor(), row.method+" "+row.path, h.connectorAsked(c), h.origin(c, person))
	if err != nil {
		h.log(c).Error("a denial could not be recorded", "error", err.Error())
	}
}

// connectorAsked is the connector that the address names, itself or by a change of it; empty where there can be none.
func (h *Handlers) connectorAsked(c echo.Context) string {
	if c.Param("change") != "" {
		change, err := h.askedFor(c)
		if err != nil {
			return ""
		}
		return change.Connector
	}
	id, err := h.connectorID(c)
	if err != nil {
		return ""
	}
	return id
}

// origin is where a request comes from, for the record.
func (h *Handlers) origin(c echo.Context, person *signin.Person) audit.Origin {
	from := audit.Origin{ClientAddress: c.RealIP(), Build: h.Build}
	if person != nil {
		from.SessionHash, from.RoleSource = person.SessionHash(), person.RolesSource()
	}
	return from
}

// takeForm reads the form and checks that it was made for this session. Without a session there is nothing to forge.
func (h *Handlers) takeForm(c echo.Context, person *signin.Person) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	c.Set(formKey, form)
	if person != nil && !person.FormTokenValid(form.Get(tokenField)) {
		return problem.New(problem.Forbidden, "This form was not made for your session.").
			Saying("Nothing was sent to Graph.").
			Advising("You may have signed in again since you opened it. " + openAgain)
	}
	return nil
}

func readForm(c echo.Context) (url.Values, error) {
	r := c.Request()
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationForm {
		return nil, problem.New(problem.BadRequest, "This is not a form that a browser sends.").
			Advising("Send application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
	err = r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, problem.New(problem.TooLarge, "This form is too large.").Saying("Nothing was sent to Graph.").
			Advising("Go back, shorten what you typed, and send it again.")
	case err != nil:
		return nil, problem.New(problem.BadRequest, "This form cannot be read.").Saying("Nothing was sent to Graph.").Advising(openAgain)
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, problem.New(problem.BadRequest, "This form gives the field "+name+" more than once.").
				Saying("Nothing was sent to Graph.").Advising(openAgain)
		}
	}
	return r.PostForm, nil
}

// sentForm is the form that the gate read.
func sentForm(c echo.Context) url.Values {
	form, _ := c.Get(formKey).(url.Values)
	return form
}
