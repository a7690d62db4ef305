package gallery

import (
	"strings"

	"github.com/a-h/templ"

	"switchboard/views/account"
	"switchboard/views/viewstest"
)

// licenceExhibits are the page of licences, with texts and in a build that was made without them.
func licenceExhibits() map[string]exhibit {
	shared := []account.LicencePart{{Name: "golang.org/x/net", Version: "v0.62.0"}, {Name: unbroken, Version: "v0.0.0-20230129092748-24d4a6f8daec"}}
	draw := func(notices ...account.Licence) exhibit {
		return exhibit{page: func() templ.Component {
			return within(pageShell("Licences", "", viewstest.Admin), account.LicenceList(account.Licences{Notices: notices, Open: len(notices)}))
		}}
	}
	return map[string]exhibit{
		"licences": draw(
			account.Licence{Name: "MIT", Text: "Permission is hereby granted\n", Parts: shared[:1]},
			account.Licence{Name: "BSD-3-Clause, GooglePatentsFile", Text: strings.Repeat(spaced+"\n", 30) + unbroken, Parts: shared},
		),
		"licences-missing": draw(),
	}
}
