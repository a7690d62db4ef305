package config_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/config"
)

const drawn = "y5B0dLXh0mKpFhJ1l2m3o4p5q6r7s8t9u0v1w2x3y4A="

// TestUnsafeSettingsAreNamed: each works, and protects less than its author may believe.
func TestUnsafeSettingsAreNamed(t *testing.T) {
	t.Parallel()
	zero := base64.StdEncoding.EncodeToString(make([]byte, 32))
	twice := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0123456789abcdef", 2)))
	for name, test := range map[string]struct{ key, value, says string }{
		"zero key":         {"SESSIONS_KEYS", zero, "key 1 is a pattern"},
		"half a key twice": {"SESSIONS_KEYS", drawn + "," + twice, "key 2 is a pattern"},
		"the same key":     {"SESSIONS_KEYS", drawn + "," + drawn, "key 2 is given twice"},
		"a drawn key":      {"SESSIONS_KEYS", drawn, ""},
		"all of IPv4":      {"TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0", "trusted_proxies: 0.0.0.0/0 trusts everybody"},
		"half of IPv4":     {"TRUSTED_PROXIES", "128.0.0.0/1", "trusts everybody"},
		"all of IPv6":      {"TRUSTED_PROXIES", "::/0", "trusted_proxies: ::/0 trusts everybody"},
		"all IPv6 in use":  {"TRUSTED_PROXIES", "2000::/3", "trusts everybody"},
		"IPv4 in IPv6":     {"TRUSTED_PROXIES", "::ffff:0:0/96", "trusts everybody"},
		"private networks": {"TRUSTED_PROXIES", "10.0.0.0/8,fd00::/16,::1/128,172.17.0.1/32", ""},
	} {
		environ := []string{"SWITCHBOARD_" + test.key + "=" + test.value, "SWITCHBOARD_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "x.db")}
		_, warnings, err := config.Load("", false, environ)
		said := strings.Join(warnings, "\n")
		if err != nil || (test.says == "") != (said == "") || !strings.Contains(said, test.says) {
			t.Errorf("%s: %q, %v; want %q", name, said, err, test.says)
		}
	}
}

// TestFilesThatOthersCanRead: keys, the secret, the database with its log, and a configuration that holds a secret itself.
func TestFilesThatOthersCanRead(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o600, 0o400, 0o640, 0o644, 0o602} {
		folder := t.TempDir()
		put := func(name, content string) string {
			path := filepath.Join(folder, name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			return path
		}
		keys, key, secret := put("session-keys", drawn+"\n"), put("audit-key", auditKey), put("secret", "s3cret")
		database := put("x.db", "")
		log := put("x.db-wal", "")
		file := put("config.yaml", "demo: false\ndatabase: {url: \"sqlite:"+database+"\"}\noidc: {issuer: https://id.example, client_id: me, client_secret_file: "+secret+
			"}\naudit: {key_file: "+key+"}\nsessions: {keys_file: "+keys+"}\n")
		_, warnings, err := config.Look(file, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(warnings, "\n")
		for _, path := range []string{keys, key, secret, database, log} {
			if open := mode&0o077 != 0; strings.Contains(said, "can open "+path+" ") != open {
				t.Errorf("mode %o of %s:\n%s", mode, path, said)
			}
		}
		if strings.Contains(said, file) {
			t.Errorf("mode %o: a configuration without a secret is named:\n%s", mode, said)
		}
		file = put("config.yaml", "sessions: {keys: ["+drawn+"]}\ndatabase: {url: \"sqlite:"+filepath.Join(folder, "y.db")+"\"}\n")
		if _, warnings, err = config.Look(file, true, nil); err != nil || strings.Contains(strings.Join(warnings, "\n"), file) != (mode&0o077 != 0) {
			t.Errorf("mode %o of a configuration with a secret: %v, %v", mode, warnings, err)
		}
	}
}
