package simulator

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"switchboard/simulator/graph"
)

// ExampleID is the connector of the example in Microsoft's reference page, with that page's values.
const ExampleID = "e11c1de8-1de8-e11c-e81d-1ce1e81d1ce1"

// ID is the id of a connector that a tenant starts with, by the name that it has below, which for most is its exchangeAlias.
func ID(name string) string {
	return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(name+".connectors.contoso.example")).String()
}

const (
	never      = "0001-01-01T00:00:00Z"
	onPremises = "onPremises"
	agent      = "6.2007.12.0" // the last version of the on-premises agent
)

// row is one connector below. An empty text is null; alias is the name unless given.
type row struct {
	name, kind, status             string
	organization, server, host     string
	address, version, alias, since string
	ago, every                     time.Duration // since the last sync, and between syncs
	deaf                           bool
}

// Connectors are what a tenant starts with: made up, some of them odd. Times of living ones count from start.
func Connectors(start time.Time) []graph.Connector {
	all := []graph.Connector{example()}
	for _, rows := range [][]row{living(), retired, odd()} {
		for _, row := range rows {
			all = append(all, row.connector(start))
		}
	}
	return append(all, empty())
}

func (r row) connector(start time.Time) graph.Connector {
	if r.since == "" {
		r.since = graph.Moment(start.Add(-r.ago))
	}
	if r.alias == "" {
		r.alias = r.name
	}
	values := map[string]*string{}
	for name, value := range map[string]string{
		"lastSyncDateTime": r.since, "status": r.status, "exchangeConnectorType": r.kind, "serverName": r.server,
		"connectorServerName": r.host, "primarySmtpAddress": r.address, "version": r.version, "exchangeAlias": r.alias,
		"exchangeOrganization": r.organization,
	} {
		if value != "" {
			values[name] = &value
		}
	}
	return graph.Connector{ID: ID(r.name), Values: values, Every: r.every, Deaf: r.deaf || r.kind == onPremises}
}

// living are the connectors that somebody still looks after: newly broken, late, pending, healthy.
func living() []row {
	const (
		service = "serviceToService"
		office  = "outlook.office365.com"
		minute  = time.Minute
		day     = 24 * time.Hour
	)
	return []row{
		{name: "s2s-emea", kind: service, status: "disconnected", organization: "Contoso EMEA", server: office, address: "intune-s2s@emea.contoso.com", version: "2026.10.3", ago: 3*day + 3*time.Hour + 22*minute},
		{name: "hosted-eu", kind: "hosted", status: "disconnected", organization: "Fabrikam Europe", server: office, host: "conn01.eu.fabrikam.com", address: "intune@eu.fabrikam.com", version: "2026.10.3", ago: 5*day + 6*time.Hour + 44*minute, deaf: true},
		{name: "journal-apac", kind: "dedicated", status: "connected", organization: "Contoso APAC", server: "mail.apac.contoso.com", host: "conn02.apac.contoso.com", address: "journal@apac.contoso.com", version: "2026.9.1", ago: 31*time.Hour + 19*minute},
		{name: "wingtip-hosted", kind: "hosted", status: "connectionPending", organization: "Wingtip Toys", server: office, address: "intune@wingtiptoys.com", version: "2026.10.3", since: never},
		{name: "hosted-na", kind: "hosted", status: "connected", organization: "Contoso North America", server: office, host: "conn01.na.contoso.com", address: "na-mail@contoso.com", version: "2026.10.3", ago: 12 * minute, every: time.Hour},
		{name: "hosted-uk", kind: "hosted", status: "connected", organization: "Contoso UK", server: office, host: "conn01.uk.contoso.com", address: "uk-mail@contoso.com", version: "2026.10.3", ago: 31 * minute, every: time.Hour},
		{name: "s2s-na", kind: service, status: "connected", organization: "Contoso North America", server: office, address: "intune-s2s@na.contoso.com", version: "2026.10.3", ago: 44 * minute, every: time.Hour},
		{name: "s2s-latam", kind: service, status: "connected", organization: "Contoso LATAM", server: office, address: "intune-s2s@latam.contoso.com", version: "2026.10.3", ago: 52 * minute, every: 2 * time.Hour},
		{name: "dedicated-gov", kind: "dedicated", status: "connected", organization: "Contoso Public Sector", server: "mail.gov.contoso.com", host: "conn01.gov.contoso.com", address: "intune@gov.contoso.com", version: "2026.9.1", ago: 64 * minute, every: 3 * time.Hour},
		{name: "litware-hosted", kind: "hosted", status: "connected", organization: "Litware", server: office, host: "conn01.litwareinc.com", address: "intune@litwareinc.com", version: "2026.10.3", ago: 133 * minute, every: 6 * time.Hour},
	}
}

