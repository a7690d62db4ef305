package handlers

import (
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// openAgain is what to do where a form did not arrive as its page made it.
const openAgain = "Open the form again."

// maxForm is the largest form in bytes; ours with every field at its longest stays far below.
const maxForm = 1 << 20

// tokenField is the field of every form that holds its token, reasonField the one for a reason.
const (
	tokenField  = "token"
	reasonField = connector.Reason
)

// takeForm reads the form and checks that it was made for this session. Without a session there is nothing to forge.
func (k *kernel) takeForm(c echo.Context, person *session.Person) error {
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
	if field, takes := fileForms[c.Path()]; takes && err == nil && kind == echo.MIMEMultipartForm {
		return readFileForm(c, field)
	}
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
	return once(r.PostForm)
}

// once holds that each field of a form comes once.
func once(form url.Values) (url.Values, error) {
	for name, values := range form {
		if len(values) > 1 {
			return nil, problem.New(problem.BadRequest, "This form gives the field "+name+" more than once.").
				Saying("Nothing was sent to Graph.").Advising(openAgain)
		}
	}
	return form, nil
}

// sentForm is the form that the gate read.
func sentForm(c echo.Context) url.Values {
	form, _ := c.Get(formKey).(url.Values)
	return form
}
