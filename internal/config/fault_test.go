package config_test

import (
	"strings"
	"testing"

	"switchboard/internal/config"
)

// TestFaults gives one bad value to a configuration that is good without it.
func TestFaults(t *testing.T) {
	t.Parallel()
	long := "no/such/file"
	short := write(t, "short", "c2hvcnQ=\n")
	empty := write(t, "empty", "\n")
	for _, test := range []struct {
		key, value string
		want       string // begins the only line
	}{
		{"listen", "not an address", `listen: "not an address" (SWITCHBOARD_LISTEN) is not an address`},
		{"listen", "127.0.0.1:70000", "listen: "},
		{"listen", "", "listen (SWITCHBOARD_LISTEN) is not an address"},
		{"public_url", "http://switchboard.example", "public_url: "},
		{"public_url", "https://switchboard.example/app", "public_url: "},
		{"public_url", "https://u:p@switchboard.example", "public_url: "},
		{"public_url", "https://switchboard.example?", "public_url: "},
		{"public_url", "switchboard.example", "public_url: "},
		{"public_url", "https://switchboard.example:", `public_url: "https://switchboard.example:" (SWITCHBOARD_PUBLIC_URL) has a port that is none`},
		{"public_url", "https://switchboard.example:/", "public_url: "},
		{"public_url", "https://switchboard.example:0", "public_url: "},
		{"public_url", "https://switchboard.example:65536", "public_url: "},
		{"public_url", "http://[::1]:", "public_url: "},
		{"oidc.issuer", "https://login.example:/v2.0", "oidc.issuer: "},
		{"graph.base_url", "https://graph.example:99999/beta", "graph.base_url: "},
		{"public_url", "", "public_url "},
		{"demo", "perhaps", `demo: "perhaps" (SWITCHBOARD_DEMO) is neither true nor false`},
		{"demo_listen", "8081", "demo_listen: "},
		{"demo_connectors", "many", `demo_connectors: "many" (SWITCHBOARD_DEMO_CONNECTORS) is no number`},
		{"demo_connectors", "-1", "demo_connectors: "},
		{"demo_connectors", "", "demo_connectors "},
		{"demo_connectors", "10001", `demo_connectors: "10001" (SWITCHBOARD_DEMO_CONNECTORS) is too many; write 10000 or fewer`},
		{"database.url", "mysql://user:hush@host/name", "database.url (SWITCHBOARD_DATABASE_URL) names no database"},
		{"database.url", "sqlite:", "database.url "},
		{"oidc.issuer", "http://login.example/v2.0", "oidc.issuer: "},
		{"oidc.issuer", "-", "oidc.issuer is missing"},
		{"oidc.client_id", "-", "oidc.client_id is missing"},
		{"oidc.client_secret", "-", "oidc.client_secret is missing"},
		{"oidc.client_secret_file", short, "oidc.client_secret_file: "},
		{"oidc.federated_token_file", short, "oidc.federated_token_file: "},
		{"oidc.client_auth", "jwt", `oidc.client_auth: "jwt" (SWITCHBOARD_OIDC_CLIENT_AUTH) is not a word that is known here; write auto, post, basic or private_key_jwt`},
		{"oidc.client_auth", "private_key_jwt", `oidc.client_auth: "private_key_jwt" (SWITCHBOARD_OIDC_CLIENT_AUTH) does not fit a client secret`},
		{"oidc.claims_from", "access_token", `oidc.claims_from: "access_token" (SWITCHBOARD_OIDC_CLAIMS_FROM) is not a word`},
		{"oidc.client_id", `"quoted"`, "oidc.client_id: "},
		{"oidc.client_secret", "\ufeffthe secret", "oidc.client_secret (SWITCHBOARD_OIDC_CLIENT_SECRET) holds a character that cannot be seen (U+FEFF)"},
		{"oidc.client_secret", "the se\u200bcret", "oidc.client_secret (SWITCHBOARD_OIDC_CLIENT_SECRET) holds a character that cannot be seen (U+200B)"},
		{"public_url", "https://bücher.example", `public_url: "https://bücher.example" (SWITCHBOARD_PUBLIC_URL) has letters in its host that no browser sends as they are; write the host as browsers send it, in ASCII: https://xn--bcher-kva.example`},
		{"public_url", "https://b%C3%BCcher.example:8443", "public_url: "},
		{"roles.admin", `["Connector.Admin"]`, `roles.admin: "[\"Connector.Admin\"]" (SWITCHBOARD_ROLES_ADMIN) stands in quotes or brackets`},
		{"roles.helpdesk", `["A", "B"]`, "roles.helpdesk: "},
		{"roles.auditor", `'Connector.Auditor'`, "roles.auditor: "},
		{"roles.auditor", "Connector.Auditor\ufeff", "roles.auditor: "},
		{"roles.claim", `"roles"`, "roles.claim: "},
		{"graph.write_scope", `"Config.ReadWrite"`, "graph.write_scope: "},
		{"retirement.types", `["hosted"]`, "retirement.types: "},
		{"graph.base_url", "http://graph.example/beta", "graph.base_url: "},
		{"graph.base_url", "ftp://graph.example/beta", "graph.base_url: "},
		{"roles.claim", "", "roles.claim "},
		{"sessions.idle", "soon", `sessions.idle: "soon" (SWITCHBOARD_SESSIONS_IDLE) is not a time span`},
		{"sessions.idle", "0s", "sessions.idle: "},
		{"sessions.absolute", "-1h", "sessions.absolute: "},
		{"sessions.keys", "-", "sessions.keys is missing"},
		{"sessions.keys", "c2hvcnQ=", "sessions.keys "},
		{"sessions.keys", sessionKey + ",c2hvcnQ=", "sessions.keys "},
		{"sessions.keys_file", short, "sessions.keys_file: "},
		{"audit.key_file", "-", "audit.key_file is missing"},
		{"audit.key_file", long, "audit.key_file: \"no/such/file\" (SWITCHBOARD_AUDIT_KEY_FILE) cannot be read: no such file or directory"},
		{"audit.key_file", empty, "audit.key_file: "},
		{"audit.key_file", short, "audit.key_file: "},
		{"changes.require_reason", "sometimes", "changes.require_reason: "},
		{"changes.settle", "0", "changes.settle: "},
		{"runbooks.dir", "no/such/folder", "runbooks.dir: \"no/such/folder\" (SWITCHBOARD_RUNBOOKS_DIR) is no folder that can be read: no such file or directory"},
		{"runbooks.dir", short, "runbooks.dir: "},
		{"claims.expire", "3", "claims.expire: "},
		{"bulk.rate", "0", `bulk.rate: "0" (SWITCHBOARD_BULK_RATE) is no pace; write 1 to 5`},
		{"bulk.rate", "6", "bulk.rate: "},
		{"bulk.rate", "four", `bulk.rate: "four" (SWITCHBOARD_BULK_RATE) is no pace; write 1 to 5`},
		{"retirement.date", "19.2.2024", "retirement.date: "},
		{"trusted_proxies", "10.0.0.0/8,10.0.0.1", `trusted_proxies: "10.0.0.0/8,10.0.0.1" (SWITCHBOARD_TRUSTED_PROXIES) holds "10.0.0.1"`},
		{"metrics.listen", "9100", "metrics.listen: "},
		{"log.level", "loud", "log.level: "},
		{"no_such_key", "1", "SWITCHBOARD_NO_SUCH_KEY: this variable does not exist"},
		{"session.idle", "1", "SWITCHBOARD_SESSION_IDLE: this variable does not exist; did you mean SWITCHBOARD_SESSIONS_IDLE?"},
	} {
		t.Run(test.key+"="+test.value, func(t *testing.T) {
			t.Parallel()
			got := faults("", tenant(t).with(environment{test.key: test.value}))
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got %q, want one line that begins with %q", got, test.want)
			}
		})
	}
}

func TestFaultsOfTheFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, want string }{
		{"unknown key", "changes:\n  require_reasons: false\n", "changes.require_reasons: this key does not exist; did you mean changes.require_reason? (FILE, line 2)"},
		{"unknown section", "\nmail: {host: x}\n", "mail: this key does not exist; remove it (FILE, line 2)"},
		{"given twice", "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "listen: is given twice; keep one (FILE, line 2)"},
		{"section as a value", "database: sqlite:x\n", "database: holds keys"},
		{"document as a value", "hello\n", "FILE: holds keys"},
		{"list for a value", "listen: [a, b]\n", "listen: is one value"},
		{"section for a value", "log:\n  level: {a: b}\n", "log.level: is one value"},
		{"section for a list", "roles:\n  admin: {a: b}\n", "roles.admin: is a list of plain texts (FILE, line 2)"},
		{"nothing in a list", "roles:\n  admin:\n    - A\n    - null\n", "roles.admin: is a list of plain texts (FILE, line 4)"},
		{"list of lists", "roles: {admin: [[a]]}\n", "roles.admin: is a list of plain texts"},
		{"bad value", "sessions:\n  idle: soon\n", `sessions.idle: "soon" (FILE, line 2) is not a time span`},
		{"no YAML", "a: b: c\n", "FILE is not YAML: "},
		{"two documents", "demo: false\n---\ndemo: true\n", "FILE holds more than one YAML document"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "config.yaml", test.file)
			got := faults(file, tenant(t))
			want := strings.ReplaceAll(test.want, "FILE", file)
			if len(got) != 1 || !strings.HasPrefix(got[0], want) {
				t.Errorf("got %q, want one line that begins with %q", got, want)
			}
		})
	}
}

