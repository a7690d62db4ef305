package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/licenses"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/account"
	"switchboard/views/frame"
)

// licenses lists the licences of what others wrote and this program is made of, and shows the text of one. A build without the texts says so.
func (h *accountPages) licenses(c echo.Context, person *session.Person) error {
	notices, err := licenses.Notices()
	if err != nil && !errors.Is(err, licenses.ErrNotBuilt) {
		return err
	}
	model := licenceModel(notices)
	if text := c.QueryParam(account.OpenField); text != "" {
		if model.Open, err = strconv.Atoi(text); err != nil || model.Open < 1 || model.Open > len(notices) {
			return problem.New(problem.NotFound, "Switchboard has no licence text of this number.").Advising("Open the list of licences.")
		}
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: "Licences", fragment: account.LicenceList(model), crumbs: []frame.Crumb{{Label: "Licences"}},
	})
}

func licenceModel(notices []licenses.Notice) (m account.Licences) {
	for _, notice := range notices {
		licence := account.Licence{Name: notice.Licence, Text: notice.Text}
		for _, part := range notice.Parts {
			licence.Parts = append(licence.Parts, account.LicencePart(part))
		}
		m.Notices = append(m.Notices, licence)
	}
	return m
}
