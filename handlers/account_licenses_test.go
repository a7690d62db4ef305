package handlers_test

import (
	"errors"
	"net/http"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/licenses"
)

// TestLicencesPage shows each text with what it is for, to everybody who is signed in; a build without the texts says so.
func TestLicencesPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	page := s.person("deniz").get("/licenses") // who has no role
	equal(t, "the page", page.status, http.StatusOK)
	contains(t, page, "<h1", "Licences")
	notices, err := licenses.Notices()
	if errors.Is(err, licenses.ErrNotBuilt) {
		contains(t, page, "without the texts")
		return
	}
	check(t, err)
	for _, notice := range notices {
		for _, part := range notice.Parts {
			contains(t, page, part.Name, part.Version)
		}
	}
	contains(t, page, "http://www.apache.org/licenses/", "SIL OPEN FONT LICENSE")
}
