package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// judge turns what was given into a Config and collects every fault on the way.
type judge struct {
	given     settings
	faults    []error
	makesKeys bool // the demo's
}

// config judges key by key, in the order of the file.
func (j *judge) config() Config {
	var c Config
	c.Listen = j.address("listen")
	c.PublicURL = j.publicURL()
	c.Demo = j.truth("demo")
	c.DemoTenant.Listen = j.address("demo_listen")
	c.DemoTenant.Connectors = j.countTo("demo_connectors", mostDemoConnectors)
	c.Database.URL = j.databaseURL(c.Demo)
	c.Roles.Claim = j.required("roles.claim", "write the name of the ID token's claim that holds the roles")
	j.bare("roles.claim", c.Roles.Claim)
	c.Roles.Admin, c.Roles.Helpdesk, c.Roles.Auditor = j.plain("roles.admin"), j.plain("roles.helpdesk"), j.plain("roles.auditor")
	c.Sessions.Idle, c.Sessions.Absolute = j.duration("sessions.idle"), j.duration("sessions.absolute")
	c.Sessions.PerPerson = j.count("sessions.per_person")
	c.Changes.RequireReason = j.truth("changes.require_reason")
	c.Changes.Settle = j.duration("changes.settle")
	c.Runbooks.Dir = j.folder("runbooks.dir")
	c.Changes.ClaimsExpire = j.duration("claims.expire")
	c.Bulk.Rate = j.rate("bulk.rate")
	c.Retirement.Date = j.date("retirement.date")
	c.Retirement.Types = j.plain("retirement.types")
	c.TrustedProxies = j.networks("trusted_proxies")
	if j.text("metrics.listen") != "" {
		c.Metrics.Listen = j.address("metrics.listen")
	}
	c.Log.Level = j.level("log.level")
	c.Sessions.Keys = j.sessionKeys()
	c.Audit.Key = j.auditKey()
	c.Audit.Witnesses, c.Audit.Stream = j.witnesses(), j.text("audit.stream")
	if c.Demo {
		j.demo(&c)
	} else if _, err := strconv.ParseBool(j.text("demo")); err == nil { // else nobody knows what is required
		j.tenant(&c)
	}
	c.Audit.CheckpointFile = j.checkpointFile(c.Audit.Key)
	c.Audit.StreamPosition = c.Audit.CheckpointFile + ".stream"
	return c
}

// fault records what is wrong with the value of a key, where the value came from, and how to mend it.
func (j *judge) fault(path, wrong, mend string) {
	what := path
	if at, given := j.given[path]; given {
		if k, _ := keyAt(path); !k.secret && len(at.values) > 0 {
			what += ": " + strconv.Quote(withoutCredentials(strings.Join(at.values, ",")))
		}
		what += " (" + at.origin + ")"
	}
	wrong = strings.ReplaceAll(wrong, "\n", ", ") // one line a fault, whatever caused it
	j.faults = append(j.faults, fmt.Errorf("%s %s; %s", what, wrong, mend))
}

// credentials are where an address may hold them, although no address here takes them: before its host, and after its path.
var credentials = regexp.MustCompile(`(//)[^/?#,]*(@)|(\?)[^,]*`)

func withoutCredentials(value string) string { return credentials.ReplaceAllString(value, "$1$3…$2") }

// set says whether a key was given a value other than the empty one.
func (j *judge) set(path string) bool { return len(j.given[path].values) > 0 }

// list is a key's values: those that were given, else the default.
func (j *judge) list(path string) []string {
	if given, ok := j.given[path]; ok {
		return given.values
	}
	k, _ := keyAt(path)
	return split(k, k.initial)
}

// text is the value of a key that holds one; it may be empty.
func (j *judge) text(path string) string { return strings.Join(j.list(path), "") }

// required is text that must not be empty.
func (j *judge) required(path, mend string) string {
	text := j.text(path)
	if text == "" {
		j.fault(path, "is missing", mend)
	}
	return text
}

func (j *judge) truth(path string) bool {
	truth, err := strconv.ParseBool(j.text(path))
	if err != nil {
		j.fault(path, "is neither true nor false", "write one of the two")
	}
	return truth
}

func (j *judge) count(path string) int {
	count, err := strconv.Atoi(j.text(path))
	if err != nil || count < 0 {
		j.fault(path, "is no number", "write 0 or more, in digits")
	}
	return count
}

// mostDemoConnectors is as many as the demo is tried with.
const mostDemoConnectors = 10_000

func (j *judge) countTo(path string, most int) int {
	before := len(j.faults)
	count := j.count(path)
	if count > most && len(j.faults) == before {
		j.fault(path, "is too many", fmt.Sprintf("write %d or fewer", most))
	}
	return count
}

// mostRate is what Graph takes of Intune's PATCHes without asking to slow down at once.
const mostRate = 5

func (j *judge) rate(path string) int {
	rate, err := strconv.Atoi(j.text(path))
	if err != nil || rate < 1 || rate > mostRate {
		j.fault(path, "is no pace", fmt.Sprintf("write 1 to %d", mostRate))
	}
	return rate
}

func (j *judge) duration(path string) time.Duration {
	duration, err := time.ParseDuration(j.text(path))
	if err != nil || duration <= 0 {
		j.fault(path, "is not a time span above zero", "write a number with its unit, such as 30m, 8h or 1h30m")
	}
	return duration
}

