package handlers_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
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
	lacks(t, page, "Permission is hereby granted")
	texts := ""
	for i := range notices {
		one := s.person("deniz").get("/licenses?text=" + strconv.Itoa(i+1))
		equal(t, "a text", one.status, http.StatusOK)
		texts += one.body
	}
	for _, text := range []string{"http://www.apache.org/licenses/", "SIL OPEN FONT LICENSE", "Permission is hereby granted"} {
		equal(t, text, strings.Contains(texts, text), true)
	}
	for _, wrong := range []string{"0", "-1", "x", strconv.Itoa(len(notices) + 1)} {
		equal(t, "text="+wrong, s.person("deniz").get("/licenses?text="+wrong).status, http.StatusNotFound)
	}
}
