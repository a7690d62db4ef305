// Package config loads the configuration whole, judges it, and explains every fault at once.
package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"time"
)

// Config is a configuration without a fault. Its fields are the keys of config.yaml, which says what each is for.
type Config struct {
	Listen     string   // host:port
	PublicURL  *url.URL // scheme and host only, in lower case, without a default port
	Demo       bool     // then OIDC and Graph are empty: the embedded tenant fills them
	DemoTenant struct {
		Listen     string // host:port
		Connectors int    // how many it starts with
	}
	Database struct {
		URL string // sqlite:PATH or postgres://...
	}
	OIDC struct {
		Issuer       string // compared letter by letter, so exactly as written
		ClientID     string
		ClientSecret string // of client_secret or client_secret_file; empty with another credential
		// ClientCertificateFile holds a certificate and its private key in PEM; it was readable at the start.
		ClientCertificateFile string
		// FederatedTokenFile holds a token that rotates: read it each time. It was readable at the start.
		FederatedTokenFile string
		// ClientAuth is auto, post, basic or private_key_jwt, and fits the credential.
		ClientAuth string
		ClaimsFrom string // id_token or userinfo
		// CertificateFrom and CertificateUntil are the life of the certificate as it was at the start; zero without one.
		CertificateFrom, CertificateUntil time.Time
	}
	Graph struct {
		BaseURL               *url.URL // without a slash at the end
		ReadScope, WriteScope string
	}
	Roles struct {
		Claim                    string
		Admin, Helpdesk, Auditor []string
	}
	Sessions struct {
		Idle, Absolute time.Duration
		PerPerson      int      // 0: any number
		Keys           [][]byte // at least one from Load, 32 bytes each; the first seals, all open
	}
	Audit struct {
		Key string // a signer's key as golang.org/x/mod/sumdb/note has it
		// CheckpointFile keeps the last signed checkpoint; its folder could be written at the start.
		CheckpointFile string
		Witnesses      []Witness
		// Stream is where every line that is committed goes, too: a file's path, or stdout; empty: nowhere.
		Stream string
		// StreamPosition is the file that says how far the stream has come.
		StreamPosition string
	}
	Changes struct {
		RequireReason bool
		Settle        time.Duration
		ClaimsExpire  time.Duration // claims.expire
	}
	Retirement struct {
		Date  time.Time // the day's start in UTC
		Types []string  // Graph's words
	}
	TrustedProxies []netip.Prefix
	Operation
}

// Operation is what the people who run the program add to it, and how they watch it.
type Operation struct {
	Bulk struct {
		Rate int // PATCHes a second, of all runs and replicas together: 1 to 5
	}
	Runbooks struct {
		Dir string // a folder that could be read at the start; empty: none
	}
	Metrics struct {
		Listen string // host:port; empty: off
	}
	Log struct{ Level slog.Level }
}

// Load reads the built-in defaults, then the file at path, then environ (as os.Environ has it), and judges the result.
// A file that is missing is no fault unless it was named. The error joins every fault, one a line, each naming its key and
// how to mend it; it never holds a secret. The warnings name the variables that were passed over.
// In the demo it makes the keys that are missing and keeps them beside the database; otherwise it writes nothing.
func Load(path string, named bool, environ []string) (Config, []string, error) {
	return load(path, named, environ, true)
}

// Look is Load that writes nothing: the keys that a demo would make are empty.
func Look(path string, named bool, environ []string) (Config, []string, error) {
	return load(path, named, environ, false)
}

// Listen is the address that serving listens on. It reads what Load reads and judges nothing else, so that a secret's file
// that is just being replaced makes nobody call a living instance dead.
func Listen(path string, named bool, environ []string) (string, error) {
	return alone(path, named, environ, func(j *judge) string { return j.address("listen") })
}

// DatabaseURL is database.url. It reads what Load reads and judges nothing else: the user that makes the tables need not be
// able to read the keys.
func DatabaseURL(path string, named bool, environ []string) (string, error) {
	return alone(path, named, environ, func(j *judge) string { return j.databaseURL(j.truth("demo")) })
}

// alone judges one key.
func alone(path string, named bool, environ []string, judged func(*judge) string) (string, error) {
	given := settings{}
	if _, err := given.readFile(path, named); err != nil {
		return "", err
	}
	given.readEnvironment(environ)
	j := judge{given: given}
	value := judged(&j)
	return value, errors.Join(j.faults...)
}

func load(path string, named bool, environ []string, makesKeys bool) (Config, []string, error) {
	given := settings{}
	faults, err := given.readFile(path, named)
	warnings, unknown := given.readEnvironment(environ)
	faults = append(faults, unknown...)
	if err != nil { // whatever else seems to be missing may well be in the file
		return Config{}, warnings, errors.Join(append([]error{err}, faults...)...)
	}
	j := judge{given: given, faults: faults, makesKeys: makesKeys}
	c := j.config()
	if len(j.faults) > 0 {
		return Config{}, warnings, errors.Join(j.faults...)
	}
	warnings = append(warnings, c.warnings(given)...)
	return c, append(warnings, c.unsafe(given, path)...), nil
}
