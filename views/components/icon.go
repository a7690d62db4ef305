package components

import "github.com/a-h/templ"

// drawn are all icons: a page has dozens of them.
var drawn = func() map[string]templ.Component {
	all := make(map[string]templ.Component, len(outlines))
	for name, outline := range outlines {
		all[name] = templ.Raw(`<svg aria-hidden=true><use href=` + string(outline) + ` /></svg>`)
	}
	return all
}()

// Icon draws one of Tabler's icons in the colour of the text. It is decoration: words say what it means.
func Icon(name string) templ.Component { return drawn[name] }
