package gates

import "switchboard/internal/problem"

// asked is what a gate says while it is open and while it is closed, and of whom to ask what.
type asked struct {
	gate         problem.Gate
	name         string
	open, closed string
}

// fourGates are in the order in which a request meets them.
var fourGates = []asked{
	{problem.Role, "Role in Switchboard", "Your role allows it.",
		"Your role does not allow it. Ask an administrator of Switchboard for one that does."},
	{problem.Scope, "Consent", "The organization has consented to the permission of Graph.",
		"The organization has not consented. Ask an administrator of its Entra ID to consent to "},
	{problem.Licence, "Licence", "Intune knows you.",
		"Intune does not take you for one of its users. Ask a licence administrator for an Intune licence, and an Intune administrator for a role."},
	{problem.Permission, "Intune permission", "Your role in Intune allows it.",
		"Your role in Intune does not allow it. Ask an Intune administrator for a role that does."},
}

// Closed are the four as somebody met them who was stopped at one; none where no gate is the reason. The scope is the
// permission of Graph that was asked for. Of a stranger, whom a sign-in brought to nothing, no role is known.
func Closed(closed problem.Gate, scope string, stranger bool) []Gate {
	if closed == "" {
		return nil
	}
	var rows []Gate
	verdict := Passed
	for _, one := range fourGates {
		row := Gate{Name: one.name, Verdict: verdict, Why: one.open}
		switch {
		case one.gate == closed:
			row.Verdict, row.Why, verdict = Barred, one.closed, NotKnown
			if closed == problem.Scope {
				row.Why += ScopeName(scope) + "."
			}
		case verdict == NotKnown:
			row.Why = "Not asked: the one before it is closed."
		case stranger && one.gate == problem.Role:
			row.Verdict, row.Why = NotKnown, "Not known before you are signed in."
		}
		rows = append(rows, row)
	}
	return rows
}
