package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/database"
)

// tenantOn is the configuration of a tenant whose database and keys lie in the folder; issuer tells tenants apart.
func tenantOn(t *testing.T, folder, issuer string) []string {
	t.Helper()
	key, sessions := filepath.Join(folder, "audit-key"), filepath.Join(folder, "session-keys")
	if _, err := os.Stat(key); err != nil {
		for _, made := range []called{callWith(nil, "key", "audit", origin, "-out", key), callWith(nil, "key", "session", "-out", sessions)} {
			if made.code != clean {
				t.Fatalf("the keys: %+v", made)
			}
		}
	}
	return []string{
		"SWITCHBOARD_DEMO=false", "SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_PUBLIC_URL=http://127.0.0.1:8080", "SWITCHBOARD_DATABASE_URL=sqlite:" + folder + "/x.db",
		"SWITCHBOARD_OIDC_ISSUER=" + issuer, "SWITCHBOARD_OIDC_CLIENT_ID=c", "SWITCHBOARD_OIDC_CLIENT_SECRET=s",
		"SWITCHBOARD_SESSIONS_KEYS_FILE=" + sessions, "SWITCHBOARD_AUDIT_KEY_FILE=" + key,
	}
}

// TestAcceptIsTheWayToAnotherTenant: a database has one, for the program and for the demo, until another is accepted.
func TestAcceptIsTheWayToAnotherTenant(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one, other := tenantOn(t, folder, "https://login.example/one"), tenantOn(t, folder, "https://login.example/other")
	first := callWith(one, "audit", "accept", "-reason", "to begin with")
	if first.code != clean || !strings.Contains(first.out, "Accepted as line 1; "+folder+"/audit-key.checkpoint") {
		t.Fatalf("on a new database: %+v", first)
	}
	demo := []string{"SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0", one[3]}
	for name, environ := range map[string][]string{"another tenant": other, "the demo": demo} {
		if got := callWith(environ); got.code != misconfigured || !strings.Contains(got.errs, "database.url: it holds the record "+origin) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := callWith(other, "audit", "accept", "-reason", "moved to another tenant"); got.code != clean || !strings.Contains(got.out, "line 2") {
		t.Fatalf("another tenant: %+v", got)
	}
	if got := callWith(one); got.code != misconfigured || !strings.Contains(got.errs, "https://login.example/other") {
		t.Errorf("the former tenant: %+v", got)
	}
}

// TestAcceptRefuses without a reason, in a demo, and while a program serves.
func TestAcceptRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	tenant := tenantOn(t, folder, "https://login.example/one")
	for name, test := range map[string]struct {
		environ, args []string
		code          int
		says          string
	}{
		"no reason":        {tenant, nil, misconfigured, "say why with -reason"},
		"a blank reason":   {tenant, []string{"-reason", " "}, misconfigured, "say why with -reason"},
		"a long reason":    {tenant, []string{"-reason", strings.Repeat("é", 4001)}, misconfigured, "4000 characters"},
		"a demo":           {[]string{"SWITCHBOARD_DATABASE_URL=sqlite:" + folder + "/demo.db"}, []string{"-reason", "x"}, misconfigured, "a demo accepts nothing"},
		"no configuration": {[]string{"SWITCHBOARD_DEMO=false"}, []string{"-reason", "x"}, misconfigured, "audit.key_file is missing"},
	} {
		if got := callWith(test.environ, append([]string{"audit", "accept"}, test.args...)...); got.code != test.code || !strings.Contains(got.errs, test.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	lock, err := database.Hold("sqlite:" + folder + "/x.db")
	if err != nil {
		t.Fatal(err)
	}
	if got := callWith(tenant, "audit", "accept", "-reason", "x"); got.code != failed || !strings.Contains(got.errs, "another process uses the database") {
		t.Errorf("beside a serving program: %+v", got)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if got := callWith(tenant, "audit", "accept", "-reason", "x"); got.code != clean {
		t.Errorf("once it has stopped: %+v", got)
	}
}
