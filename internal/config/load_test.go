package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/config"
)

const sessionKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
const auditKey = "PRIVATE+KEY+switchboard.example/audit+345cd50b+Ae0PcdhDiSpq/JkYutVFngsQfXJdBnncjUUz1V9hXy3B"

// environment is what a test gives the program, by key as in the file.
type environment map[string]string

// with is a copy with more keys; the value "-" removes one.
func (e environment) with(more environment) environment {
	all := environment{}
	for _, from := range []environment{e, more} {
		for path, value := range from {
			all[path] = value
			if value == "-" {
				delete(all, path)
			}
		}
	}
	return all
}

func (e environment) environ() []string {
	entries := []string{"PATH=/bin", "HOME=/"}
	for path, value := range e {
		entries = append(entries, "SWITCHBOARD_"+strings.ToUpper(strings.ReplaceAll(path, ".", "_"))+"="+value)
	}
	return entries
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tenant is a complete configuration for a real tenant.
func tenant(t *testing.T) environment {
	t.Helper()
	return environment{
		"demo":               "false",
		"oidc.issuer":        "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0",
		"oidc.client_id":     "66666666-7777-4888-8999-000000000000",
		"oidc.client_secret": "hush",
		"sessions.keys":      sessionKey,
		"audit.key_file":     write(t, "audit.key", auditKey+"\n"),
	}
}

func load(t *testing.T, file string, given environment) config.Config {
	t.Helper()
	c, _, err := config.Load(file, file != "", given.environ())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

// faults are the lines of the error that the configuration gives.
func faults(file string, given environment) []string {
	_, _, err := config.Load(file, file != "", given.environ())
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := load(t, "", tenant(t))
	day := time.Date(2024, 2, 19, 0, 0, 0, 0, time.UTC)
	for _, check := range []struct {
		key       string
		got, want any
	}{
		{"listen", c.Listen, "127.0.0.1:8080"},
		{"public_url", c.PublicURL.String(), "http://127.0.0.1:8080"},
		{"demo_listen", c.DemoTenant.Listen, "127.0.0.1:8081"},
		{"demo_connectors", c.DemoTenant.Connectors, 43},
		{"database.url", c.Database.URL, "sqlite:switchboard.db"},
		{"graph.base_url", c.Graph.BaseURL.String(), "https://graph.microsoft.com/beta"},
		{"graph.read_scope", c.Graph.ReadScope, "https://graph.microsoft.com/DeviceManagementServiceConfig.Read.All"},
		{"graph.write_scope", c.Graph.WriteScope, "https://graph.microsoft.com/DeviceManagementServiceConfig.ReadWrite.All"},
		{"roles.claim", c.Roles.Claim, "roles"},
		{"roles.admin", c.Roles.Admin, []string{"Connector.Admin"}},
		{"roles.helpdesk", c.Roles.Helpdesk, []string{"Connector.Helpdesk"}},
		{"roles.auditor", c.Roles.Auditor, []string{"Connector.Auditor"}},
		{"sessions.idle", c.Sessions.Idle, 30 * time.Minute},
		{"sessions.absolute", c.Sessions.Absolute, 8 * time.Hour},
		{"sessions.keys", c.Sessions.Keys, [][]byte{[]byte("01234567890123456789012345678901")}},
		{"audit.key_file", c.Audit.Key, auditKey},
		{"changes.require_reason", c.Changes.RequireReason, true},
		{"changes.settle", c.Changes.Settle, time.Minute},
		{"runbooks.dir", c.Runbooks.Dir, ""},
		{"claims.expire", c.Changes.ClaimsExpire, 72 * time.Hour},
		{"bulk.rate", c.Bulk.Rate, 4},
		{"retirement.date", c.Retirement.Date, day},
		{"retirement.types", c.Retirement.Types, []string{"onPremises", "hosted", "dedicated"}},
		{"trusted_proxies", len(c.TrustedProxies), 0},
		{"metrics.listen", c.Metrics.Listen, ""},
		{"log.level", c.Log.Level.String(), "INFO"},
	} {
		if !reflect.DeepEqual(check.got, check.want) {
			t.Errorf("%s = %v, want %v", check.key, check.got, check.want)
		}
	}
}

func TestFileThenEnvironment(t *testing.T) {
	t.Parallel()
	file := write(t, "config.yaml", `
listen: "127.0.0.1:9000"
roles:
  admin: [Boss, Connector.Admin]
  helpdesk: Desk
changes: {settle: 5s}
metrics: {listen: "127.0.0.1:9100"}
retirement:
log: {level: ~}
`)
	c := load(t, file, tenant(t).with(environment{
		"listen": "127.0.0.1:9001", "roles.auditor": " Auditor, ,Reader ", "metrics.listen": "", "trusted_proxies": "10.1.2.3/8,::1/128,::ffff:192.0.2.7/120",
	}))
	for _, check := range []struct {
		why       string
		got, want any
	}{
		{"the environment comes after the file", c.Listen, "127.0.0.1:9001"},
		{"the file comes after the defaults", c.Changes.Settle, 5 * time.Second},
		{"a list of the file", c.Roles.Admin, []string{"Boss", "Connector.Admin"}},
		{"one text is a list of one", c.Roles.Helpdesk, []string{"Desk"}},
		{"a list of the environment", c.Roles.Auditor, []string{"Auditor", "Reader"}},
		{"an empty variable empties", c.Metrics.Listen, ""},
		{"a section without keys says nothing", len(c.Retirement.Types), 3},
		{"null says nothing", c.Log.Level.String(), "INFO"},
		{"networks lose their host bits", c.TrustedProxies, []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("192.0.2.0/24"),
		}},
	} {
		if !reflect.DeepEqual(check.got, check.want) {
			t.Errorf("%s: got %v, want %v", check.why, check.got, check.want)
		}
	}
}

func TestFileThatIsMissing(t *testing.T) {
	t.Parallel()
	given := tenant(t).environ()
	if _, _, err := config.Load("/no/such/config.yaml", false, given); err != nil {
		t.Errorf("a file that nobody named may be missing: %v", err)
	}
	_, _, err := config.Load("/no/such/config.yaml", true, given)
	if err == nil || !strings.Contains(err.Error(), "/no/such/config.yaml") {
		t.Errorf("a named file is missing: got %v, want its path", err)
	}
}

func TestKubernetesVariablesAreWarnings(t *testing.T) {
	t.Parallel()
	names := []string{
		"SWITCHBOARD_SERVICE_HOST", "SWITCHBOARD_PORT", "SWITCHBOARD_PORT_8080_TCP_ADDR",
		// of services whose names begin with ours
		"SWITCHBOARD_POSTGRES_SERVICE_HOST", "SWITCHBOARD_POSTGRES_SERVICE_PORT", "SWITCHBOARD_POSTGRES_SERVICE_PORT_SQL_TLS",
		"SWITCHBOARD_POSTGRES_PORT", "SWITCHBOARD_WEB_PORT_8080_TCP", "SWITCHBOARD_WEB_PORT_8080_TCP_ADDR",
		"SWITCHBOARD_WEB_PORT_8080_TCP_PORT", "SWITCHBOARD_WEB_2_PORT_53_UDP_PROTO", "SWITCHBOARD_LOG_SERVICE_HOST",
	}
	environ := tenant(t).environ()
	for _, name := range names {
		environ = append(environ, name+"=tcp://10.0.0.1")
	}
	_, warnings, err := config.Load("", false, environ)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !slices.ContainsFunc(warnings, func(w string) bool { return strings.HasPrefix(w, name+" ") }) {
			t.Errorf("no warning names %s: %q", name, warnings)
		}
	}
}

