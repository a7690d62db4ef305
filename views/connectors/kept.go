package connectors

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/forms"
	"switchboard/views/gates"
)

// What thousands of pages show alike is drawn once. Each model is all that is shown: how long ago something was as the words of now.
var (
	headingsKept    = components.Keep(headingText)
	propertiesKept  = components.Keep(plainPropertyList)
	copiesKept      = components.Keep(copyAs)
	gateRows        = components.Keep(gates.Row)
	rowsKept        = components.KeepRow(plainConnectorRow)
	healthLinks     = components.Keep(healthLink)
	whatIsWrongKept = components.Keep(whatIsWrong)
	nextStepKept    = components.Keep(nextStep)
	syncsKept       = components.Keep(syncDialog)
	claimsKept      = components.Keep(func(m claimAsked) templ.Component { return claimForm(m, time.Time{}) })
	notesKept       = components.Keep(func(m noteAsked) templ.Component { return noteForm(m, time.Time{}) })
)

// heading is what the head of a connector's page says.
type heading struct {
	connector connector.Connector
	health    connector.Health
	inDoubt   bool
	claimant  string
}

// plainProperties are a connector's, of which nothing but the value is to be said. It synced so long ago, at that time.
type plainProperties struct {
	connector connector.Connector
	ago, at   string
}

// copies are a connector and how to ask Graph for it.
type copies struct {
	connector connector.Connector
	request   Request
}

func headingOf(row Row) heading {
	return heading{row.Connector, row.Health, row.InDoubt, claimantOf(row.Claim)}
}

// tickLabel is what a row's tick is called. The script adds the name that the row's head shows, by which the tick is told from others
// without script; one that has to be told in other words stands here.
func tickLabel(name connector.Name) string {
	if told := components.ShownName(name); told != name.String() {
		return "Select " + told
	}
	return "Select"
}

// plainConnector is a connector in the usual columns of the list, which synced so long ago, at that time, or never. Where the date
// cannot be read, the connector tells all that is shown; ago is empty then.
type plainConnector struct {
	heading
	ago, at string
}

// plainRow is what such a row shows; ok is false for one that shows more.
func (m Listing) plainRow(ctx context.Context, row Row) (shown plainConnector, ok bool) {
	if row.Claim != nil || m.Filter.chosen() {
		return plainConnector{}, false
	}
	if said, _ := row.Connector.SyncSaid(); said == connector.SyncUnreadable {
		return plainConnector{heading: headingOf(row)}, true
	}
	ago, at, plain := syncLines(ctx, row.Connector, m.Now, kept(m.Stale, m.Read))
	return plainConnector{headingOf(row), ago, at}, plain
}

// healthFact is how many connectors are of a health.
type healthFact struct {
	health connector.Health
	count  int
	fact   string
}

// wrong is what needs somebody.
type wrong struct {
	heading
	said connector.Sentence
	past string
}

func wrongOf(row Row) wrong {
	return wrong{headingOf(row), row.Sentence, row.Past}
}

// nextStepOf leads to a connector.
type nextStepOf struct {
	connector connector.Connector
	step      string
}

// claimantOf is who is on a connector; empty for nobody.
func claimantOf(claim *Claim) string {
	if claim == nil {
		return ""
	}
	return claim.claimant()
}

// asked is the form that asks for a sync of a connector.
type asked struct {
	sync Sync
	of   connector.Connector
}

// keptSync, keptClaim and keptNote are forms that are drawn once, with what is hidden in this page's.
func keptSync(m Sync, of connector.Connector) templ.Component {
	hidden := m.Hidden
	m.Hidden = forms.Gaps
	return syncsKept.With(asked{m, of}, hidden.Token, hidden.State)
}

func keptClaim(m claimAsked) templ.Component {
	hidden := m.form.Hidden
	m.form.Hidden = forms.Gaps
	return claimsKept.With(m, hidden.Token, hidden.State)
}

func keptNote(m noteAsked) templ.Component {
	hidden := m.form.Hidden
	m.form.Hidden = forms.Gaps
	return notesKept.With(m, hidden.Token, hidden.State)
}
