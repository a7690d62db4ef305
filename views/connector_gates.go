package views

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

// gate is one row: what is asked, the answer, and its reason.
type gate struct {
	name    string
	verdict Verdict
	why     string
}

func (g Gates) rows(actor access.Actor) []gate {
	return []gate{
		g.role(actor),
		g.reading(),
		g.consent(actor),
		g.licence(),
		g.intune(),
	}
}

func (g Gates) reading() gate {
	if g.Read == Passed {
		return gate{"Consent to read", Passed, "Granted: " + scopeName(g.ReadScope)}
	}
	return gate{"Consent to read", g.Read, "Your token does not say that you may read: " + scopeName(g.ReadScope)}
}

func (g Gates) role(actor access.Actor) gate {
	have := "You have " + components.Shown(sentenceList(actor.Granting)) + "."
	if len(actor.Granting) == 0 {
		have = "You have no role."
	}
	if actor.May(access.Edit) {
		return gate{"Role in Switchboard", Passed, have}
	}
	needed := sentenceList(g.EditClaims)
	if needed == "" {
		needed = "the role " + access.HolderNames(access.Edit)
	}
	return gate{"Role in Switchboard", Barred, have + " Editing needs " + needed + "."}
}

func (g Gates) consent(actor access.Actor) gate {
	row := gate{"Consent to edit", g.Consent, "Not known until Graph refuses or accepts an edit."}
	switch {
	case g.Consent == Passed:
		row.why = "Granted: " + scopeName(g.WriteScope)
	case g.Consent == Barred:
		row.why = "Missing: " + scopeName(g.WriteScope) + ". An administrator of the tenant can grant it."
	case !actor.May(access.Edit):
		row.why = "Not asked for, because your role does not edit."
	}
	return row
}

func (g Gates) intune() gate {
	row := gate{"Intune permission", g.Intune, "Not known until Graph refuses or accepts an edit."}
	switch g.Intune {
	case Passed:
		row.why = "Graph accepted an edit of yours."
	case Barred:
		row.why = "Graph refused an edit of yours. An Intune administrator can grant it."
	}
	return row
}

func (g Gates) licence() gate {
	row := gate{"Licence", g.Licence, "Not known until Graph refuses or accepts an edit."}
	switch g.Licence {
	case Passed:
		row.why = "Intune knows you: it accepted an edit of yours."
	case Barred:
		row.why = "Intune did not take you for one of its users. A licence administrator can assign a licence, an Intune administrator a role."
	}
	return row
}

// passing counts the gates that are open and names the sum: "3 of 4 checks pass".
func passing(rows []gate) (passed int) {
	for _, row := range rows {
		if row.verdict == Passed {
			passed++
		}
	}
	return passed
}

func sentenceList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func verdictIcon(v Verdict) string {
	switch v {
	case Passed:
		return "circle-check"
	case Barred:
		return "circle-x"
	}
	return "help-circle"
}

func verdictClass(v Verdict) string {
	switch v {
	case Passed:
		return "verdict-yes"
	case Barred:
		return "verdict-no"
	}
	return "verdict-unknown"
}

func verdictWord(v Verdict) string {
	switch v {
	case Passed:
		return "yes"
	case Barred:
		return "no"
	}
	return "not known"
}

// scopeName is a scope without the address of its resource.
func scopeName(scope string) string { return scope[strings.LastIndex(scope, "/")+1:] }
