package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"switchboard/internal/access"
)

// Access is what somebody may do here, and why.
type Access struct {
	Actor access.Actor
	// Claim is the name of the claim that roles are read from; RolesAt is when it was read last.
	Claim   string
	RolesAt time.Time
	// Scopes are what the person's token may do, as the provider wrote them.
	Scopes []string
	Gates  Gates
	// Ask are addresses that help: where to ask the provider for what is missing, what to send to an administrator.
	Ask []Help
	Now time.Time
}

// mostValues are as many values of a claim as somebody can look through: a claim of groups may have a thousand.
const mostValues = 20

// firstFew are the first values, and how many are left out.
func firstFew(values []string) (first []string, more int) {
	if len(values) <= mostValues {
		return values, 0
	}
	return values[:mostValues], len(values) - mostValues
}

// others are the values of the claim that stand for no role.
func (m Access) others() []string {
	return slices.DeleteFunc(slices.Clone(m.Actor.Claims), func(value string) bool { return slices.Contains(m.Actor.Granting, value) })
}

// also says how many of the claim's values stand for no role, "" for none.
func (m Access) also() string {
	switch n := len(m.others()); n {
	case 0:
		return ""
	case 1:
		return "and 1 value that stands for no role"
	default:
		return "and " + thousands(n) + " values that stand for no role"
	}
}

// Help is a way to open a gate.
type Help struct {
	Label, Href string
	// Copy offers the address to be sent to somebody else rather than followed.
	Copy bool
}

// permitted is a row of what the roles allow.
type permitted struct {
	what    string
	allowed bool
	by      string
}

// permissions are the contract's table, for this person.
func (m Access) permissions() []permitted {
	rows := []struct {
		what string
		need access.Permission
	}{
		{"See connectors, their health and history", access.See},
		{"Edit, sync and put back", access.Edit},
		{"Read and export the whole audit log", access.Audit},
	}
	var list []permitted
	for _, row := range rows {
		list = append(list, permitted{row.what, m.Actor.May(row.need), "Needs the role " + access.HolderNames(row.need) + "."})
	}
	return list
}

func (p permitted) verdict() Verdict {
	if p.allowed {
		return Passed
	}
	return Barred
}

// Sessions are where somebody is signed in.
type Sessions struct {
	Sessions []Session
	// Idle and Absolute are how long a session lasts without activity and at most.
	Idle, Absolute time.Duration
	// MayEndAny says that whoever looks may see and end other people's, too.
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

func firstNamed(text string, names [][2]string) string {
	for _, name := range names {
		if strings.Contains(text, name[0]) {
			return name[1]
		}
	}
	return ""
}

// others says whether the person is signed in anywhere else.
func (m Sessions) others() bool { return len(m.Sessions) > 1 }

// FullName is a person's name, and what they sign in with where that is another.
func FullName(person access.Actor) string {
	if person.Username == "" || person.Username == person.Name {
		return person.Name
	}
	return person.Name + " (" + person.Username + ")"
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

func anySessionEndURL(id string) string { return "/sessions/all/" + url.PathEscape(id) + "/end" }

func sessionEndURL(id string) string { return "/sessions/" + url.PathEscape(id) + "/end" }
