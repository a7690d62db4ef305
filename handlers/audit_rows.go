package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/views/auditlog"
	"switchboard/views/gates"
)

// rowMaker makes the entries of the audit log from its lines.
type rowMaker struct {
	teller
	filter audit.Filter
}

// standsElsewhere says whether the line's intent has a row that tells of this line too: an outcome is no entry of its own
// where the filter shows what it is the outcome of. Who found out about a doubt, later, is.
func (m rowMaker) standsElsewhere(line audit.Entry) bool {
	intent := m.intent(line)
	return line.Seq != intent.Seq && line.Action == intent.Action && m.filter.Outcome == "" && m.filter.FindsToo(line, intent) && line.Actor.Is(intent.Actor) &&
		!intent.Time.Before(m.filter.From) && (m.filter.To.IsZero() || intent.Time.Before(m.filter.To))
}

// row is what the log shows of a line. A change is told with what is known of it today, and where outcomes are asked for
// also with the one that the line tells.
func (m rowMaker) row(line audit.Entry) auditlog.Row {
	row := m.line(line)
	if m.about(line) {
		row.Line = m.intent(line).Seq // an outcome goes by its intent's number
	}
	if m.about(line) && m.filter.Outcome == "" {
		row.Said, row.Today = "", ""
	}
	return row
}

// about says whether the line is the change's intent or its outcome, and not what somebody found out later.
func (t teller) about(line audit.Entry) bool { return line.Action == t.intent(line).Action }

// line is what the page of a line shows of it: of a change what is known today, and what the line itself says.
func (t teller) line(line audit.Entry) auditlog.Row {
	row := auditlog.Row{Event: t.plain(line), Line: line.Seq, Role: rolesOf(line.Actor)}
	if line.Outcome == "" {
		return row
	}
	whole := t.whole(line)
	if t.about(line) {
		row.Event, row.Said = whole, string(line.Outcome)
		row.Event.At = line.Time
	}
	if whole.Outcome != string(line.Outcome) {
		row.Today = whole.Outcome
	}
	return row
}

// rolesOf are the roles that somebody had, as people read them.
func rolesOf(actor access.Actor) string {
	labels := make([]string, len(actor.Roles))
	for i, role := range actor.Roles {
		labels[i] = gates.RoleLabel(role)
	}
	return strings.Join(labels, ", ")
}

// auditModel is the page with its filter, before anything is found.
func (h *auditPages) auditModel(c echo.Context, person *session.Person, filter audit.Filter, faults []problem.Field) auditlog.Log {
	ctx := c.Request().Context()
	model := auditlog.Log{Search: typed(c.QueryParams(), faults), Now: h.now(), Files: h.files(c, filter)}
	model.Search.Period = periodOf(c.QueryParams(), filter)
	if len(filter.Connectors) > 0 {
		model.Search.Meant, model.Search.MeantToo = h.meant(c, person, filter.Connectors, filter.Connector)
	} else if name, there := h.names(c, person, filter.Connector)[connector.Key(filter.Connector)]; there {
		model.Search.ConnectorName = name.String()
	}
	people, err := h.auditLog.People(ctx)
	if err != nil {
		h.log(c).Warn("the people of the record could not be read", "error", err.Error())
	}
	for _, one := range people {
		if strings.EqualFold(one.OID, filter.Person) {
			model.Search.PersonName = one.Name
		}
		model.People = append(model.People, one.Name)
	}
	if model.Connectors = h.offeredNames(person); len(model.Connectors) == 0 {
		if model.Connectors, err = h.auditLog.Aliases(ctx, namesOffered); err != nil {
			h.log(c).Warn("the names in the record could not be read", "error", err.Error())
		}
		model.Connectors = offered(model.Connectors)
	}
	model.People = offered(model.People)
	for _, action := range audit.Actions() {
		if slices.Contains(audit.Recorded(), action) || action == filter.Action { // what was asked for stays chosen
			model.Actions = append(model.Actions, string(action))
		}
	}
	for _, outcome := range audit.Outcomes() {
		model.Outcomes = append(model.Outcomes, string(outcome))
	}
	return model
}

// typed is the filter as it was asked for, so that what cannot be read is kept too.
func typed(query url.Values, faults []problem.Field) auditlog.Search {
	return auditlog.Search{
		Text: query.Get("q"), Kind: query.Get("kind"), Connector: query.Get("connector"), Person: query.Get("person"), Action: query.Get("action"), Outcome: query.Get("outcome"),
		From: query.Get("from"), To: query.Get("to"), Errors: faults,
	}
}

// periodOf is the time that is asked for, as it was chosen and as it was understood.
func periodOf(query url.Values, filter audit.Filter) auditlog.Period {
	zone, _ := zoneOf(query.Get("tz"))
	return auditlog.Period{Range: query.Get("range"), Zone: query.Get("tz"), From: filter.From.In(zone), To: filter.To.In(zone)}
}

// files are what the exports of the page are called.
func (h *auditPages) files(c echo.Context, filter audit.Filter) auditlog.Files {
	return auditlog.Files{
		NDJSON: h.fileName("audit", "ndjson", filter, c), Pack: h.fileName("evidence", "zip", filter, c),
		Checkpoint: h.fileName("checkpoint", "txt", audit.Filter{}, c),
	}
}
