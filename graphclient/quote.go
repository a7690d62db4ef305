package graphclient

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"switchboard/internal/connector"
)

const (
	// maxText is how many characters of Graph's message are kept, maxRaw how many bytes of it are looked at, maxCode how
	// many characters of a code are kept.
	maxText = 1000
	maxRaw  = 8 << 10
	maxCode = 100
)

// The words that stand for what is left out of a text of Graph's.
const (
	address = "[address]"
	secret  = "[secret]"
)

// quotable is a text of Graph's that may be shown, recorded and logged: one line of at most maxText characters, without
// addresses, without secrets, and without marks that change the direction of writing. bearer is the one that was sent.
func quotable(text, bearer string) string {
	if bearer != "" {
		text = strings.ReplaceAll(text, bearer, secret)
	}
	text = strings.Map(plainRune, text)
	text = secrets().ReplaceAllString(text, secret)
	text = runs().ReplaceAllStringFunc(text, maskRun)
	text = paths().ReplaceAllString(text, address)
	text = labels().ReplaceAllStringFunc(text, maskLabel)
	return beginning(maxText, strings.Join(strings.Fields(text), " "))
}

// beginning is the beginning of a text, in characters.
func beginning(most int, text string) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most])
	}
	return text
}

func plainRune(r rune) rune {
	switch {
	case connector.ChangesDirection(r):
		return -1
	case unicode.IsControl(r):
		return ' '
	}
	return r
}

// onceUsed is a pattern that is made when it is first needed: most processes quote nothing of Graph's, and these take more of a start
// than most of the rest together.
func onceUsed(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// secrets are JSON web tokens, bearers, and values under a telling name.
var secrets = onceUsed(`(?:\b|_)eyJ[\w.~+/=-]{4,}` +
	`|(?i:\bbearer\s+(?:[\w~+/-]*\d|[\w~+/-]+\.[\w~+/-]|[\w~+/-]{20})[\w.~+/-]*=*)` +
	`|(?i:\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|pop)\s+)?[^\s"',;]+)` +
	`|(?i:\b(?:cookie|password|passwd|pwd|client[_-]?secret|secret|api[_-]?key|(?:access|refresh|id)[_-]?token|assertion)["']?\s*[:=]\s*["']?[^\s"',;]+)` +
	`|(?i:\b(?:sig|signature|token|code|key)=[^\s"'&,;]+)`)

var (
	// runs are too long for a word, as keys and tokens are.
	runs = onceUsed(`[\w+=-]{64,}`)
	// paths are addresses by their form: a URL, also escaped, and a share of a server.
	paths = onceUsed(`(?i)[a-z0-9+.-]*(?::(?:\\?/){2}|%3a%2f%2f)[^\s"<>]*|\\\\[^\s"'<>]+`)
	// labels are the stretches of a text of which one may name a machine.
	labels = onceUsed("[^\\s\"'<>()\\[\\]{},;|/\\\\=&?#@`]+")
	// hostName is a dotted name, perhaps with a word before it and a port behind it.
	hostName = onceUsed(`^(?:[\pL\pN_-]+:)?((?:[\pL\pN_-]+\.)+(\pL[\pL\pN-]+))(?::\d+)?$`)
	// portName is a name without dots and a port, or this machine.
	portName = onceUsed(`(?i)^(?:localhost(?::\d+)?|[a-z][\w-]*:\d{4,5})$`)
)

// endings are the last labels by which a host is known however it is written.
var endings = []string{"com", "net", "org", "local", "internal", "lan", "corp", "intra", "cloud", "gov", "edu", "info"}

// maskRun hides a run that is made as keys are, of small letters, capitals and digits.
func maskRun(run string) string {
	if strings.ContainsFunc(run, unicode.IsLower) && strings.ContainsFunc(run, unicode.IsUpper) && strings.ContainsFunc(run, unicode.IsDigit) {
		return secret
	}
	return run
}

// maskLabel hides the name or number of a machine.
func maskLabel(label string) string {
	bare := strings.TrimRight(label, ".:!?…")
	if portName().MatchString(bare) || isIP(label) || isIP(bare) || isHost(bare) {
		return address + label[len(bare):]
	}
	return label
}

func isIP(text string) bool {
	_, alone := netip.ParseAddr(text)
	_, withPort := netip.ParseAddrPort(text)
	return alone == nil || withPort == nil
}

// isHost tells fef.example.com from Edm.String, ReadWrite.All and microsoft.graph.user: the last label of a host is written
// in small letters, or all of the name in capitals, or it is one of the common endings.
func isHost(text string) bool {
	found := hostName().FindStringSubmatch(text)
	if found == nil || strings.HasPrefix(found[1], "microsoft.graph.") {
		return false
	}
	name, last := found[1], found[2]
	return last == strings.ToLower(last) || name == strings.ToUpper(name) || slices.Contains(endings, strings.ToLower(last))
}

// unlike is the text without what was sent, which a person may have typed: the log never repeats that.
func unlike(text string, typed []string) string {
	for _, value := range typed {
		for _, quote := range []string{"'", `"`} {
			text = strings.ReplaceAll(text, quote+value+quote, quote+"…"+quote)
		}
		if len(value) >= 4 {
			text = strings.ReplaceAll(text, value, "…")
		}
	}
	return text
}
