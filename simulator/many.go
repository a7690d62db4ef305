package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"

	"switchboard/simulator/graph"
)

// Many are the first n connectors of a tenant that may be large: those of Connectors, and after them as many more as it takes,
// varied, and the same ones each time.
func Many(start time.Time, n int) []graph.Connector {
	all := Connectors(start)
	if n < len(all) {
		return all[:n]
	}
	drawn := rand.New(rand.NewPCG(1, 43))
	for number := len(all) + 1; number <= n; number++ {
		all = append(all, made(drawn, number).connector(start))
	}
	return all
}

// company is one whose connectors a large tenant has.
type company struct{ name, domain string }

var companies = []company{
	{"Contoso", "contoso.com"}, {"Fabrikam", "fabrikam.com"}, {"Litware", "litwareinc.com"}, {"Wingtip Toys", "wingtiptoys.com"},
	{"Adventure Works", "adventure-works.com"}, {"Northwind Traders", "northwindtraders.com"}, {"Proseware", "proseware.com"},
	{"Tailspin Toys", "tailspintoys.com"}, {"Woodgrove", "woodgrovebank.com"}, {"Zürcher Söhne", "zuercher-soehne.ch"},
}

// sites are places with their names in host names.
var sites = []struct{ name, code string }{
	{"Amsterdam", "ams"}, {"Bengaluru", "blr"}, {"Bogotá", "bog"}, {"Boston", "bos"}, {"Brussels", "bru"}, {"Cairo", "cai"},
	{"Chicago", "ord"}, {"Denver", "den"}, {"Düsseldorf", "dus"}, {"Frankfurt", "fra"}, {"Geneva", "gva"}, {"Hamburg", "ham"},
	{"Hong Kong", "hkg"}, {"Houston", "iah"}, {"Jakarta", "cgk"}, {"København", "cph"}, {"Lagos", "los"}, {"Lima", "lim"},
	{"Lisbon", "lis"}, {"Lyon", "lys"}, {"Manchester", "man"}, {"Manila", "mnl"}, {"Melbourne", "mel"}, {"Miami", "mia"},
	{"Montréal", "yul"}, {"München", "muc"}, {"Nairobi", "nbo"}, {"Osaka", "kix"}, {"Perth", "per"}, {"Porto", "opo"},
	{"Prague", "prg"}, {"Riyadh", "ruh"}, {"Rotterdam", "rtm"}, {"Santiago", "scl"}, {"Seoul", "icn"}, {"Taipei", "tpe"},
}

// made is a connector of a large tenant. Three of four are what the retirement left behind; of the others most are well.
func made(drawn *rand.Rand, number int) row {
	whose, where := companies[drawn.IntN(len(companies))], sites[drawn.IntN(len(sites))]
	host := where.code + "." + whose.domain
	one := row{
		organization: whose.name + " " + where.name, host: fmt.Sprintf("conn%02d.%s", 1+drawn.IntN(4), host), address: "intune@" + host,
	}
	if drawn.IntN(4) > 0 {
		return one.left(drawn, where.code, host, number)
	}
	kinds := []string{"hosted", "serviceToService", "dedicated"}
	one.kind, one.version, one.server = kinds[drawn.IntN(len(kinds))], fmt.Sprintf("2026.%d.%d", 8+drawn.IntN(3), drawn.IntN(5)), "outlook.office365.com"
	one.name = fmt.Sprintf("%s-%s-%05d", map[string]string{"hosted": "hosted", "serviceToService": "s2s", "dedicated": "ded"}[one.kind], where.code, number)
	return one.alive(drawn)
}

// left is one that stopped when the on-premises connector did, or in the years before.
func (r row) left(drawn *rand.Rand, code, host string, number int) row {
	r.kind, r.name = onPremises, fmt.Sprintf("ex-%s-%05d", code, number)
	r.server = fmt.Sprintf("ex%02d.%s", 1+drawn.IntN(9), host)
	r.version, r.status = []string{agent, agent, "6.2004.3.0", "5.1810.0.0"}[drawn.IntN(4)], []string{"disconnected", "disconnected", "none"}[drawn.IntN(3)]
	stopped := time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC).Add(-time.Duration(drawn.IntN(3*365*24*60)) * time.Minute)
	if r.since = graph.Moment(stopped); drawn.IntN(20) == 0 {
		r.since, r.version = never, ""
	}
	return r
}

// alive is one that somebody looks after: one of a hundred is broken, as many are late, some wait.
func (r row) alive(drawn *rand.Rand) row {
	const day = 24 * time.Hour
	minutes := time.Duration(drawn.IntN(24*60)) * time.Minute
	r.status = "connected"
	switch odds := drawn.IntN(100); {
	case odds == 0:
		r.status, r.ago, r.deaf = "disconnected", 3*day+4*minutes, true
	case odds == 1:
		r.ago, r.deaf = day+minutes, true
	case odds == 2:
		r.status, r.since = "connectionPending", never
	default:
		r.every = time.Duration(1+drawn.IntN(6)) * time.Hour
		r.ago = minutes % r.every
	}
	return r
}