// TestSuggestionsAreAlike: a name is suggested for what is probably the same name misspelt, and for no other.
func TestSuggestionsAreAlike(t *testing.T) {
	t.Parallel()
	for unknown, want := range map[string]string{
		"lsiten": "listen", "listn": "listen", "demmo": "demo", "session.idle": "sessions.idle", "sessions.idl": "sessions.idle",
		"oidc.client_sceret": "oidc.client_secret", "role.admins": "roles.admin", "trusted_proxys": "trusted_proxies",
		"foo": "", "mode": "", "lost": "", "oidc.client_key": "", "sessions.odd": "", "log.label": "", "graph.base_uri": "graph.base_url",
	} {
		got := faults("", tenant(t).with(environment{unknown: "1"}))
		end := "; remove it"
		if want != "" {
			end = "; did you mean SWITCHBOARD_" + strings.ToUpper(strings.ReplaceAll(want, ".", "_")) + "?"
		}
		if len(got) != 1 || !strings.HasSuffix(got[0], end) {
			t.Errorf("%s: got %q, want it to end with %q", unknown, got, end)
		}
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	file := write(t, "config.yaml", "log: {level: loud}\nlisten: nowhere\ncolour: red\n")
	got := strings.Join(faults(file, tenant(t).with(environment{
		"sessions.idle": "soon", "no_such_key": "1", "public_url": "http://switchboard.example",
		"oidc.issuer": "http://login.example/v2.0", "graph.base_url": "http://graph.example/beta", "audit.key_file": "-",
	})), "\n")
	for _, want := range []string{"log.level", "listen", "colour", "sessions.idle", "NO_SUCH_KEY", "public_url", "oidc.issuer", "graph.base_url", "audit.key_file"} {
		if !strings.Contains(got, want) {
			t.Errorf("no line names %s:\n%s", want, got)
		}
	}
	if lines := strings.Count(got, "\n") + 1; lines != 9 {
		t.Errorf("got %d lines, want 9, one a fault:\n%s", lines, got)
	}
}

// TestFaultsHoldNoSecret: what is wrong with a secret is said without repeating it.
func TestFaultsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-and-not-base64"
	_, _, err := config.Load("", false, tenant(t).with(environment{
		"oidc.client_secret":             secret,
		"oidc.client_certificate_file":   write(t, "certificate.pem", secret),
		"sessions.keys":                  secret,
		"database.url":                   "mysql://user:" + secret + "@host/name",
		"audit.key_file":                 write(t, "audit.key", "PRIVATE+KEY+"+secret),
		"sessions.keys_file":             write(t, "keys", secret),
		"oidc.client_secret_file":        write(t, "secret", secret),
		"changes.require_reason":         "perhaps",
		"oidc.federated_token_file":      write(t, "token", secret),
		"graph.write_scope":              "api://write",
		"sessions.absolute":              "tomorrow",
		"oidc.client_secret_file_secret": secret,
	}).environ())
	if err == nil || strings.Count(err.Error(), "\n") < 6 {
		t.Fatalf("got %v, want many faults", err)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("a fault repeats a secret:\n%v", err)
	}
}
