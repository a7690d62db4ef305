package account

import "strconv"

// Licences is the page with the licences of what others wrote and this program is made of.
type Licences struct {
	// Notices are empty in a build that was made without the texts.
	Notices []Licence
	// Open is the place of the one whose text is shown, from 1; 0 is none.
	Open int
}

// OpenField is the parameter of the address that says whose text is shown.
const OpenField = "text"

func licenceURL(place int) string {
	number := strconv.Itoa(place)
	return "/licenses?" + OpenField + "=" + number + "#text-" + number
}

// Licence is a licence's text, its name, and the parts that it is for.
type Licence struct {
	Name, Text string
	Parts      []LicencePart
}

// LicencePart is a Go module or an npm package.
type LicencePart struct{ Name, Version string }
