package account

// Licences is the page with the licences of what others wrote and this program is made of.
type Licences struct {
	// Notices are empty in a build that was made without the texts.
	Notices []Licence
}

// Licence is a licence's text, its name, and the parts that it is for.
type Licence struct {
	Name, Text string
	Parts      []LicencePart
}

// LicencePart is a Go module or an npm package.
type LicencePart struct{ Name, Version string }
