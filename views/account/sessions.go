package account

import (
	"net/url"
	"strings"
	"time"

	"switchboard/internal/access"
)

// Sessions are where somebody is signed in.
type Sessions struct {
	Sessions []Session
	// Idle and Absolute are how long a session lasts without activity and at most.
	Idle, Absolute time.Duration
	// MayEndAny says that the one who looks may see and end other people's sessions, too.
	MayEndAny bool
	FormToken string
	Now       time.Time
}

// Session is one session.
type Session struct {
	ID string
	// Person is whose it is.
	Person access.Actor
	Device string
	// Address is where the sign-in came from; empty where that was not kept.
	Address string
	// Current says that it is the one that asks.
	Current         bool
	Since, LastSeen time.Time
}

// browsers and systems are what a User-Agent is searched for, in this order: most claim to be several.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// device is what a person would call the browser, for instance "Firefox on Windows". It is for recognizing it only: a
// browser can call itself anything.
func (s Session) device() string {
	browser, system := firstNamed(s.Device, browsers), firstNamed(s.Device, systems)
	switch {
	case browser == "":
		return "A browser that does not say what it is"
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// roles are a session's in words.
func (s Session) roles() string {
	if len(s.Person.Roles) == 0 {
		return "no role"
	}
	var names []string
	for _, role := range s.Person.Roles {
		names = append(names, string(role))
	}
	return strings.Join(names, " and ")
}

// place is where a session's sign-in came from.
func (s Session) place() string {
	if s.Address == "" {
		return "an address that was not kept"
	}
	return s.Address
}

// others says whether the person is signed in anywhere else.
func (m Sessions) others() bool { return len(m.Sessions) > 1 }

func firstNamed(text string, names [][2]string) string {
	for _, name := range names {
		if strings.Contains(text, name[0]) {
			return name[1]
		}
	}
	return ""
}

// FullName is a person's name, and what they sign in with where that is another.
func FullName(person access.Actor) string {
	if person.Username == "" || person.Username == person.Name {
		return person.Name
	}
	return person.Name + " (" + person.Username + ")"
}

func anySessionEndURL(id string) string { return "/sessions/all/" + url.PathEscape(id) + "/end" }
func sessionEndURL(id string) string    { return "/sessions/" + url.PathEscape(id) + "/end" }