// retired stopped when the on-premises connector did, or before. Their dates come in the shapes that Graph allows.
var retired = []row{
	{name: "ex01-hq", kind: onPremises, status: "disconnected", organization: "Contoso", server: "ex01.corp.contoso.com", host: "intune-conn01.corp.contoso.com", version: agent, since: "2024-02-18T09:12:07.1934520Z"},
	{name: "ex02-hq", kind: onPremises, status: "disconnected", organization: "Contoso", server: "ex02.corp.contoso.com", host: "intune-conn01.corp.contoso.com", version: agent, since: "2024-02-18T08:57:41.0000000Z"},
	{name: "ex-oslo", kind: onPremises, status: "disconnected", organization: "Contoso Norge", server: "ex04.oslo.contoso.com", host: "intune-conn01.oslo.contoso.com", version: agent, since: "2024-01-23T14:26:13.4400000+00:00"},
	{name: "ex-berlin", kind: onPremises, status: "none", organization: "Fabrikam Deutschland", server: "ex01.fabrikam.de", host: "intune01.fabrikam.de", version: agent, since: "2023-09-23T06:00:00Z"},
	{name: "ex-lab", kind: onPremises, status: "none", organization: "Contoso Lab", server: "exlab.corp.contoso.com", since: never},
	{name: "ex-london", kind: onPremises, status: "disconnected", organization: "Contoso UK", server: "ex01.lon.contoso.com", host: "intune-conn01.lon.contoso.com", version: agent, since: "2024-02-18T22:41:07.1934520Z"},
	{name: "ex-dublin", kind: onPremises, status: "disconnected", organization: "Contoso Ireland", server: "ex01.dub.contoso.com", host: "intune-conn01.dub.contoso.com", version: agent, since: "2024-02-17T03:15:59.7000000Z"},
	{name: "ex-paris", kind: onPremises, status: "disconnected", organization: "Fabrikam France", server: "ex02.fabrikam.fr", host: "intune01.fabrikam.fr", version: agent, since: "2024-02-18T23:59:59.9999999+01:00"},
	{name: "ex-madrid", kind: onPremises, status: "disconnected", organization: "Fabrikam España", server: "ex01.fabrikam.es", host: "intune01.fabrikam.es", version: "6.2004.3.0", since: "2023-11-02T17:08:30.1200000+01:00"},
	{name: "ex-milan", kind: onPremises, status: "none", organization: "Fabrikam Italia", server: "ex01.fabrikam.it", host: "intune01.fabrikam.it", version: "6.2004.3.0", since: "2022-06-30T21:00:00.0000000Z"},
	{name: "ex-warsaw", kind: onPremises, status: "disconnected", organization: "Litware Polska", server: "ex01.waw.litwareinc.com", host: "conn01.waw.litwareinc.com", version: agent, since: "2024-02-19T05:31:12.8811450Z"},
	{name: "ex-stockholm", kind: onPremises, status: "disconnected", organization: "Contoso Sverige", server: "ex01.sto.contoso.com", host: "intune-conn01.sto.contoso.com", version: agent, since: "2024-02-19T04:02:55.3320000Z"},
	{name: "ex-helsinki", kind: onPremises, status: "disconnected", organization: "Contoso Suomi", server: "ex01.hel.contoso.com", host: "intune-conn01.hel.contoso.com", version: agent, since: "2024-02-12T11:20:00.5000000+02:00"},
	{name: "ex-zurich", kind: onPremises, status: "disconnected", organization: "Wingtip Toys Schweiz", server: "mail.wingtiptoys.ch", host: "mail.wingtiptoys.ch", version: "5.1810.0.0", since: "2019-06-30T23:59:59.9999999+02:00"},
	{name: "ex-istanbul", kind: onPremises, status: "none", organization: "Fabrikam Türkiye", server: "ex01.fabrikam.com.tr", host: "intune01.fabrikam.com.tr", version: agent, since: "2023-03-14T09:26:53.5897932Z"},
	{name: "ex-dubai", kind: onPremises, status: "disconnected", organization: "Contoso Middle East", server: "ex01.dxb.contoso.com", host: "intune-conn01.dxb.contoso.com", version: agent, since: "2024-02-18T12:00:00+04:00"},
	{name: "ex-joburg", kind: onPremises, status: "disconnected", organization: "Litware South Africa", server: "ex01.jnb.litwareinc.com", host: "conn01.jnb.litwareinc.com", version: "6.2004.3.0", since: "2021-08-19T07:45:10.0010000Z"},
	{name: "ex-mumbai", kind: onPremises, status: "disconnected", organization: "Contoso India", server: "ex01.bom.contoso.com", host: "intune-conn01.bom.contoso.com", version: agent, since: "2024-02-16T02:10:44.2500000+05:30"},
	{name: "ex-singapore", kind: onPremises, status: "disconnected", organization: "Contoso APAC", server: "ex01.sin.contoso.com", host: "intune-conn01.sin.contoso.com", version: agent, since: "2024-02-18T19:33:21.9000000Z"},
	{name: "ex-tokyo", kind: onPremises, status: "disconnected", organization: "コントソ日本", server: "ex01.tyo.contoso.com", host: "intune-conn01.tyo.contoso.com", version: agent, since: "2024-02-18T18:00:00.0000000+09:00"},
	{name: "ex-sydney", kind: onPremises, status: "disconnected", organization: "Contoso Australia", server: "ex01.syd.contoso.com", host: "intune-conn01.syd.contoso.com", version: agent, since: "2024-02-15T20:05:36.6100000+11:00"},
	{name: "ex-toronto", kind: onPremises, status: "disconnected", organization: "Contoso Canada", server: "ex01.yyz.contoso.com", host: "intune-conn01.yyz.contoso.com", version: agent, since: "2024-02-18T16:48:02.0700000-05:00"},
	{name: "ex-seattle", kind: onPremises, status: "disconnected", organization: "Contoso North America", server: "ex01.sea.contoso.com", host: "intune-conn01.sea.contoso.com", version: agent, since: "2024-02-18T03:15:59.0000000-08:00"},
	{name: "ex-austin", kind: onPremises, status: "none", organization: "Wingtip Toys", server: "mail.wingtiptoys.com", host: "conn.wingtiptoys.com", version: "5.1810.0.0", since: "2018-12-24T12:00:00Z"},
	{name: "ex-saopaulo", kind: onPremises, status: "disconnected", organization: "Contoso São Paulo", server: "ex01.gru.contoso.com", host: "intune-conn01.gru.contoso.com", version: agent, since: "2024-01-31T13:37:00.1337000-03:00"},
	{name: "fabrikam-legacy", kind: "dedicated", status: "disconnected", organization: "Fabrikam Dedicated", server: "mail.fabrikam.com", host: "conn.fabrikam.com", version: "5.1810.0.0", since: "2019-06-30T23:59:59.9999999+05:30"},
	{name: "hosted-old", kind: "hosted", status: "none", organization: "Contoso Hosted", server: "outlook.hosted.contoso.com", host: "intune-conn02.corp.contoso.com", version: "6.2004.3.0", since: "2021-04-01T08:30:00.0000000Z"},
}

