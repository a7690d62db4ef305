package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/gates"
)

// gates is what stands between a person and an edit: what their token says, and what came of their latest change.
func (p *presenter) gates(c echo.Context, person *session.Person) gates.Gates {
	found := gates.Gates{EditClaims: p.Roles.Admin, ReadScope: p.ReadScope, WriteScope: p.WriteScope}
	if person.MayRead() {
		found.Read = gates.Passed
	}
	if !person.Actor().May(access.Edit) {
		return found
	}
	if refused := person.Refused(); person.MayWrite() {
		found.Consent = gates.Passed
	} else if refused != nil && (refused.Class == oidc.Consent || refused.Class == oidc.Ungranted) {
		found.Consent = gates.Barred
	}
	switch closed, known := p.lastJudged(c, person); {
	case !known:
	case closed == problem.Scope:
		found.Consent = gates.Barred
	case closed == problem.Permission:
		found.Intune = gates.Barred
	case closed == problem.Licence:
		found.Licence = gates.Barred
	default: // accepted: nothing barred it
		found.Consent, found.Intune, found.Licence = gates.Passed, gates.Passed, gates.Passed
	}
	return found
}

// answersLookedAt is how many of Graph's answers to a person are looked at for one that tells of gates. Nearly always the latest does.
const answersLookedAt = 20

// lastJudged is the gate that Graph's latest answer to a change of this person showed to be closed, empty where it showed
// that none was; known is false where no answer tells. Only Graph's own do: an answer without its id may be anybody's, and
// a refusal that names no gate judges none.
func (p *presenter) lastJudged(c echo.Context, person *session.Person) (closed problem.Gate, known bool) {
	for _, limit := range []int{1, answersLookedAt} {
		answers, err := p.auditReader.Answers(c.Request().Context(), person.Actor(), limit)
		if err != nil {
			p.log(c).Warn("what Graph last answered could not be read", "error", err.Error())
			return "", false
		}
		if closed, known = p.judgedBy(c, answers); known || len(answers) < limit {
			return closed, known
		}
	}
	return "", false
}

func (p *presenter) judgedBy(c echo.Context, answers []audit.Entry) (closed problem.Gate, known bool) {
	for _, line := range answers {
		switch {
		case line.Graph == nil:
		case line.Outcome == audit.Applied && line.Graph.RequestID != "":
			return "", true
		case line.Outcome == audit.Rejected && (line.Graph.Status == http.StatusForbidden || line.Graph.Status == http.StatusUnauthorized):
			if change, err := p.changeReader.Get(c.Request().Context(), line.ID); err == nil && change.Gate() != "" {
				return change.Gate(), true
			}
		}
	}
	return "", false
}
