// Package gates draws what stands between a person and an edit: role, consent, licence and permission.
package gates

import (
	"strings"

	"switchboard/internal/access"
	"switchboard/views/components"
)

// Verdict says whether a gate lets somebody through; the zero Verdict is that nobody knows.
type Verdict int

// The verdicts.
const (
	NotKnown Verdict = iota
	Passed
	Barred
)

// Gates are what stands between a person and an edit.
type Gates struct {
	// EditClaims are the values of the roles claim that grant editing, for instance "Connector.Admin".
	EditClaims []string
	// ReadScope and WriteScope are the permissions of Graph that consent is needed for.
	ReadScope, WriteScope string
	// Read says whether this person's token lets them read.
	Read Verdict
	// Consent says whether this person's token carries the write scope.
	Consent Verdict
	// Intune says whether Graph lets this person edit, as its last answer to one of their edits showed.
	Intune Verdict
	// Licence says whether Intune knows this person at all, as the same answer showed.
	Licence Verdict
}

// Gate is one row: what is asked, the answer, and its reason.
type Gate struct {
	Name    string
	Verdict Verdict
	Why     string
}

// Rows are the gates for this person, in the order in which a request meets them.
func (g Gates) Rows(actor access.Actor) []Gate {
	return []Gate{
		g.role(actor),
		g.reading(),
		g.consent(actor),
		g.licence(),
		g.intune(),
	}
}

func (g Gates) reading() Gate {
	if g.Read == Passed {
		return Gate{"Consent to read", Passed, "Granted: " + ScopeName(g.ReadScope)}
	}
	return Gate{"Consent to read", g.Read, "Your token does not say that you may read: " + ScopeName(g.ReadScope)}
}

func (g Gates) role(actor access.Actor) Gate {
	have := "You have " + components.Shown(components.SentenceList(actor.Granting)) + "."
	if len(actor.Granting) == 0 {
		have = "You have no role."
	}
	if actor.May(access.Edit) {
		return Gate{"Role in Switchboard", Passed, have}
	}
	needed := components.SentenceList(g.EditClaims)
	if needed == "" {
		needed = "the role " + Holders(access.Edit)
	}
	return Gate{"Role in Switchboard", Barred, have + " Editing needs " + needed + "."}
}

func (g Gates) consent(actor access.Actor) Gate {
	row := Gate{"Consent to edit", g.Consent, "Not known until Graph refuses or accepts an edit."}
	switch {
	case g.Consent == Passed:
		row.Why = "Granted: " + ScopeName(g.WriteScope)
	case g.Consent == Barred:
		row.Why = "Missing: " + ScopeName(g.WriteScope) + ". An administrator of the tenant can grant it."
	case !actor.May(access.Edit):
		row.Why = "Not asked for, because your role does not edit."
	}
	return row
}

func (g Gates) intune() Gate {
	row := Gate{"Intune permission", g.Intune, "Not known until Graph refuses or accepts an edit."}
	switch g.Intune {
	case Passed:
		row.Why = "Graph accepted an edit of yours."
	case Barred:
		row.Why = "Graph refused an edit of yours. An Intune administrator can grant it."
	}
	return row
}

func (g Gates) licence() Gate {
	row := Gate{"Licence", g.Licence, "Not known until Graph refuses or accepts an edit."}
	switch g.Licence {
	case Passed:
		row.Why = "Intune knows you: it accepted an edit of yours."
	case Barred:
		row.Why = "Intune did not take you for one of its users. A licence administrator can assign a licence, an Intune administrator a role."
	}
	return row
}

// Passing counts the gates that are open.
func Passing(rows []Gate) (passed int) {
	for _, row := range rows {
		if row.Verdict == Passed {
			passed++
		}
	}
	return passed
}

// Icon is the verdict as a mark.
func (v Verdict) Icon() string {
	switch v {
	case Passed:
		return "circle-check"
	case Barred:
		return "circle-x"
	}
	return "help-circle"
}

// Class is the verdict as a style.
func (v Verdict) Class() string {
	switch v {
	case Passed:
		return "verdict-yes"
	case Barred:
		return "verdict-no"
	}
	return "verdict-unknown"
}

// Word is the verdict for those who do not see the mark.
func (v Verdict) Word() string {
	switch v {
	case Passed:
		return "yes"
	case Barred:
		return "no"
	}
	return "not known"
}

// ScopeNames are the scopes of a key, which has blanks between several, without the addresses of their resources.
func ScopeNames(scope string) []string {
	names := strings.Fields(scope)
	for i, one := range names {
		names[i] = one[strings.LastIndex(one, "/")+1:]
	}
	return names
}

// ScopeName is the same for people: "A and B" of several.
func ScopeName(scope string) string { return components.SentenceList(ScopeNames(scope)) }

// Help is a way to open a gate.
type Help struct {
	Label, Href string
	// Copy offers the address to be sent to somebody else rather than followed.
	Copy bool
}
