package connector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is a text as people search for it: without case, accents and width, without quotes and what nobody sees, with one
// kind of blank, which the middle dot of a name is too. Of two texts with one Fold people would say that they read alike.
func Fold(text string) string {
	if folded, ascii := foldASCII(text); ascii {
		return folded
	}
	// quotes go first: NFKD makes a blank and an accent of some
	text = norm.NFKD.String(strings.Map(plain, norm.NFC.String(text)))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return plain(r)
	}, text)
	return strokes.Replace(cases.Fold().String(text))
}

// foldASCII is the same for most texts, and much faster: a list may be long.
func foldASCII(text string) (folded string, ascii bool) {
	same := true
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return "", false
		}
		same = same && text[i] != 0 && plainASCII[text[i]] == text[i]
	}
	if same {
		return text, true
	}
	all := make([]byte, 0, len(text))
	for i := range len(text) {
		if kept := plainASCII[text[i]]; kept != 0 {
			all = append(all, kept)
		}
	}
	return string(all), true
}

// plainASCII is plain for ASCII, 0 for what is dropped.
var plainASCII = func() (table [utf8.RuneSelf]byte) {
	for r := range rune(utf8.RuneSelf) {
		table[r] = byte(max(plain(r), 0))
	}
	return table
}()

// plain drops what does not count in a search, and makes blanks alike; ASCII is in lower case after it.
func plain(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r == '·', unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune("'\"`´‚„′″ʼ＇＂", r), unicode.In(r, unicode.Pi, unicode.Pf), unseen(r):
		return -1
	}
	return r
}

// unseen says whether a character has no shape of its own.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// strokes are letters whose mark Unicode takes for a part of them, and people for an accent.
var strokes = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "ħ", "h", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th")

// Words are those of a text that is searched for, folded. Where a name is cut off it ends with an ellipsis, which is none of it.
func Words(text string) []string { return strings.Fields(Fold(strings.ReplaceAll(text, "…", " "))) }