func (j *judge) date(path string) time.Time {
	date, err := time.Parse(time.DateOnly, j.text(path))
	if err != nil {
		j.fault(path, "is not a date", "write year, month and day, such as 2024-02-19")
	}
	return date
}

// folder is one that can be read, or none.
func (j *judge) folder(path string) string {
	text := j.text(path)
	if text == "" {
		return ""
	}
	if _, err := os.ReadDir(text); err != nil {
		j.fault(path, "is no folder that can be read: "+reason(err), "name one, or leave it empty")
	}
	return text
}

func (j *judge) level(path string) slog.Level {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[strings.ToLower(j.text(path))]
	if !ok {
		j.fault(path, "is not a log level", "write debug, info, warn or error")
	}
	return level
}

// word is a value that is one of a few.
func (j *judge) word(path string, known ...string) string {
	text := j.text(path)
	if !slices.Contains(known, text) {
		j.fault(path, "is not a word that is known here", "write "+strings.Join(known[:len(known)-1], ", ")+" or "+known[len(known)-1])
	}
	return text
}

func (j *judge) networks(path string) []netip.Prefix {
	var networks []netip.Prefix
	for _, text := range j.list(path) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			j.fault(path, fmt.Sprintf("holds %q, which is not a network", text), "write address and length, such as 10.0.0.0/8, or 10.0.0.7/32 for one address")
			continue
		}
		networks = append(networks, plainNetwork(network.Masked()))
	}
	return networks
}

// plainNetwork writes one of IPv4 addresses that IPv6 wraps as what it is: requests from there come with IPv4 addresses.
func plainNetwork(network netip.Prefix) netip.Prefix {
	const wrap = 96 // bits
	if network.Addr().Is4In6() && network.Bits() >= wrap {
		return netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-wrap)
	}
	return network
}

// address is a host:port to listen on; the host may be empty, which means every address of the machine.
func (j *judge) address(path string) string {
	text := j.text(path)
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		j.fault(path, "is not an address to listen on", "write host and port, such as 127.0.0.1:8080, or 0.0.0.0:8080 for every network")
	}
	return text
}

// loopback says whether a host can be reached from this machine alone.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// demoDatabase is the demo's default: a database belongs to one tenant, so the demo's is never the tenant's own.
const demoDatabase = "sqlite:switchboard-demo.db"

func (j *judge) databaseURL(demo bool) string {
	text := j.text("database.url")
	if _, given := j.given["database.url"]; demo && !given {
		return demoDatabase
	}
	path, sqlite := strings.CutPrefix(text, "sqlite:")
	postgres := strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
	if !postgres && !(sqlite && path != "") {
		j.fault("database.url", "names no database", "write sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME")
	}
	return text
}

// demo judges what only the demo needs. A demo beside a real tenant, or open to the network, is a mistake and no mode.
func (j *judge) demo(c *Config) {
	for _, path := range []string{"listen", "demo_listen"} {
		host, _, err := net.SplitHostPort(j.text(path))
		if err == nil && !loopback(host) {
			j.fault(path, "would open the demo to the network", "listen on 127.0.0.1, or set demo: false and configure oidc.*")
		}
	}
	for _, k := range keys {
		if (strings.HasPrefix(k.path, "oidc.") || strings.HasPrefix(k.path, "graph.")) && j.set(k.path) {
			j.fault(k.path, "stands beside demo: true", "set demo: false to use your tenant, or remove it to see the demo")
		}
	}
	if len(j.faults) > 0 { // a configuration with faults leaves nothing behind
		return
	}
	j.keptKeys(c)
}

// tenant judges what a real tenant needs.
func (j *judge) tenant(c *Config) {
	c.OIDC.Issuer = j.issuer()
	c.OIDC.ClientID = j.required("oidc.client_id", "write the application's id (client id) of the app registration")
	j.bare("oidc.client_id", c.OIDC.ClientID)
	j.credential(c)
	c.OIDC.ClientAuth = j.clientAuth()
	c.OIDC.ClaimsFrom = j.word("oidc.claims_from", "id_token", "userinfo")
	c.Graph.BaseURL = j.baseURL()
	c.Graph.ReadScope = j.scope("graph.read_scope", c.Graph.BaseURL, "DeviceManagementServiceConfig.Read.All")
	c.Graph.WriteScope = j.scope("graph.write_scope", c.Graph.BaseURL, "DeviceManagementServiceConfig.ReadWrite.All")
	j.bare("graph.read_scope", c.Graph.ReadScope)
	j.bare("graph.write_scope", c.Graph.WriteScope)
	if !j.set("sessions.keys") && !j.set("sessions.keys_file") {
		j.fault("sessions.keys", "is missing", "write the base64 of 32 random bytes, as `switchboard key session` prints it, or name a file in sessions.keys_file")
	}
	j.required("audit.key_file", "name a file that holds a signer's key, as `switchboard key audit ORIGIN` makes it")
}

// reason is the cause of an error that has a path in front of it, which a fault has named already.
func reason(err error) string {
	for unwrapped := errors.Unwrap(err); unwrapped != nil; unwrapped = errors.Unwrap(err) {
		err = unwrapped
	}
	return err.Error()
}
