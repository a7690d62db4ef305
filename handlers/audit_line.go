package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/audit"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/auditlog"
	"switchboard/views/frame"
)

// line shows one line of the audit log with its proof.
func (h *auditPages) line(c echo.Context, person *session.Person) error {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil {
		return noSuchLine()
	}
	ctx := c.Request().Context()
	line, there, err := h.auditLog.Entry(ctx, seq)
	if err != nil {
		return unreadableLog(err)
	}
	if !there {
		return noSuchLine()
	}
	teller, err := h.teller(c, person, []audit.Entry{line})
	if err != nil {
		return unreadableLog(err)
	}
	model := lineModel(line, teller)
	err = h.prove(c, &model)
	model.Chain = h.standing(model.Chain)
	if err != nil {
		h.log(c).Error("a line of the record could not be proven", "seq", seq, "error", err.Error())
		model.Chain.Failed = true
	}
	if c.QueryParam("part") == "open" && wantsFragment(c.Request()) {
		varies(c)
		h.tellSession(c, person)
		return draw(c, http.StatusOK, auditlog.LineOpen(model))
	}
	return h.send(c, person, page{
		status: http.StatusOK, title: model.Title(), fragment: auditlog.LineContent(model), current: "/audit",
		crumbs: []frame.Crumb{{Label: "Audit log", Href: "/audit"}, {Label: model.Name()}},
	})
}

func noSuchLine() error {
	return problem.New(problem.NotFound, "The audit log has no line with this number.").Advising("Lines are counted from 1, without gaps. Look for the line in the audit log.")
}

func lineModel(line audit.Entry, t teller) auditlog.Line {
	model := auditlog.Line{
		Row: t.line(line), ID: line.ID, Actor: line.Actor, Reason: line.Reason, Outcome: string(line.Outcome),
		Graph: answerOf(line), Further: auditlog.Further{SyncType: line.SyncType, SyncedAt: line.SyncedAt, Run: line.Run, Ticket: line.Ticket, Observed: line.Observed}, Hash: line.Hash, Kept: kept(line),
	}
	for _, related := range t.shared[line.ID] {
		row := auditlog.Row{Event: t.plain(related), Line: related.Seq, Said: string(related.Outcome)}
		model.Answered = answerOf(related)
		model.Related = append(model.Related, row)
	}
	return model
}

func answerOf(line audit.Entry) *auditlog.GraphAnswer {
	if line.Graph == nil {
		return nil
	}
	return &auditlog.GraphAnswer{Status: line.Graph.Status, RequestID: line.Graph.RequestID, ClientRequestID: line.Graph.ClientRequestID, Message: line.Graph.Message}
}

// kept are the values beside the line that are known.
func kept(line audit.Entry) []auditlog.Beside {
	var all []auditlog.Beside
	for _, one := range []auditlog.Beside{
		{Label: "user name", Value: line.Actor.Username}, {Label: "role", Value: rolesOf(line.Actor)}, {Label: "role from", Value: line.Origin.RoleSource},
		{Label: "session", Value: line.Origin.SessionHash}, {Label: "client", Value: line.Origin.ClientAddress}, {Label: "build", Value: line.Origin.Build},
	} {
		if one.Value != "" {
			all = append(all, one)
		}
	}
	return all
}

// prove puts the line as it is exported and its proof into the page.
func (h *auditPages) prove(c echo.Context, model *auditlog.Line) error {
	head, proofs, err := h.auditLog.Prove(c.Request().Context(), model.Row.Line)
	if err != nil {
		return err
	}
	model.Chain = auditlog.Chain{Size: head.Size, Root: head.Root, Key: head.Key, Checked: len(proofs)}
	for _, proof := range proofs {
		model.Text, model.Path = proof.Line, proof.Path
		if !proof.Holds {
			model.Chain.Altered = []int64{proof.Seq}
			model.Row.Altered = true
			h.log(c).Error("a line of the record is not as it was recorded", "seq", proof.Seq)
		}
	}
	return nil
}
