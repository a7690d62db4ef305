package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
)

// countKey is where a request keeps how many changes are in doubt.
const countKey = "in doubt"

// countInDoubt is how many changes are in doubt, for the menu; 0 where that is not known. It is asked once a request.
func (k *kernel) countInDoubt(c echo.Context) int {
	if known, ok := c.Get(countKey).(int); ok {
		return known
	}
	count, err := k.changeReader.CountInDoubt(c.Request().Context())
	if err == nil {
		c.Set(countKey, count)
	}
	return count
}

// doubtful are the connectors of which a change is in doubt, by the keys of their ids.
func (k *kernel) doubtful(c echo.Context) map[string]bool {
	if k.countInDoubt(c) == 0 {
		return nil
	}
	ids, err := k.changeReader.DoubtfulConnectors(c.Request().Context())
	if err != nil {
		k.log(c).Warn("which connectors are in doubt could not be read", "error", err.Error())
	}
	doubtful := make(map[string]bool, len(ids))
	for _, id := range ids {
		doubtful[connector.Key(id)] = true
	}
	return doubtful
}
