package handlers

import (
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/views/frame"
)

// zoneCookie keeps which zone a person's times are told in beside UTC, by its IANA name. The audit log stays UTC.
const zoneCookie = "switchboard_zone"

// longestZone is more than any name of a zone has.
const longestZone = 64

// inZone has all that is drawn for a request tell times in the person's zone, too.
func (k *kernel) inZone(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if cookie, err := c.Cookie(k.cookieName(zoneCookie)); err == nil {
			if zone, known := zoneNamed(cookie.Value); known {
				c.SetRequest(c.Request().WithContext(frame.InZone(c.Request().Context(), zone)))
			}
		}
		return next(c)
	}
}

// zoneNamed is a zone of the IANA list. The server's own, which Go calls Local, is nobody's.
func zoneNamed(name string) (zone *time.Location, known bool) {
	if name == "" || name == "Local" || len(name) > longestZone {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
