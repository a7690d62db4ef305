package config

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
)

// unsafe are settings that work and protect less than their author may believe, each with how to mend it. file is the
// configuration's own.
func (c Config) unsafe(given settings, file string) []string {
	var warnings []string
	for _, path := range []string{"sessions.keys_file", "audit.key_file", "oidc.client_secret_file", "oidc.client_certificate_file"} {
		for _, name := range given[path].values {
			warnings = append(warnings, exposed(path, name)...)
		}
	}
	if holdsSecrets(given, file) {
		warnings = append(warnings, exposed("the configuration holds a secret", file)...)
	}
	if database, sqlite := strings.CutPrefix(c.Database.URL, "sqlite:"); sqlite {
		for _, name := range []string{database, database + "-wal"} {
			warnings = append(warnings, exposed("database.url", name)...)
		}
	}
	warnings = append(warnings, weakKeys(c.Sessions.Keys)...)
	for _, network := range c.TrustedProxies {
		if everybody(network) {
			warnings = append(warnings, fmt.Sprintf("trusted_proxies: %s trusts everybody, so anybody may say which address they come from; name the proxy alone, such as 10.0.0.7/32", network))
		}
	}
	return warnings
}

// exposed warns of a file that other accounts may read or write. One that belongs to another account, as a mounted secret
// does, has to let this program in by its group.
func exposed(what, name string) []string {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() || runtime.GOOS == "windows" { // which keeps no such rights
		return nil
	}
	others := os.FileMode(0o007)
	if owned(info) {
		others = 0o077
	}
	if info.Mode().Perm()&others == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: other accounts of this machine can open %s (mode %04o); chmod 600 it, and make its secrets anew if somebody may have read them", what, name, info.Mode().Perm())}
}

// holdsSecrets says whether the file gives a key that is secret.
func holdsSecrets(given settings, file string) bool {
	return slices.ContainsFunc(keys, func(k key) bool {
		at := given[k.path]
		secret := k.secret && len(at.values) > 0 && strings.HasPrefix(at.origin, file+", line ")
		if k.path == "database.url" {
			return secret && strings.Contains(at.values[0], "@")
		}
		return secret
	})
}

// weakKeys warns of session keys that nobody drew: all of one byte or of a short pattern, or the same one twice.
func weakKeys(keys [][]byte) []string {
	var warnings []string
	for i, key := range keys {
		if patterned(key) {
			warnings = append(warnings, fmt.Sprintf("sessions.keys: key %d is a pattern that anybody can guess, so anybody with the database can open and forge sessions; make one with `switchboard key session`", i+1))
		}
		if slices.ContainsFunc(keys[:i], func(other []byte) bool { return bytes.Equal(key, other) }) {
			warnings = append(warnings, fmt.Sprintf("sessions.keys: key %d is given twice; remove one", i+1))
		}
	}
	return warnings
}

// patterned says whether the key repeats its first half, or counts up or down.
func patterned(key []byte) bool {
	half := len(key) / 2
	if bytes.Equal(key[:half], key[half:]) {
		return true
	}
	for i := 2; i < len(key); i++ {
		if key[i]-key[i-1] != key[1]-key[0] {
			return false
		}
	}
	return true
}

// everybody says whether a network is wider than anybody's: than an IPv4 /8, an IPv6 /16, or all of IPv4 as IPv6 writes it.
func everybody(network netip.Prefix) bool {
	if network.Addr().Is4() {
		return network.Bits() < 8
	}
	return network.Bits() < 16 || network.Contains(netip.MustParseAddr("::ffff:0:0")) && network.Bits() <= 96
}
