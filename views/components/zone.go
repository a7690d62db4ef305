package components

import (
	"context"
	"html"
	"io"
	"time"

	"github.com/a-h/templ"
)

type zoneKey struct{}

// InZone has times drawn in the context say what they are in a person's own zone, beside UTC.
func InZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey{}, zone)
}

// ZoneName is the IANA name of that zone; empty where the person has chosen none.
func ZoneName(ctx context.Context) string {
	if zone, own := ctx.Value(zoneKey{}).(*time.Location); own {
		return zone.String()
	}
	return ""
}

// Local is a time in the zone of the context: "Sat 21 Nov, 08:02 Europe/Zurich", with the year where it is not this one. It is empty
// without a zone.
func Local(ctx context.Context, at, now time.Time) string {
	zone, own := ctx.Value(zoneKey{}).(*time.Location)
	if !own || zone == time.UTC {
		return ""
	}
	local, layout := at.In(zone), "Mon 2 Jan, 15:04"
	if local.Year() != now.In(zone).Year() {
		layout = "Mon 2 Jan 2006, 15:04"
	}
	return local.Format(layout) + " " + zone.String()
}

// Zoned is the time in the person's zone inside of a <time>: style sheets show it when somebody points at the time, has the focus
// beside it, or prints.
func Zoned(at, now time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		local := Local(ctx, at, now)
		if local == "" {
			return nil
		}
		_, err := io.WriteString(w, `<span class="zoned">`+html.EscapeString(local)+`</span>`)
		return err
	})
}

// Moment is a time in a sentence, in UTC and so named, with its year where it is not this one.
func Moment(at, now time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		at := at.UTC()
		open := `<time class="moment" datetime="` + at.Format(time.RFC3339) + `">` + Absolute(at, now) + " UTC"
		if _, err := io.WriteString(w, open); err != nil {
			return err
		}
		if err := Zoned(at, now).Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</time>")
		return err
	})
}
