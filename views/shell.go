// Package views draws the pages and the fragments that they embed, from plain models and from nothing else.
package views

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/components"
)

// Shell is what the frame around every page shows.
type Shell struct {
	// Title is the page's, with its state or count first: "2 things to correct · Edit na-mail". The product's name is added.
	Title  string
	Assets Assets
	// Actor is the signed-in person; the zero Actor gives the frame without navigation.
	Actor access.Actor
	// FormToken goes into every form that posts; it is bound to the session.
	FormToken string
	Theme     Theme
	// Nav are the links of the left bar, in order.
	Nav []Link
	// TenantName stands below the product's name, for instance "Contoso · demo tenant".
	TenantName string
	// Crumbs lead to this page; the last one is this page and has no address.
	Crumbs []Crumb
	// Search is the text in the search field of the top bar.
	Search string
	// Path is this page's path and query; forms that lead back here carry it.
	Path string
	// SignedInSince and SignedInUntil bound the session; the zero time leaves them out.
	SignedInSince, SignedInUntil time.Time
	// SessionLeft is how long the session lasts unless the person does something, as the script reads it: whole seconds,
	// and "; final" where nothing prolongs it. SessionWarning is how long before its end the page says so.
	SessionLeft    string
	SessionWarning time.Duration
	// Now is when the page was made.
	Now time.Time
	// Graph is what the foot of the left bar says about Graph; nothing without a title.
	Graph GraphNote
	// RequestID is what a person quotes to support; it is in the log too.
	RequestID string
	// Version is the build's.
	Version string
}

// Assets are the built files that every page loads.
type Assets struct {
	CSS, JS []Asset
	// Fonts are fetched ahead of the style sheet that names them.
	Fonts []Asset
}

// Asset is a built file: where it is, and the hash that the browser holds it against.
type Asset struct{ URL, Integrity string }

// Link is a row of the left bar.
type Link struct {
	// Heading stands above the link where a new group begins; it may be empty.
	Heading string
	Label   string
	Href    string
	Icon    string
	// Count is shown when Counted.
	Count   int
	Counted bool
	// Tone colours the count; empty is plain.
	Tone components.Tone
	// Current marks the page that is shown.
	Current bool
}

// Crumb is a step of the way to a page: Label says which, or the Name of the connector that it is about.
type Crumb struct {
	Label, Href string
	Name        connector.Name
}

// GraphNote says how Graph is doing, for instance "Graph is answering", "Last read 40 s ago, in 212 ms".
type GraphNote struct {
	Title, Detail string
	Tone          components.Tone
}

func (n GraphNote) icon() string {
	switch n.Tone {
	case components.Bad:
		return "cloud-off"
	case components.Caution:
		return "alert-triangle"
	case components.Waiting:
		return "refresh"
	}
	return "circle-check"
}

// Theme is how a person wants the pages lit.
type Theme string

// The themes. As System nothing is set, and the browser decides.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// Themes are the three, in the order in which the button of the top bar goes through them.
func Themes() []Theme { return []Theme{System, Light, Dark} }

// Value is the theme's name in the form and in the cookie.
func (t Theme) Value() string {
	if t == System {
		return "system"
	}
	return string(t)
}

// Label is the theme's name as people read it.
func (t Theme) Label() string {
	switch t {
	case Light:
		return "Light"
	case Dark:
		return "Dark"
	}
	return "As system"
}

func (t Theme) icon() string {
	switch t {
	case Light:
		return "sun"
	case Dark:
		return "moon"
	}
	return "sun-moon"
}

func (t Theme) next() Theme {
	switch t {
	case System:
		return Light
	case Light:
		return Dark
	}
	return System
}

func (s Shell) signedIn() bool { return s.Actor.OID != "" }

// personMark tells the script whether it is still the same person, and says nothing of who it is.
func (s Shell) personMark() string {
	sum := sha256.Sum256([]byte(s.Actor.Key()))
	return hex.EncodeToString(sum[:8])
}

// warning is in whole seconds.
func (s Shell) warning() string { return strconv.Itoa(int(s.SessionWarning / time.Second)) }

// roles names the person's roles: "Admin", or "Helpdesk, Auditor".
func (s Shell) roles() string {
	labels := make([]string, len(s.Actor.Roles))
	for i, role := range s.Actor.Roles {
		labels[i] = RoleLabel(role)
	}
	if len(labels) == 0 {
		return "No role"
	}
	return strings.Join(labels, ", ")
}

// roleLook is the tone and the icon of the role badge: a pencil for who edits, an eye for who reads.
func (s Shell) roleLook() (components.Tone, string) {
	if s.Actor.May(access.Edit) {
		return components.Info, "pencil"
	}
	return components.Retired, "eye"
}

// RoleLabel is a role as people read it.
func RoleLabel(role access.Role) string {
	switch role {
	case access.Admin:
		return "Admin"
	case access.Helpdesk:
		return "Helpdesk"
	case access.Auditor:
		return "Auditor"
	}
	return string(role)
}

func thousands(n int) string { return connector.Thousands(n) }

// fromClaims says which role a person has and where it comes from.
func fromClaims(s Shell) string {
	if len(s.Actor.Roles) == 0 {
		return "No role"
	}
	return s.roles() + ", from " + components.Shown(sentenceList(s.Actor.Granting))
}

// printedFor says on paper, where "just now" grows old, as of when a page is and whom it was made for.
func (s Shell) printedFor() string {
	return ", as of " + s.Now.UTC().Format("2 January 2006, 15:04:05") + " UTC, for " + components.Shown(s.Actor.Name)
}