// odd are the connectors that a page has to survive.
func odd() []row {
	long := strings.Repeat("a-server-name-that-nobody-would-choose.", 12) + "contoso.com"
	return []row{
		{name: "future-status", kind: "serviceToService", status: "unknownFutureValue", organization: "Contoso Preview", server: "outlook.office365.com", version: "2027.1.0", ago: 20 * time.Minute},
		{name: "future-type", kind: "unknownFutureValue", status: "degraded", organization: "Contoso Preview", server: "outlook.office365.com", version: "2027.1.0", ago: 25 * time.Minute},
		{name: "long", kind: onPremises, status: "disconnected", organization: strings.Repeat("Contoso Corporation of the Northern and Southern Hemispheres ", 6), server: long, host: long, address: strings.Repeat("mail", 40) + "@contoso.com", version: strings.Repeat("6.2007.", 20) + "0", alias: strings.Repeat("x", 300), since: "2024-02-10T00:00:00.0000001Z"},
		{
			name: "hostile", kind: onPremises, status: "none", since: "2023-12-01T00:00:00Z",
			organization: `</dd></section><h1>owned</h1>`, server: `<script>alert('server')</script>`, host: `'; DROP TABLE connectors;-- `,
			address: `"><img src=x onerror=alert(1)>@evil.example`, version: "\u202e1.0\u202c {{7*7}} ${7*7} <%= 7*7 %>", alias: `javascript:alert(1)//&quot;&amp;&#x27;`,
		},
	}
}

// example has an id of its own.
func example() graph.Connector {
	c := row{
		kind: "hosted", status: "connectionPending", organization: "Exchange Organization value", server: "Server Name value",
		host: "Connector Server Name value", address: "Primary Smtp Address value", version: "Version value",
		alias: "Exchange Alias value", since: "2017-01-01T00:02:49.3205976-08:00", deaf: true,
	}.connector(time.Time{})
	c.ID = ExampleID
	return c
}

// empty is null wherever Graph allows it, the alias too.
func empty() graph.Connector {
	c := row{name: "empty", kind: onPremises, status: "none", since: never}.connector(time.Time{})
	c.Values["exchangeAlias"] = nil
	return c
}
