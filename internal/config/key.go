package config

import "strings"

// key is one thing that can be configured.
type key struct {
	path    string // dotted, as in the file
	initial string // the built-in default; a list's is separated by commas
	list    bool
	secret  bool // its value is never repeated in a fault
}

// keys is everything there is to configure, in the order of the file.
var keys = []key{
	{path: "listen", initial: "127.0.0.1:8080"},
	{path: "public_url", initial: "http://127.0.0.1:8080"},
	{path: "demo", initial: "true"},
	{path: "demo_listen", initial: "127.0.0.1:8081"},
	{path: "demo_connectors", initial: "43"},
	{path: "database.url", initial: "sqlite:switchboard.db", secret: true}, // it may hold a password
	{path: "oidc.issuer"},
	{path: "oidc.client_id"},
	{path: "oidc.client_secret", secret: true},
	{path: "oidc.client_secret_file"},
	{path: "oidc.client_certificate_file"},
	{path: "oidc.federated_token_file"},
	{path: "oidc.client_auth", initial: "auto"},
	{path: "oidc.claims_from", initial: "id_token"},
	{path: "graph.base_url", initial: "https://graph.microsoft.com/beta"},
	{path: "graph.read_scope"},
	{path: "graph.write_scope"},
	{path: "roles.claim", initial: "roles"},
	{path: "roles.admin", initial: "Connector.Admin", list: true},
	{path: "roles.helpdesk", initial: "Connector.Helpdesk", list: true},
	{path: "roles.auditor", initial: "Connector.Auditor", list: true},
	{path: "sessions.idle", initial: "30m"},
	{path: "sessions.absolute", initial: "8h"},
	{path: "sessions.per_person", initial: "0"},
	{path: "sessions.keys", list: true, secret: true},
	{path: "sessions.keys_file"},
	{path: "audit.key_file"},
	{path: "audit.checkpoint_file"},
	{path: "audit.witnesses", list: true},
	{path: "audit.stream"},
	{path: "changes.require_reason", initial: "true"},
	{path: "changes.settle", initial: "60s"},
	{path: "runbooks.dir"},
	{path: "claims.expire", initial: "72h"},
	{path: "bulk.rate", initial: "4"},
	{path: "retirement.date", initial: "2024-02-19"},
	{path: "retirement.types", initial: "onPremises,hosted,dedicated", list: true},
	{path: "trusted_proxies", list: true},
	{path: "metrics.listen"},
	{path: "log.level", initial: "info"},
}

const variablePrefix = "SWITCHBOARD_"

// variable is the environment's name for a key.
func variable(path string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// keyAt finds the key that the file calls path.
func keyAt(path string) (key, bool) {
	for _, k := range keys {
		if k.path == path {
			return k, true
		}
	}
	return key{}, false
}

// keyOf finds the key that the environment calls name.
func keyOf(name string) (key, bool) {
	for _, k := range keys {
		if variable(k.path) == name {
			return k, true
		}
	}
	return key{}, false
}

// isSection says whether keys lie below path.
func isSection(path string) bool {
	for _, k := range keys {
		if strings.HasPrefix(k.path, path+".") {
			return true
		}
	}
	return false
}

// meant ends a fault about an unknown name with the known one that was probably meant; spelt spells a key's path.
func meant(name string, spelt func(path string) string) string {
	best, least := "", len(name)
	for _, k := range keys {
		known := spelt(k.path)
		if apart := distance(name, known); apart < least && apart <= mistypes(name, known) {
			best, least = known, apart
		}
	}
	if best == "" {
		return "; remove it"
	}
	return "; did you mean " + best + "?"
}

// mistypes is how many letters of a known name may be wrong so that it is still the one that was meant: at most three, and at
// most a third of the word in which the two begin to differ. A section that they share makes other words no more alike.
func mistypes(name, known string) int {
	word := 0
	for i := 0; i < min(len(name), len(known)) && name[i] == known[i]; i++ {
		if known[i] == '.' || known[i] == '_' {
			word = i + 1
		}
	}
	return min(3, len(known[word:])/3)
}

// distance counts the letters to insert, remove or replace to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
