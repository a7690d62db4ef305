package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/views/auditlog"
)

// AuditProofs tell of single lines of the audit log, and that they are in it.
type AuditProofs interface {
	Entry(ctx context.Context, seq int64) (e audit.Entry, ok bool, err error)
	// Prove proves the lines with these numbers, without one the latest.
	Prove(ctx context.Context, seqs ...int64) (audit.Head, []audit.Proof, error)
	// Standing is whether the log is what was signed, as far as anything has shown.
	Standing() audit.Standing
}

// chain is the state of the audit log's tree, with the lines of the page proven, or the latest where there are none; it tells
// which are not as they were recorded.
func (h *auditPages) chain(c echo.Context, lines []audit.Entry) (auditlog.Chain, map[int64]bool) {
	seqs := make([]int64, len(lines))
	for i, line := range lines {
		seqs[i] = line.Seq
	}
	head, proofs, err := h.auditLog.Prove(c.Request().Context(), seqs...)
	if err != nil {
		h.log(c).Error("the record's tree could not be checked", "error", err.Error())
		return h.standing(auditlog.Chain{Failed: true}), nil
	}
	chain := auditlog.Chain{Size: head.Size, Root: head.Root, Key: head.Key, Checked: len(proofs), Witnesses: h.witnessStates(c)}
	altered := map[int64]bool{}
	for _, proof := range proofs {
		if !proof.Holds {
			altered[proof.Seq] = true
			chain.Altered = append(chain.Altered, proof.Seq)
		}
	}
	if len(altered) > 0 {
		h.log(c).Error("lines of the record are not as they were recorded", "seqs", chain.Altered)
	}
	return h.standing(chain), altered
}

// standing puts what is known of the whole log into a chain.
func (h *auditPages) standing(chain auditlog.Chain) auditlog.Chain {
	now := h.auditLog.Standing()
	chain.Broken, chain.First, chain.Why, chain.Unsigned, chain.Kept = now.Broken, now.First, now.Why, now.Unsigned, now.Kept
	return chain
}

// Witnesses cosign the audit log.
type Witnesses interface {
	// States are how far each has come.
	States(context.Context) ([]audit.WitnessState, error)
}

// witnessStates are the witnesses as this program last saw them. Where the database does not tell more, the page says so elsewhere.
func (h *auditPages) witnessStates(c echo.Context) []auditlog.Witness {
	if h.witnesses == nil {
		return nil
	}
	states, err := h.witnesses.States(c.Request().Context())
	if err != nil {
		h.log(c).Error("what witnesses cosigned could not be read", "error", err.Error())
	}
	shown := make([]auditlog.Witness, len(states))
	for i, state := range states {
		shown[i] = auditlog.Witness{
			Name: state.Name, Lines: state.Lines, At: state.At, Failing: state.Failing, Failure: state.Failure,
			Refused: state.Refused, Accepted: state.Accepted, First: state.First,
		}
	}
	return shown
}
