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
	rowsKept        = components.Keep(plainConnectorRow)
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

// plainConnector is a connector in the usual columns of the list, which synced so long ago, at that time. Of one that did not, or whose
// date cannot be read, the connector tells all that is shown; ago is empty then.
type plainConnector struct {
	heading
	ago, at string
}

// plainRow is what such a row shows; ok is false for one that shows more.
func (m Listing) plainRow(ctx context.Context, row Row) (shown plainConnector, ok bool) {
	if row.Claim != nil || m.Filter.chosen() {
		return plainConnector{}, false
	}
	at, plain := plainSync(ctx, row.Connector, m.Now, kept(m.Stale, m.Read))
	if at.IsZero() {
		return plainConnector{heading: headingOf(row)}, true
	} else if !plain {
		return plainConnector{}, false
	}
	return plainConnector{headingOf(row), connector.Ago(at, m.Now), components.Absolute(at, m.Now)}, true
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
