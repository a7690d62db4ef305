package handlers

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/problem"
)

// longestID is as many characters as an id may have; a GUID has 36.
const longestID = 256

// connectorID is the id in the path, as Graph sent it first. One that no Graph would have issued is not asked for: a segment of
// an address it cannot be, or nobody would see what it is.
func (k *kernel) connectorID(c echo.Context) (string, error) {
	id := pathID(c)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\?#`, r) }
	if id == "" || id == "." || id == ".." || !utf8.ValidString(id) || utf8.RuneCountInString(id) > longestID || strings.ContainsFunc(id, odd) {
		return "", problem.New(problem.NotFound, "No connector can have this id.").
			Advising("Look for the connector in the list.")
	}
	return k.memory.Spelt(c.Request().Context(), id), nil
}

// pathID is the path's id, unescaped. Echo gives the path as it was sent where net/url keeps that, which is where net/url itself
// would have escaped less or more.
func pathID(c echo.Context) string {
	id := c.Param("id")
	if c.Request().URL.RawPath == "" {
		return id
	}
	plain, err := url.PathUnescape(id)
	if err != nil {
		return ""
	}
	return plain
}

// askedFor is the change that the address names.
func (k *kernel) askedFor(c echo.Context) (changes.Change, error) {
	id, err := changeID(c)
	if err != nil {
		return changes.Change{}, err
	}
	return k.changeReader.Get(c.Request().Context(), id)
}

// changeID is the id of a change in the path.
func changeID(c echo.Context) (string, error) {
	id, err := uuid.Parse(c.Param("change"))
	if err != nil {
		return "", problem.New(problem.NotFound, "There is no change with this id.").Advising("Check the link.")
	}
	return id.String(), nil
}

// from is where a request comes from, for a change.
func (k *kernel) from(c echo.Context) audit.Origin { return audit.Origin{ClientAddress: c.RealIP()} }
