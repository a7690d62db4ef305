package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/views/auditlog"
)

// Witnesses cosign the change record.
type Witnesses interface {
	// States are how far each has come.
	States(context.Context) ([]audit.WitnessState, error)
}

// witnesses are shown as this program last saw them. Where the database does not tell more, the page says so elsewhere.
func (h *Handlers) witnesses(c echo.Context) []auditlog.Witness {
	if h.Witnesses == nil {
		return nil
	}
	states, err := h.Witnesses.States(c.Request().Context())
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
