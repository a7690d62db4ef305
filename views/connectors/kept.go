package connectors

import (
	"context"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/components"
	"switchboard/views/gates"
)

// What thousands of pages show alike is drawn once. Each model is all that is shown: how long ago something was as the words of now.
var (
	headingsKept    = components.Keep(headingText)
	plainRows       = components.Keep(plainProperty)
	copiesKept      = components.Keep(copyAs)
	gateRows        = components.Keep(gates.Row)
	rowsKept        = components.KeepRow(plainConnectorRow)
	healthLinks     = components.Keep(healthLink)
	whatIsWrongKept = components.Keep(whatIsWrong)
	nextStepKept    = components.Keep(nextStep)
)

// heading is what the head of a connector's page says.
type heading struct {
	connector connector.Connector
	health    connector.Health
	inDoubt   bool
	claimant  string
}

// plainRow is a property, by its name, of which nothing but the value is to be said.
type plainRow struct {
	name  string
	value connector.Value
}

func plainProperty(m plainRow) templ.Component {
	property, _ := connector.Lookup(m.name)
	return propertyRow(Card{Connector: connector.New(map[string]connector.Value{m.name: m.value})}, property)
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

// plainConnector is a connector in the usual columns of the list, which synced so long ago, at that time, or never.
type plainConnector struct {
	heading
	ago, at string
}

// plainRow is what such a row shows; ok is false for one that shows more.
func (m Listing) plainRow(ctx context.Context, row Row) (shown plainConnector, ok bool) {
	ago, at, plain := plainSync(ctx, row.Connector, m.Now, kept(m.Stale, m.Read))
	if !plain || row.Claim != nil || m.Filter.chosen() {
		return plainConnector{}, false
	}
	return plainConnector{headingOf(row), ago, at}, true
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