// TestVariablesThatOnlyLookLikeKubernetes: a misspelt key is a fault still, and a key is read whatever it looks like.
func TestVariablesThatOnlyLookLikeKubernetes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"SWITCHBOARD_POSTGRES_SERVICE_HOSTS", "SWITCHBOARD_POSTGRES_SERVICE_URL", "SWITCHBOARD_METRICS_PORTS", "SWITCHBOARD_METRICS_LISTEN_PORT_9",
		"SWITCHBOARD_WEB_PORT_8080_TCP_ADDRESS", "SWITCHBOARD_WEB_PORT_HTTP_TCP", "SWITCHBOARD_LOG_SERVICE_LEVEL", "SWITCHBOARD_WEB_EXPORT",
		"SWITCHBOARD_DATABASE_SERVICE", "SWITCHBOARD_web_PORT",
	} {
		_, warnings, err := config.Load("", false, append(tenant(t).environ(), name+"=10.0.0.1"))
		if err == nil || !strings.Contains(err.Error(), name+": this variable does not exist") {
			t.Errorf("%s: got %v and the warnings %q, want a fault", name, err, warnings)
		}
	}
}

func TestForgottenPublicURLIsAWarning(t *testing.T) {
	t.Parallel()
	for publicURL, want := range map[string]int{"-": 1, "http://127.0.0.1:9000": 0} {
		given := tenant(t).with(environment{"listen": "127.0.0.1:9000", "public_url": publicURL})
		_, warnings, err := config.Load("", false, given.environ())
		if err != nil || len(warnings) != want {
			t.Errorf("public_url %s: warnings %q, error %v; want %d warnings", publicURL, warnings, err, want)
		}
	}
}
