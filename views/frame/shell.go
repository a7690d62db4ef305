// Package frame draws what stands around every page: head, navigation, top bar, and the question before a session ends.
package frame

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/gates"
)

// Shell is what the frame around every page shows.
type Shell struct {
	// Title is the page's, with its state or count first: "2 things to correct · Edit na-mail". The product's name is added.
	Title string
	Files
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
	Session
	// Now is when the page was made.
	Now time.Time
	// RequestID is what a person quotes to support; it is in the log too.
	RequestID string
	// Version is the build's.
	Version string
}

// Session is how long the session lasts.
type Session struct {
	// SignedInSince and SignedInUntil bound the session; the zero time leaves them out.
	SignedInSince, SignedInUntil time.Time
	// SessionLeft is how long the session lasts unless the person does something, as the script reads it: whole seconds,
	// and "; final" where nothing prolongs it. SessionWarning is how long before its end the page says so.
	SessionLeft    string
	SessionWarning time.Duration
}

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

// InZone has all that is drawn in the context tell times in a person's own zone beside UTC.
func InZone(ctx context.Context, zone *time.Location) context.Context {
	return components.InZone(ctx, zone)
}

// current is the address of the link that is lit, if one is.
func (s Shell) current() string {
	for _, link := range s.Nav {
		if link.Current {
			return link.Href
		}
	}
	return ""
}

func (s Shell) windowTitle() string {
	if s.Title == "" {
		return "Switchboard"
	}
	return s.Title + " · Switchboard"
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
		labels[i] = gates.RoleLabel(role)
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

// fromClaims says which role a person has and where it comes from.
func fromClaims(s Shell) string {
	if len(s.Actor.Roles) == 0 {
		return "No role"
	}
	return s.roles() + ", from " + components.Shown(components.SentenceList(s.Actor.Granting))
}

// printedFor says on paper, where "just now" grows old, as of when a page is and whom it was made for.
func (s Shell) printedFor() string {
	return ", as of " + s.Now.UTC().Format("2 January 2006, 15:04:05") + " UTC, for " + components.Shown(s.Actor.Name)
}
