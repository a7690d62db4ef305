package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/changes"
)

// inDoubtKey is where a request keeps the changes in doubt.
const inDoubtKey = "in doubt"

// inDoubt are the changes in doubt. They are read once a request, for its frame, its rows and its list alike.
func (k *kernel) inDoubt(c echo.Context) ([]changes.Change, error) {
	if known, ok := c.Get(inDoubtKey).([]changes.Change); ok {
		return known, nil
	}
	found, err := k.changeReader.InDoubt(c.Request().Context())
	if err == nil {
		c.Set(inDoubtKey, found)
	}
	return found, err
}
