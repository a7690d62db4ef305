package connector

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Called is a name as names are compared: whole, but as Fold reads it, with one blank between its words.
func Called(text string) string { return strings.Join(Words(text), " ") }

// Sought are the names that somebody may mean by a text, as names are compared: what it says, and what it says where it was
// copied from a page, which writes the code points of what nobody sees. There is none where nothing of the text counts.
func Sought(text string) (names []string) {
	for _, meant := range []string{text, unwritten(text)} {
		if name := Called(meant); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Is says whether this is one of the names sought, with the organization or without, at full length or as a page shows it.
func (n Name) Is(sought []string) bool {
	return slices.Contains(sought, Called(n.Short)) || slices.Contains(sought, Called(n.String())) || n.whole != nil && n.whole.Is(sought)
}

var written = regexp.MustCompile(`U\+[0-9A-F]{4,6}`)

// unwritten puts the characters that nobody sees in the place of their code points. The letters after one may be digits of a
// longer one.
func unwritten(text string) string {
	return written.ReplaceAllStringFunc(text, func(code string) string {
		for end := len("U+0000"); end <= len(code); end++ {
			point, err := strconv.ParseInt(code[len("U+"):end], 16, 32)
			if r := rune(point); err == nil && (unseen(r) || unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp)) {
				return string(r) + code[end:]
			}
		}
		return code
	})
}
