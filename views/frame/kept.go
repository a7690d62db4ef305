package frame

import "switchboard/views/components"

// What many pages show alike is drawn once.
var (
	sideLinksKept = components.Keep(sideLink)
	personsKept   = components.Keep(personButton)
	menusKept     = components.Keep(personLinks)
)

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
