package graphclient

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

const (
	maxClaims   = 8 << 10
	intuneRealm = "urn:intune:service"
)

// challenge is one scheme of a WWW-Authenticate header with its parameters (RFC 9110, 11.6.1), names in lower case.
type challenge struct {
	scheme     string
	parameters map[string]string
}

// claims is the decoded claims challenge of an answer, a JSON object; empty if there is none that can be answered.
func claims(header http.Header) string {
	for _, c := range challenges(header) {
		if c.scheme == "bearer" && strings.EqualFold(c.parameters["error"], "insufficient_claims") {
			if text := decodeClaims(c.parameters["claims"]); text != "" {
				return text
			}
		}
	}
	return ""
}

func realmIsIntune(header http.Header) bool {
	for _, c := range challenges(header) {
		if strings.HasPrefix(c.parameters["realm"], intuneRealm) {
			return true
		}
	}
	return false
}

// decodeClaims accepts both alphabets of base64, with or without padding.
func decodeClaims(encoded string) string {
	if len(encoded) > maxClaims {
		return ""
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(encoded, "="))
	text, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return ""
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	var asked struct {
		AccessToken json.RawMessage `json:"access_token"`
		IDToken     json.RawMessage `json:"id_token"`
	}
	if json.Unmarshal(text, &asked) != nil || asked.AccessToken == nil && asked.IDToken == nil {
		return ""
	}
	return string(text)
}

// challenges reads every WWW-Authenticate header: several challenges may share one, and a scheme's parameters come in any
// order, quoted or not.
func challenges(header http.Header) []challenge {
	var all []challenge
	for _, value := range header.Values("WWW-Authenticate") {
		s := scanner(value)
		for s.next() {
			name := strings.ToLower(s.until(" \t,="))
			switch {
			case len(all) > 0 && s.skip('='):
				all[len(all)-1].set(name, s.value())
			case name != "":
				all = append(all, challenge{name, map[string]string{}})
			default:
				s.skip('=')
			}
		}
	}
	return all
}

// set keeps the first of several parameters of one name.
func (c challenge) set(name, value string) {
	if _, known := c.parameters[name]; !known && name != "" {
		c.parameters[name] = value
	}
}

// scanner is what is left of a header.
type scanner string

// next skips what separates and says whether anything follows.
func (s *scanner) next() bool {
	*s = scanner(strings.TrimLeft(string(*s), " \t,"))
	return *s != ""
}

// until takes everything up to one of the stops.
func (s *scanner) until(stops string) string {
	end := strings.IndexAny(string(*s), stops)
	if end < 0 {
		end = len(*s)
	}
	taken := string((*s)[:end])
	*s = (*s)[end:]
	return taken
}

// skip takes one character, and blanks around it, if it comes next.
func (s *scanner) skip(character byte) bool {
	rest := strings.TrimLeft(string(*s), " \t")
	if rest == "" || rest[0] != character {
		return false
	}
	*s = scanner(strings.TrimLeft(rest[1:], " \t"))
	return true
}

// value takes a quoted string, or a token up to a blank or comma. A base64 text may hold '='.
func (s *scanner) value() string {
	if *s == "" || (*s)[0] != '"' {
		return s.until(" \t,")
	}
	var text strings.Builder
	rest := string(*s)[1:]
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '"':
			*s = scanner(rest[i+1:])
			return text.String()
		case rest[i] == '\\' && i+1 < len(rest):
			i++
		}
		text.WriteByte(rest[i])
	}
	*s = "" // the quotation never ends
	return text.String()
}
