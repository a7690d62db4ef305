package components

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"switchboard/internal/connector"
)

// unseenNames are what people call the characters that are met most.
var unseenNames = map[rune]string{
	' ': "space", '\t': "tab", '\n': "line break", '\r': "carriage return", 0: "NUL",
	0x00A0: "no-break space", 0x00AD: "soft hyphen", 0x034F: "grapheme joiner", 0x061C: "Arabic letter mark",
	0x2002: "en space", 0x2003: "em space", 0x2004: "three-per-em space", 0x2005: "four-per-em space", 0x2006: "six-per-em space",
	0x2000: "en quad", 0x2001: "em quad", 0x2007: "figure space", 0x2008: "punctuation space", 0x2009: "thin space", 0x200A: "hair space",
	0x200B: "zero-width space", 0x200C: "zero-width non-joiner", 0x200D: "zero-width joiner",
	0x200E: "left-to-right mark", 0x200F: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "end of direction", 0x202D: "left-to-right override",
	0x202E: "right-to-left override", 0x202F: "narrow no-break space", 0x205F: "mathematical space", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "end of isolate",
	blankBraille: "empty Braille pattern", 0x3000: "ideographic space", 0x3164: "Hangul filler",
	0xFE0E: "text selector", 0xFE0F: "emoji selector", 0xFEFF: "byte order mark",
}

// nameOf is what a character that nobody sees is called, with its code point: "no-break space (U+00A0)".
func nameOf(letter rune, times int) string {
	name, known := unseenNames[letter]
	switch {
	case known:
	case letter >= 0xE0000 && letter <= 0xE007F:
		name = "tag character"
	case unicode.Is(unicode.Variation_Selector, letter):
		name = "variation selector"
	case unicode.IsControl(letter):
		name = "control character"
	case unicode.Is(unicode.Co, letter):
		name = "private character"
	case unicode.Is(unicode.Zs, letter):
		name = "space of another kind"
	default:
		name = "character without a shape"
	}
	if times > 1 {
		name = connector.Thousands(times) + " times " + name
		if known {
			name = connector.Thousands(times) + " " + unseenNames[letter] + "s"
		}
	}
	if letter == ' ' || letter == '\t' {
		return name
	}
	return name + " (" + codePoint(letter) + ")"
}

// markOf is what is drawn for a character, and its name. Of the two blanks that a keyboard has it is the name.
func markOf(letter rune, times int) (mark, name string) {
	mark, name = codePoint(letter), nameOf(letter, times)
	switch {
	case letter == ' ' || letter == '\t':
		return name, name
	case times > 1:
		mark += "×" + strconv.Itoa(times)
	}
	return mark, name
}

func codePoint(letter rune) string {
	digits := strings.ToUpper(strconv.FormatInt(int64(letter), 16))
	return "U+" + strings.Repeat("0", max(0, 4-len(digits))) + digits
}

// codePoints are those of all characters of a text, codesOf of those beyond ASCII.
func codePoints(text string) string {
	var codes []string
	for _, letter := range text {
		codes = append(codes, codePoint(letter))
	}
	return strings.Join(codes, " ")
}

func codesOf(text string) string {
	if len(text) == 1 {
		return "" // which most letters are
	}
	return codePoints(strings.Map(func(letter rune) rune {
		if letter < utf8.RuneSelf {
			return -1
		}
		return letter
	}, text))
}

const uncomposed = "not composed (not NFC): "

// decomposed says how a letter is written that is not composed.
func decomposed(letter string) string {
	if norm.NFD.IsNormalString(letter) {
		return "decomposed (NFD): "
	}
	return uncomposed
}

// Shown is a value or a name in plain text, for titles and for names that are only heard, with what nobody would see in
// brackets: "EX01[space]".
func Shown(text string) string {
	if plainly(text, line) {
		return text
	}
	return bracketed(runsOf(text, line, false))
}

// ShownBeside is Brief in plain text.
func ShownBeside(value connector.Value, beside ...connector.Value) string {
	shown, more := briefRoom.runs(value.Text(), line, twins(value, beside))
	if more > 0 {
		return bracketed(shown) + " " + moreWords(more)
	}
	return bracketed(shown)
}

func bracketed(runs []run) string {
	var all strings.Builder
	for _, part := range runs {
		switch {
		case part.mark == "":
			all.WriteString(part.text)
		case part.mark == part.name:
			all.WriteString(strings.TrimRight(part.text, " \t") + "[" + part.mark + "]")
		default:
			all.WriteString(part.text + "[" + part.mark + "]")
		}
	}
	return all.String()
}

// Drawn is the text of a value as it stands on a page with its marks, by which it can be found.
func Drawn(text string) string {
	if plainly(text, line) {
		return text
	}
	var all strings.Builder
	for _, part := range runsOf(text, line, false) {
		all.WriteString(part.text + part.mark)
	}
	return all.String()
}

// ShownName is a connector's name in plain text, each part by itself.
func ShownName(name connector.Name) string {
	return connector.Name{Short: Shown(name.Short), Organization: Shown(name.Organization)}.String()
}

// Peculiar says in words what nobody would see of a value, to follow it: "ends with a space". It is empty for most.
func Peculiar(text string) string {
	runs := runsOf(text, line, false)
	switch {
	case len(runs) == 0:
		return ""
	case !slices.ContainsFunc(runs, standing):
		var names []string
		for _, part := range runs {
			names = append(names, one(part.name))
		}
		return "consists of " + listed(names) + " and nothing else"
	}
	var says []string
	for i, part := range runs {
		words := one(part.name) + " in it"
		switch {
		case part.mark == "":
			continue
		case strings.Contains(part.name, "NF"):
			words = "has a letter that is " + part.name
		case !slices.ContainsFunc(runs[:i+1], standing):
			words = "starts with " + one(part.name)
		case i == len(runs)-1:
			words = "ends with " + one(part.name)
		default:
			words = "has " + words
		}
		if !slices.Contains(says, words) {
			says = append(says, words)
		}
	}
	return listed(says)
}

// standing says whether a run has something to see in it beside its mark.
func standing(part run) bool {
	return strings.ContainsFunc(part.text, func(r rune) bool { return !blank(r) })
}

// one puts an article before a name without a number.
func one(name string) string {
	switch {
	case name == "" || name[0] >= '0' && name[0] <= '9':
		return name
	case strings.ContainsRune("aeiAE", rune(name[0])):
		return "an " + name
	}
	return "a " + name
}

// mostSaid bounds what a sentence lists.
const mostSaid = 4

func listed(says []string) string {
	if len(says) > mostSaid {
		says = append(says[:mostSaid:mostSaid], "more of the kind")
	}
	if len(says) < 2 {
		return strings.Join(says, "")
	}
	last := len(says) - 1
	return strings.Join(says[:last], ", ") + " and " + says[last]
}
