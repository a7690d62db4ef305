package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/inventory"
	"switchboard/views/connectors"
)

// WholeReader reads the list for a file, which cannot say later that it was old or lacked something.
type WholeReader interface {
	// Whole is every connector as Graph has it now, or an error.
	Whole(context.Context, inventory.Person) (inventory.Listing, error)
}

// LineFinder finds lines of the audit log by what they are.
type LineFinder interface {
	// Query are the newest lines that match and are older than the line before; 0 starts at the newest.
	Query(ctx context.Context, f audit.Filter, before int64, limit int) (audit.Page, error)
}

// ConnectorFinder knows connectors without asking Graph.
type ConnectorFinder interface {
	// Known is what the session has read so far.
	Known(inventory.Person) inventory.Known
	// Renamed are the names of connectors that are or were called in more than one way, by the keys of their ids.
	Renamed(context.Context) map[string][]string
	// Hear has a session know what the audit log tells of the connectors that it has read; HeardUntil says since when it is to be
	// asked.
	Hear(reader inventory.Person, at time.Time, lines []audit.Entry)
	HeardUntil(inventory.Person) (time.Time, bool)
}

// asOf is the time at which a listing is judged: the health of old values is what it was.
func asOf(listing inventory.Listing, now time.Time) time.Time {
	if listing.Stale() {
		return listing.At
	}
	return now
}

// former are the names that connectors had, by the keys of their ids, where a text is searched for.
func (p *presenter) former(c echo.Context, text string) map[string][]string {
	if text == "" {
		return nil
	}
	return p.finder.Renamed(c.Request().Context())
}

// formerly has the rows know what their connectors were called before, where a text is searched for.
func (p *presenter) formerly(c echo.Context, rows []connectors.Row, text string) []connectors.Row {
	former := p.former(c, text)
	for i := range rows {
		rows[i] = rows[i].Formerly(former)
	}
	return rows
}
