package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/views/connectors"
)

// Remembered tells what people read of connectors before.
type Remembered interface {
	// Past is what is remembered of connectors, by the keys of their ids.
	Past(ctx context.Context, now time.Time, ids ...string) (map[string]connector.Past, error)
	// Days are the days from that time on, on which somebody read the whole list.
	Days(ctx context.Context, from time.Time) ([]inventory.Day, error)
}

// past is what is remembered of the connectors. Where it cannot be read the page does without.
func (p *presenter) past(c echo.Context, now time.Time, ids ...string) map[string]connector.Past {
	found, err := p.remembered.Past(c.Request().Context(), now, ids...)
	if err != nil {
		p.log(c).Warn("what is remembered of connectors could not be read", "error", err.Error())
	}
	return found
}

// tellPast adds to the rows what earlier reads tell.
func (p *presenter) tellPast(c echo.Context, rows []connectors.Row, now time.Time) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Connector.ID()
	}
	past := p.past(c, now, ids...)
	for i, row := range rows {
		rows[i].Past = past[row.Connector.Key()].Tell(row.Connector, row.Health, now)
	}
}

// trend is how the connectors were in the last month, day by day, and how they are now.
func (p *presenter) trend(c echo.Context, counts connectors.Counts, read time.Time) connectors.Trend {
	days, err := p.remembered.Days(c.Request().Context(), connectors.TrendFrom(read))
	if err != nil {
		p.log(c).Warn("how the connectors were could not be read", "error", err.Error())
	}
	seen := make([]connectors.Day, len(days))
	for i, day := range days {
		seen[i] = connectors.Day{At: day.At, Counts: day.Counts}
	}
	return connectors.TrendOf(append(seen, connectors.Day{At: read, Counts: counts}), read)
}
