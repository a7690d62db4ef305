package connector

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Opaque says whether a text is a GUID, a hash or another id in letters, digits and the signs of base64: it can stand in a cell
// as it is, so that it can be looked up. Such a text has none of the signs that a formula needs to do harm: a quote, a bracket, a
// bar. The address of a page may have any other text in the place of an id.
func Opaque(text string) bool {
	plain := strings.TrimRight(text, "=")
	if plain == "" || len(text)-len(plain) > 2 {
		return false
	}
	for i := range len(plain) {
		if !opaque[plain[i]] {
			return false
		}
	}
	return true
}

// opaque are the signs of ids.
var opaque = func() (signs [256]bool) {
	for _, sign := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/_-") {
		signs[sign] = true
	}
	return signs
}()

// formula is a sign that begins one, where a cell begins. A spreadsheet that parts cells at semicolons or tabs, as it does
// in many countries, sees cells begin inside of ours, and rows at their line breaks.
var formula = regexp.MustCompile(`([;\t\r\n][ "]*)([=+\-@＝＋－＠])`)

// Inert keeps a spreadsheet from running a text as a formula (OWASP, CSV injection), full-width signs included.
func Inert(text string) string {
	computed := beginsFormula(text)
	if strings.ContainsAny(text, ";\t\r\n") { // few texts do, and exports have millions
		text = formula.ReplaceAllString(text, "$1'$2")
	}
	if computed {
		return "'" + text
	}
	return text
}

func beginsFormula(text string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " "))
	return strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// marked is a guard inside of a cell.
var marked = regexp.MustCompile(`([;\t\r\n][ "]*)'([=+\-@＝＋－＠])`)

// Bare is a cell without the apostrophes that Inert has set. One that was there before looks the same and goes as well.
func Bare(text string) string {
	if bare, guarded := strings.CutPrefix(text, "'"); guarded && beginsFormula(bare) {
		text = bare
	}
	return marked.ReplaceAllString(text, "$1$2")
}
