package handlers

import (
	"errors"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/views/gates"
)

// returnKey is where a request's context keeps the page that a sign-in is to lead back to, where that is not the one
// that was asked for.
const returnKey = "return"

// stepKey is where a request's context keeps the step that its handler knows to lead on from whatever goes wrong.
const stepKey = "step"

// Where a sign-in begins, and where one as somebody else.
const (
	signInPath       = "/login"
	otherAccountPath = signInPath + "?account=other"
	otherAccount     = "Use another account"
)

// challenged is an error that says what a sign-in has to satisfy before Graph accepts its token, as a JSON object.
type challenged interface {
	error
	Challenge() string
}

// steps are the ways through the provider that can undo a problem, the best first. They are links and never a redirect:
// a person who may not go on would come back here and be sent away again, without end. The way leads back to where they
// were.
func (k *kernel) steps(c echo.Context, person *session.Person, said problem.Problem) []gates.Help {
	var refused *oidc.Refusal
	var asks challenged
	var steps []gates.Help
	own, isOwn := c.Get(stepKey).(gates.Help)
	switch {
	case errors.As(said, &refused):
		steps = helps(refused, person)
		if isOwn && refused.Path == "" && refused.Class != oidc.Policy && refused.Class != oidc.Ungranted {
			steps = append(steps, own)
		}
		if person == nil && (refused.Class == oidc.Policy || refused.Class == oidc.Declined) {
			steps = append(steps, gates.Help{Label: otherAccount, Href: otherAccountPath})
		}
	case isOwn:
		steps = []gates.Help{own}
	case errors.As(said, &asks) && asks.Challenge() != "" && person != nil:
		if err := person.StepUp(c.Request().Context(), asks.Challenge()); err != nil {
			k.log(c).Warn("what the next sign-in has to satisfy could not be kept", "error", err.Error())
			return nil
		}
		steps = []gates.Help{{Label: "Sign in to confirm", Href: signInPath}}
	case said.Gate() == problem.Scope && person != nil && !inVain(person, said):
		steps = []gates.Help{{Label: askNow, Href: consentPath(person)}}
	}
	return k.leadingBack(c, steps)
}

// inVain says whether Graph misses the permission to read, for which every sign-in asks, and which the provider left out of
// this one: to ask again would lead in a circle.
func inVain(person *session.Person, said problem.Problem) bool {
	var refused *oidc.Refusal
	return person != nil && said.Gate() == problem.Scope && !errors.As(said, &refused) && !person.MayRead()
}

// askNow leads to where the provider asks for a permission, of somebody who can give it.
const askNow = "Ask for it now"

// consentPath asks the provider for the permission that goes with somebody's role, and for no more.
func consentPath(person *session.Person) string {
	if person != nil && person.Actor().May(access.Edit) {
		return signInPath + "?grant=write"
	}
	return signInPath
}

// helps are the ways through the provider that a refusal of it leaves the person; nil is nobody yet.
func helps(refused *oidc.Refusal, person *session.Person) []gates.Help {
	var list []gates.Help
	switch {
	case refused.Path == "":
	case refused.Class == oidc.Consent:
		list = append(list, gates.Help{Label: askNow, Href: consentPath(person)})
	case refused.Class == oidc.Unasked:
		list = append(list, gates.Help{Label: "Sign in to ask for it", Href: refused.Path})
	case refused.Class == oidc.StepUp:
		list = append(list, gates.Help{Label: "Sign in to confirm", Href: refused.Path})
	default:
		list = append(list, gates.Help{Label: "Sign in again", Href: refused.Path})
	}
	if refused.AdminConsent != "" {
		list = append(list, gates.Help{Label: "Link for an administrator", Href: refused.AdminConsent, Copy: true})
	}
	return list
}

// remember keeps where the person was until a sign-in leads back there: the page asked for, or the form that was sent. It
// returns the key by which the sign-in finds it.
func (k *kernel) remember(c echo.Context) string {
	if back := backOf(c); back != "" {
		return k.signIn.RememberPath(c.Response(), c.Request(), back)
	}
	return k.signIn.Remember(c.Response(), c.Request())
}

// leadingBack has the steps that begin a sign-in lead back to where the person was.
func (k *kernel) leadingBack(c echo.Context, steps []gates.Help) []gates.Help {
	key := ""
	for i, step := range steps {
		if path, _, _ := strings.Cut(step.Href, "?"); path != signInPath {
			continue
		}
		if key == "" {
			key = k.remember(c)
		}
		steps[i].Href = withBack(step.Href, key)
	}
	return steps
}

// withBack is a path with the key of a page that was remembered, if there is one.
func withBack(path, key string) string {
	switch {
	case key == "":
		return path
	case strings.Contains(path, "?"):
		return path + "&" + signin.BackName + "=" + url.QueryEscape(key)
	}
	return path + "?" + signin.BackName + "=" + url.QueryEscape(key)
}

// backOf is the page that a sign-in is to lead back to, empty where it is the one that was asked for.
func backOf(c echo.Context) string {
	back, _ := c.Get(returnKey).(string)
	return back
}
