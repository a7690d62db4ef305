package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"switchboard/internal/config"
)

func demo(t *testing.T) environment {
	t.Helper()
	return environment{"database.url": "sqlite:" + filepath.Join(t.TempDir(), "switchboard.db")}
}

func TestDemoNeedsNothing(t *testing.T) {
	t.Parallel()
	c := load(t, "", demo(t))
	if !c.Demo || c.OIDC.Issuer != "" || c.Graph.BaseURL != nil || c.Graph.ReadScope != "" {
		t.Errorf("the demo's tenant is not left to the program that embeds it: %+v", c)
	}
}

// TestDemoStandsAlone: each key that opens the demo or stands beside it is named.
func TestDemoStandsAlone(t *testing.T) {
	t.Parallel()
	given := demo(t).with(tenant(t)).with(environment{
		"demo": "true", "listen": "0.0.0.0:0", "demo_listen": ":8081", "graph.base_url": "https://graph.microsoft.com/beta",
		"sessions.keys": "-", "audit.key_file": "-",
	})
	got := faults("", given)
	want := []string{"listen: ", "demo_listen: ", "oidc.issuer: ", "oidc.client_id: ", "oidc.client_secret ", "graph.base_url: "}
	if len(got) != len(want) {
		t.Fatalf("got %d faults, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("fault %d is %q, want %q", i+1, got[i], want[i])
		}
	}
	directory := filepath.Dir(strings.TrimPrefix(given["database.url"], "sqlite:"))
	if files, _ := os.ReadDir(directory); len(files) != 0 {
		t.Errorf("a configuration with faults left %v behind", files)
	}
}

func TestEmptyVariablesStandBesideTheDemo(t *testing.T) {
	t.Parallel()
	if got := faults("", demo(t).with(environment{"oidc.issuer": "", "oidc.client_secret": ""})); got != nil {
		t.Errorf("an empty variable is no tenant: %q", got)
	}
}

// TestDemoKeepsItsKeys: processes that start together, and each later one, agree on the same keys.
func TestDemoKeepsItsKeys(t *testing.T) {
	t.Parallel()
	given := demo(t)
	configs := make([]config.Config, 8)
	var all sync.WaitGroup
	for i := range configs {
		all.Go(func() { configs[i], _, _ = config.Load("", false, given.environ()) })
	}
	all.Wait()
	later := load(t, "", given)
	if len(later.Sessions.Keys) != 1 || len(later.Sessions.Keys[0]) != 32 || !strings.HasPrefix(later.Audit.Key, "PRIVATE+KEY+switchboard.demo/audit+") {
		t.Fatalf("keys: %d, audit key %.40q", len(later.Sessions.Keys), later.Audit.Key)
	}
	for i, c := range configs {
		if !reflect.DeepEqual(c.Sessions.Keys, later.Sessions.Keys) || c.Audit.Key != later.Audit.Key {
			t.Errorf("start %d has other keys", i)
		}
	}
	database := strings.TrimPrefix(given["database.url"], "sqlite:")
	files, err := os.ReadDir(filepath.Dir(database))
	if err != nil || len(files) != 2 {
		t.Errorf("beside the database lie %v (%v), want the two keys", files, err)
	}
	for _, name := range []string{database + ".session-keys", database + ".audit-key"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want 0600", name, info, err)
		}
	}
}

// TestLookMakesNoKeys: it reads those that are kept, and makes none.
func TestLookMakesNoKeys(t *testing.T) {
	t.Parallel()
	given := demo(t)
	c, _, err := config.Look("", false, given.environ())
	if err != nil || c.Sessions.Keys != nil || c.Audit.Key != "" {
		t.Errorf("before the first start: keys %v, audit key %.40q, %v", c.Sessions.Keys, c.Audit.Key, err)
	}
	if files, err := os.ReadDir(filepath.Dir(strings.TrimPrefix(given["database.url"], "sqlite:"))); err != nil || len(files) != 0 {
		t.Errorf("a look left %v behind (%v)", files, err)
	}
	kept := load(t, "", given)
	c, _, err = config.Look("", false, given.environ())
	if err != nil || !reflect.DeepEqual(c.Sessions.Keys, kept.Sessions.Keys) || c.Audit.Key != kept.Audit.Key {
		t.Errorf("a look at kept keys: keys %d, audit key %.40q, %v", len(c.Sessions.Keys), c.Audit.Key, err)
	}
}

func TestDemoTakesTheKeysItIsGiven(t *testing.T) {
	t.Parallel()
	given := demo(t).with(environment{"sessions.keys": sessionKey, "audit.key_file": write(t, "audit.key", auditKey)})
	c := load(t, "", given)
	if string(c.Sessions.Keys[0]) != "01234567890123456789012345678901" || c.Audit.Key != auditKey {
		t.Errorf("got the keys %q and %q", c.Sessions.Keys, c.Audit.Key)
	}
}

func TestKeptKeysThatAreBroken(t *testing.T) {
	t.Parallel()
	for suffix, want := range map[string]string{".session-keys": "sessions.keys_file", ".audit-key": "audit.key_file"} {
		given := demo(t)
		path := strings.TrimPrefix(given["database.url"], "sqlite:") + suffix
		if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(faults("", given), "\n")
		if !strings.Contains(got, want) || !strings.Contains(got, path) {
			t.Errorf("%s: got %q, want %s and the path", suffix, got, want)
		}
	}
}

func TestKeysThatCannotBeKept(t *testing.T) {
	t.Parallel()
	got := faults("", environment{"database.url": "sqlite:/no/such/directory/switchboard.db"})
	if len(got) != 2 || !strings.HasPrefix(got[0], "sessions.keys_file: ") || !strings.HasPrefix(got[1], "audit.key_file: ") {
		t.Errorf("got %q, want one fault a key", got)
	}
}
