package frame

import "slices"

// Assets are the built files.
type Assets struct {
	// CSS and JS are those of every page.
	CSS, JS []Asset
	// List is the style sheet of the list of connectors; More is that of all other pages but the overview. Forms is the script of both.
	List, More, Forms []Asset
	// Htmx is what brings answers into a page, once there is something for it to do.
	Htmx []Asset
	// Needs says which of the style sheets the page needs.
	Needs Sheets
	// Fonts are fetched ahead of the style sheet that names them.
	Fonts []Asset
}

// Asset is a built file: where it is, and the hash that the browser holds it against.
type Asset struct{ URL, Integrity string }

// Sheets are the style sheets that a page needs.
type Sheets int

const (
	// AllSheets suit every page.
	AllSheets Sheets = iota
	// ListSheets suit the list of connectors, and what any page may say in its place.
	ListSheets
	// CommonSheet suits the overview and what any page may say in its place, such as a problem.
	CommonSheet
)

// needed are the style sheets of the page.
func (s Shell) needed() []Asset {
	switch {
	case !s.signedIn():
		return slices.Concat(s.Assets.CSS, s.Assets.More)
	case s.Assets.Needs == CommonSheet:
		return s.Assets.CSS
	case s.Assets.Needs == ListSheets:
		return slices.Concat(s.Assets.CSS, s.Assets.List)
	}
	return slices.Concat(s.Assets.CSS, s.Assets.List, s.Assets.More)
}

// later are those that another page needs, once it comes into this one.
func (s Shell) later() []Asset {
	switch {
	case !s.signedIn() || s.Assets.Needs == AllSheets:
		return nil
	case s.Assets.Needs == ListSheets:
		return s.Assets.More
	}
	return slices.Concat(s.Assets.List, s.Assets.More)
}

// scripts are those of the page: what needs a sheet more than the common one needs the script of lists and forms.
func (s Shell) scripts() []Asset {
	if s.plain() {
		return s.Assets.JS
	}
	return slices.Concat(s.Assets.JS, s.Assets.Forms)
}

// laterScripts are those that a page needs once somebody does something on it.
func (s Shell) laterScripts() []Asset {
	if s.plain() {
		return slices.Concat(s.Assets.Htmx, s.Assets.Forms)
	}
	return s.Assets.Htmx
}

// plain says whether the page has neither a list nor a form to type into.
func (s Shell) plain() bool { return !s.signedIn() || s.Assets.Needs == CommonSheet }
