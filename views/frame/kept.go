package frame

import (
	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/views/components"
)

// What many pages show alike is drawn once.
var (
	sideLinksKept = components.Keep(sideLink)
	headsKept     = components.Keep(head)
	stepsKept     = components.Keep(step)
	personsKept   = components.Keep(personButton)
	menusKept     = components.Keep(personLinks)

	menuPartsKept = components.Keep(menuParts)
)

// menu is what a person's menu shows beside who they are. Token, path and since are gaps, or empty.
type menu struct {
	theme              Theme
	token, path, since string
	sees               bool
}

// menuParts are the shell's, of which what is another on each page is filled in.
func (s Shell) menuParts() templ.Component {
	since := signedIn(s)
	shown := menu{theme: s.Theme, path: components.Gap(1), sees: s.Actor.May(access.See)}
	if s.FormToken != "" {
		shown.token = components.Gap(0)
	}
	if since != "" {
		shown.since = components.Gap(2)
	}
	return menuPartsKept.With(shown, s.FormToken, s.Path, since)
}

// someone is what the frame says of who is signed in, and from is where the roles come from.
type someone struct {
	name, username, roles, from string
	tone                        components.Tone
	icon                        string
}

func (s Shell) who() someone {
	tone, icon := s.roleLook()
	return someone{s.Actor.Name, s.Actor.Username, s.roles(), fromClaims(s), tone, icon}
}
