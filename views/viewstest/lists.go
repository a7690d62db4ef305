package viewstest

import (
	"fmt"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
)

// Tenant is made-up rows of every health, in no order.
func Tenant() []connectors.Row {
	made := []struct{ alias, organization, age, status, kind, server string }{
		{"ex01-hq", "Contoso", "24240h", "disconnected", "onPremises", "ex01.corp.contoso.com"},
		{"s2s-emea", "Contoso EMEA", "75h", "disconnected", "serviceToService", "outlook.office365.com"},
		{"hosted-na", "Contoso North America", "12m", "connected", "hosted", "outlook.office365.com"},
		{"hosted-eu", "Fabrikam Europe", "127h", "disconnected", "hosted", "outlook.office365.com"},
		{"journal-apac", "Contoso APAC", "31h", "connected", "dedicated", "mail.apac.contoso.com"},
		{"wingtip-hosted", "Wingtip Toys", "", "connectionPending", "hosted", "outlook.office365.com"},
		{"hosted-uk", "Contoso UK", "31m", "connected", "hosted", "outlook.office365.com"},
		{"s2s-na", "Contoso North America", "44m", "connected", "serviceToService", "outlook.office365.com"},
		{"ex-lab", "Contoso Lab", "", "none", "onPremises", "exlab.corp.contoso.com"},
		{"ex-oslo", "", "24864h", "disconnected", "onPremises", ""},
		{"ex-berlin\u202e", "Fabrikam Deutschland", "27800h", "none", "onPremises", "a-server-with-a-name-as-long-as-dns-allows.in-one-label-and-then-some.fabrikam.example"},
		{"s2s-test", "Litware", "2h", "quarantined", "serviceToService", "outlook.office365.com"},
	}
	rows := make([]connectors.Row, len(made))
	for i, one := range made {
		synced := "0001-01-01T00:00:00Z"
		if age, err := time.ParseDuration(one.age); err == nil {
			synced = Now.Add(-age).Format("2006-01-02T15:04:05.0000000Z")
		}
		c := connector.New(map[string]connector.Value{
			connector.ID:                   connector.Of(fmt.Sprintf("3f0c8a52-7d1e-4b0a-9c55-1a6e20b7f4%02d", i)),
			connector.ExchangeAlias:        connector.Of(one.alias),
			connector.ExchangeOrganization: connector.Of(one.organization),
			connector.LastSyncDateTime:     connector.Of(synced),
			connector.Status:               connector.Of(one.status),
			connector.Type:                 connector.Of(one.kind),
			connector.ServerName:           connector.Of(one.server),
		})
		rows[i] = connectors.Row{Connector: c, Health: Retirement.Health(c, Now), Sentence: Retirement.Explain(c, Now, true), InDoubt: one.alias == "journal-apac"}
	}
	return rows
}

// Many repeats the tenant's rows under other ids.
func Many(n int) []connectors.Row {
	var rows []connectors.Row
	for i := range n {
		row := Tenant()[i%12]
		row.Connector = With(row.Connector, connector.ID, fmt.Sprintf("many-%04d", i))
		rows = append(rows, row)
	}
	return rows
}

// Trend is a month with two that broke, one that is late, and days on which nobody looked.
func Trend() connectors.Trend {
	var seen []connectors.Day
	for ago := 27; ago >= 0; ago-- {
		day := connectors.Day{At: Now.AddDate(0, 0, -ago), Counts: connectors.Counts{connector.Healthy: 7, connector.Retired: 28}}
		if weekday := day.At.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			continue
		}
		if ago < 6 {
			day.Counts[connector.Broken], day.Counts[connector.Pending] = 1+(6-ago)/4, 1
		}
		if ago == 1 || ago == 12 {
			day.Counts[connector.Late] = 1
		}
		seen = append(seen, day)
	}
	return connectors.TrendOf(seen, Now)
}

// Odd are rows that cannot be read.
func Odd() []connectors.Row {
	part := connector.New(map[string]connector.Value{connector.ID: connector.Of("bbbbbbbb-0000-4000-8000-000000000001"), connector.ServerName: connector.Of("outlook.office365.com")})
	return []connectors.Row{
		{Connector: With(part, connector.ExchangeAlias, strings.Repeat("very-", 40)+"long\u202e"), Faults: []string{"status is a number", "version is an object"}},
		{Connector: part, Faults: []string{"status has its name in other letter case"}, InDoubt: true},
		{Faults: []string{"the row is null"}},
	}
}

// Views are somebody's: one short, one as long as a name may be and without a blank.
func Views() []connectors.View {
	return []connectors.View{
		{ID: "view-1", Name: "Late in Europe", URL: "/connectors?health=late&q=europe"},
		{ID: "view-2", Name: strings.Repeat("Ünbröken", 7), URL: "/connectors?q=x"},
	}
}
