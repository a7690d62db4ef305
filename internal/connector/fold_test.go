package connector

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            "",
		"EX01-HQ":                     "ex01-hq",
		"na-mail · Contoso":           "na-mail   contoso",
		"O'Brien":                     "obrien",
		"O’Brien":                     "obrien",
		"«quoted» „low“ \"straight\"": "quoted low straight",
		"Zürich":                      "zurich",
		norm.NFD.String("Zürich"):     "zurich",
		"ZÜRICH":                      "zurich",
		"Straße":                      "strasse",
		"STRASSE":                     "strasse",
		"København":                   "kobenhavn",
		"Łódź":                        "lodz",
		"İstanbul":                    "istanbul",
		"Diyarbakır":                  "diyarbakir",
		"ＦＵＬＬ width":                  "full width",
		"ﬁle":                         "file",
		"ΣΊΣΥΦΟΣ":                     "σισυφοσ",
		"Ёлка":                        "елка",
		"a\u00a0b\u3000c\u2028d\te":   "a b c d e",
		"ex\u202e\u200b\u00ad\ufeff1": "ex1",
		"ex\u034f\u115f\ufe0f1":       "ex1",
		"a\x00b":                      "ab",
		"日本":                          "日本",
		"a\u0387b":                    "a b", // which NFC makes a middle dot
		"ŉ":                           "n",
		"\xff":                        "\ufffd",
	} {
		if got := Fold(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Words(" \u202e“ · ” "); len(got) != 0 {
		t.Errorf("words of what nobody searches for: %q", got)
	}
	if got := strings.Join(Words("na-ma… · Contoso…"), ","); got != "na-ma,contoso" {
		t.Errorf("words of a name that is cut off: %q", got)
	}
}

// FuzzFold holds that a text and its other normal form fold alike.
func FuzzFold(f *testing.F) {
	f.Add("Zürich · ﬁ")
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		if !utf8.ValidString(text) {
			return
		}
		for _, other := range []string{norm.NFC.String(text), norm.NFD.String(text)} {
			if Fold(other) != folded {
				t.Errorf("%q folds to %q, and %q to %q", text, folded, other, Fold(other))
			}
		}
		if strings.Contains(folded, "'") || strings.ContainsRune(folded, '\u200b') {
			t.Errorf("%q folds to %q", text, folded)
		}
	})
}
