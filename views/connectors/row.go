package connectors

import (
	"context"
	"html"
	"io"
	"net/url"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// What each row of the list has is drawn here rather than by templ: see components.Icon.

// tick is what a row is ticked by, for the form below the filters.
type tick Row

// Render writes the tick.
func (t tick) Render(_ context.Context, w io.Writer) error {
	c := t.Connector
	return components.Write(w, `<input type="checkbox" name="`, PickPrefix, html.EscapeString(c.ID()), `" form="picked" aria-label="Select `,
		html.EscapeString(components.ShownName(c.Name())), `">`)
}

// connectorLink is a connector's name as a link to it, the organization below. It stands where nothing is translated.
type connectorLink connector.Connector

// Render writes the link.
func (l connectorLink) Render(ctx context.Context, w io.Writer) error {
	c := connector.Connector(l)
	name := c.Name()
	if err := components.Write(w, `<a class="name" href="/connectors/`, html.EscapeString(url.PathEscape(c.ID())), `"><bdi>`); err != nil {
		return err
	}
	if err := components.Cell(connector.Of(name.Short)).Render(ctx, w); err != nil {
		return err
	}
	if name.Organization != "" {
		if err := components.Write(w, "</bdi> <bdi>"); err != nil {
			return err
		}
		if err := components.Cell(connector.Of(name.Organization)).Render(ctx, w); err != nil {
			return err
		}
	}
	return components.Write(w, "</bdi></a>")
}

// rowHealth is the badge of a health in a row that names the health: the style sheet draws its icon.
type rowHealth connector.Health

// Render writes the badge.
func (h rowHealth) Render(_ context.Context, w io.Writer) error {
	health := connector.Health(h)
	return components.Write(w, `<span class="badge tone-`, string(components.HealthTone(health)), `">`, health.Label(), "</span>")
}

// rowSync is when a connector last synced, without its second in the markup: that stands on the connector's page.
type rowSync struct {
	connector connector.Connector
	now, kept time.Time
}

// Render writes the time.
func (s rowSync) Render(ctx context.Context, w io.Writer) error {
	if at, plain := s.plain(ctx); plain {
		return components.Write(w, connector.Ago(at, s.now), " <small>", components.Absolute(at, s.now), "</small>")
	}
	return components.LastSync(s.connector, s.now, s.kept).Render(ctx, w)
}

// plain says that nothing more is to be said of the time: it was read now, lies behind us, and is told in no other zone.
func (s rowSync) plain(ctx context.Context) (at time.Time, plain bool) {
	said, at := s.connector.SyncSaid()
	return at, said == connector.SyncDated && s.kept.IsZero() && !connector.Ahead(at, s.now) && components.Local(ctx, at, s.now) == ""
}
