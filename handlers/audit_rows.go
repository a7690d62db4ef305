package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/problem"
	"switchboard/signin"
	"switchboard/views"
)

// rowMaker makes rows of the audit log from lines of the record.
type rowMaker struct {
	actor  access.Actor
	names  map[string]connector.Name
	shared map[string][]audit.Entry
	filter audit.Filter
}

// intent is the first line of the change that the line is about; the line itself where it is about none.
func (m rowMaker) intent(line audit.Entry) audit.Entry {
	if lines := m.shared[line.ID]; len(lines) > 0 {
		return lines[0]
	}
	return line
}

// standsElsewhere says whether the line's intent has a row that tells of this line too: an outcome is no entry of its own
// where the filter shows what it is the outcome of. Who found out about a doubt, later, is.
func (m rowMaker) standsElsewhere(line audit.Entry) bool {
	intent := m.intent(line)
	return line.Seq != intent.Seq && line.Action == intent.Action && m.filter.Outcome == "" && line.Actor.Is(intent.Actor) &&
		!intent.Time.Before(m.filter.From) && (m.filter.To.IsZero() || intent.Time.Before(m.filter.To))
}

// row is what the log shows of a line. An intent is shown with what is known of it today, unless outcomes are asked for.
func (m rowMaker) row(line audit.Entry) views.AuditRow {
	intent, latest := m.intent(line), line
	if lines := m.shared[line.ID]; len(lines) > 0 {
		latest = lines[len(lines)-1]
	}
	row := m.plain(line)
	row.Event.Seq = intent.Seq
	if line.Action == intent.Action {
		row.Line = intent.Seq // an outcome goes by its intent's number
	}
	switch {
	case line.Seq == intent.Seq && m.filter.Outcome == "":
		row.Event.Outcome, row.Event.Fields = string(latest.Outcome), latest.Fields
	case latest.Outcome != line.Outcome:
		row.Today = string(latest.Outcome)
	}
	return row
}

// plain is a line as it is.
func (m rowMaker) plain(line audit.Entry) views.AuditRow {
	row := views.AuditRow{Event: event(m.actor, line), Line: line.Seq, Role: rolesOf(line.Actor), Connector: line.Connector}
	if line.Connector != "" {
		row.Name = nameOr(m.names, line.Connector)
	}
	return row
}

// rolesOf are the roles that somebody had, as people read them.
func rolesOf(actor access.Actor) string {
	labels := make([]string, len(actor.Roles))
	for i, role := range actor.Roles {
		labels[i] = views.RoleLabel(role)
	}
	return strings.Join(labels, ", ")
}

// namesOffered bounds the names that complete what is typed into the filter.
const namesOffered = 200

// auditModel is the page with its filter, before anything is found.
func (h *Handlers) auditModel(c echo.Context, person *signin.Person, filter audit.Filter, faults []problem.Field) views.Audit {
	query, known := c.QueryParams(), h.knownNames(person)
	model := views.Audit{Search: typed(query, faults), Now: h.Now()}
	if name, there := known[connector.Key(filter.Connector)]; there {
		model.Search.ConnectorName = name.String()
	}
	people, err := h.Trail.People(c.Request().Context())
	if err != nil {
		h.log(c).Warn("the people of the record could not be read", "error", err.Error())
	}
	for _, one := range people {
		if one.OID == filter.Person {
			model.Search.PersonName = one.Name
		}
		model.People = append(model.People, one.Name)
	}
	for _, name := range known {
		model.Connectors = append(model.Connectors, name.String())
	}
	model.People, model.Connectors = offered(model.People), offered(model.Connectors)
	for _, action := range audit.Actions() {
		model.Actions = append(model.Actions, string(action))
	}
	for _, outcome := range audit.Outcomes() {
		model.Outcomes = append(model.Outcomes, string(outcome))
	}
	return model
}

// typed is the filter as it was asked for, so that what cannot be read is kept too.
func typed(query url.Values, faults []problem.Field) views.AuditSearch {
	return views.AuditSearch{
		Connector: query.Get("connector"), Person: query.Get("person"), Action: query.Get("action"), Outcome: query.Get("outcome"),
		From: query.Get("from"), To: query.Get("to"), Faults: faults,
	}
}

// offered are the names in order, each once, as many as a list may hold.
func offered(names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), namesOffered)]
}
