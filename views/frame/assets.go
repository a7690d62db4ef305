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

// Files are the built files, which all pages share, and which of the style sheets a page needs.
type Files struct {
	*Assets
	Needs Sheets
}

// files are those of a page for somebody.
type files struct {
	Files
	signedIn bool
}

func (s Shell) files() files { return files{s.Files, s.signedIn()} }

// needed are the style sheets of the page.
func (f files) needed() []Asset {
	switch {
	case !f.signedIn:
		return slices.Concat(f.CSS, f.More)
	case f.Needs == CommonSheet:
		return f.CSS
	case f.Needs == ListSheets:
		return slices.Concat(f.CSS, f.List)
	}
	return slices.Concat(f.CSS, f.List, f.More)
}

// later are those that another page needs, once it comes into this one.
func (f files) later() []Asset {
	switch {
	case !f.signedIn || f.Needs == AllSheets:
		return nil
	case f.Needs == ListSheets:
		return f.More
	}
	return slices.Concat(f.List, f.More)
}

// scripts are those of the page: what needs a sheet more than the common one needs the script of lists and forms.
func (f files) scripts() []Asset {
	if f.plain() {
		return f.JS
	}
	return slices.Concat(f.JS, f.Forms)
}

// laterScripts are those that a page needs once somebody does something on it.
func (f files) laterScripts() []Asset {
	if f.plain() {
		return slices.Concat(f.Htmx, f.Forms)
	}
	return f.Htmx
}

// plain says whether the page has neither a list nor a form to type into.
func (f files) plain() bool { return !f.signedIn || f.Needs == CommonSheet }
