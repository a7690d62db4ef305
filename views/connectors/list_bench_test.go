package connectors_test

import (
	"fmt"
	"net/url"
	"testing"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// BenchmarkList filters and sorts the largest tenant that the demo makes: a page of it is worked out at each key.
func BenchmarkList(b *testing.B) {
	rows := large()
	for _, query := range []string{"", "sort=name", "sort=sync", "sort=status", "sort=server", "q=hq+zurich", "q=nobody", "q=ex77&sort=name"} {
		values, _ := url.ParseQuery(query)
		filter := connectors.ReadFilter(values)
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				connectors.List(rows, filter)
			}
		})
	}
}

// BenchmarkSuggest finds what the top bar offers among them.
func BenchmarkSuggest(b *testing.B) {
	rows := large()
	for _, text := range []string{"e", "ex77", "zurich", "hq zurich", "connected", "jane@corp.contoso.com", "nobody"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				connectors.Suggest(rows, text)
			}
		})
	}
}

// large are 10,000 rows, each with a name of its own.
func large() []connectors.Row {
	rows := viewstest.Many(10_000)
	for i := range rows {
		rows[i].Connector = viewstest.With(viewstest.With(rows[i].Connector, connector.ExchangeAlias, fmt.Sprintf("ex%d-hq", i*7919%10_000)), connector.ExchangeOrganization, fmt.Sprintf("Zürich %d", i%100))
	}
	return rows
}

// BenchmarkCountEach counts for the menu of somebody with as many views as one may have.
func BenchmarkCountEach(b *testing.B) {
	rows := viewstest.Many(10_000)
	filters := make([]connectors.Filter, 21)
	for i := range filters {
		filters[i] = connectors.ReadFilter(url.Values{"q": {fmt.Sprintf("contoso %d", i)}})
	}
	for b.Loop() {
		connectors.CountEach(rows, filters)
	}
}
