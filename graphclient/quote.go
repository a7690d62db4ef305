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
	return beginning(maxText, strings.Join(strings.Fields(maskMachines(text)), " "))
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
	// labels are the stretches of a text of which one may name a machine, and pathBehind is what belongs to the name there.
	labels     = onceUsed(`[\pL\pN_.:-]+`)
	pathBehind = onceUsed(`^[/\\?#][^\s"<>\p{Pi}\p{Pf}]*`)
	// hostName is a dotted name, perhaps with words before it and a port or its name behind it.
	hostName = onceUsed(`^(?:[\pL\pN_-]+:)*((?:[\pL\pN_-]+\.)+(\pL[\pL\pN-]+))(?::[\pL\pN_-]+)*$`)
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

// maskMachines hides the names and numbers of machines, each with the path behind it.
func maskMachines(text string) string {
	var masked strings.Builder
	for at := labels().FindStringIndex(text); at != nil; at = labels().FindStringIndex(text) {
		label, rest := text[at[0]:at[1]], text[at[1]:]
		masked.WriteString(text[:at[0]])
		if machine := machineIn(label); machine == "" {
			masked.WriteString(label)
		} else {
			masked.WriteString(strings.Replace(label, machine, address, 1))
			path := pathBehind().FindString(rest)
			rest = rest[len(strings.TrimRight(path, ".,:;!?")):]
		}
		text = rest
	}
	return masked.String() + text
}

// machineIn is the name or number of a machine in a label, without the points and colons around it; empty for none.
func machineIn(label string) string {
	for _, bare := range []string{label, strings.TrimRight(label, "."), strings.Trim(label, ".:")} {
		if portName().MatchString(bare) || isIP(bare) || isHost(bare) {
			return bare
		}
	}
	return ""
}

func isIP(text string) bool {
	_, alone := netip.ParseAddr(text)
	_, withPort := netip.ParseAddrPort(text)
	return alone == nil || withPort == nil
}

// isHost tells fef.example.com from Edm.String, ReadWrite.All and microsoft.graph.user: the last label of a host is written
// in small letters, or all of the name in capitals, or it is one of the common endings or a country's, as in EX01.Contoso.De.
func isHost(text string) bool {
	found := hostName().FindStringSubmatch(text)
	if found == nil || strings.HasPrefix(found[1], "microsoft.graph.") {
		return false
	}
	name, last := found[1], found[2]
	country := len(last) == 2 && last != "Id" && last != strings.ToUpper(last)
	return country || last == strings.ToLower(last) || name == strings.ToUpper(name) || slices.Contains(endings, strings.ToLower(last))
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
