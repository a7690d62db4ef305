package components

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"switchboard/internal/connector"
)

// Alike says whether two values that differ would look alike without their marks.
func Alike(a, b connector.Value) bool {
	return a != b && skeleton(a.Text()) == skeleton(b.Text())
}

// visible is a text without what nobody sees: with composed letters and one kind of blank, none of it doubled or at an end.
func visible(text string) string {
	shown := strings.Map(func(letter rune) rune {
		if hides(letter) && letter != '\n' && letter != '\r' {
			return -1
		}
		return letter
	}, norm.NFC.String(text))
	return strings.Join(strings.FieldsFunc(shown, unicode.IsSpace), " ")
}

// skeleton is what a text looks like at a glance.
func skeleton(text string) string {
	return lookalikes.Replace(norm.NFKC.String(visible(text)))
}

// twins says whether a value looks like another one of its row.
func twins(value connector.Value, others []connector.Value) bool {
	return slices.ContainsFunc(others, func(other connector.Value) bool { return Alike(value, other) })
}

// lookalikes are the letters of Greek and Cyrillic that fonts draw as Latin ones, and the strokes and quotes of printers.
// They are named only where two values of one row look alike: by itself none is suspect.
var lookalikes = func() *strings.Replacer {
	var pairs []string
	for latin, others := range map[string]string{
		"A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ",
		"S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ", "a": "а", "c": "с", "d": "ԁ", "e": "е", "h": "һ", "i": "іι", "j": "ј",
		"o": "оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "u": "υ", "v": "ν", "w": "ԝ", "x": "х", "y": "у",
		"-": "‐‑‒–—−", "'": "‘’‚‛′ʹʼ´`", "\"": "“”„‟″", ".": "․", "·": "•∙⋅", "/": "⁄∕", ":": "∶",
	} {
		for _, other := range others {
			pairs = append(pairs, string(other), latin)
		}
	}
	return strings.NewReplacer(pairs...)
}()
