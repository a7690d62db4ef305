package components_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// seen is what a drawn value shows: its texts and its marks, "|" before and after each mark, without what a reader cannot
// see: blanks, and how a letter is composed. heard is the same with the marks' names.
func seen(t *testing.T, drawn string) (shown, heard string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(drawn))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		text := strings.Join(strings.Fields(norm.NFC.String(n.Data)), " ")
		text = strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
				return -1
			}
			return r
		}, text)
		name := text
		for _, a := range n.Parent.Attr {
			if a.Key == "aria-label" {
				text, name = "|"+text+"|", "|"+a.Val+"|"
			}
		}
		shown, heard = shown+text, heard+name
	}
	return shown, heard
}

// lookalikes are values that fonts draw alike.
var lookalikes = [][]string{
	{"EX01", " EX01", "EX01 ", "  EX01", "EX01\t", "EX01\u00a0", "EX01\u202f", "EX01\u2007", "EX01\u3000", "EX01\u200b", "\ufeffEX01",
		"EX01\n", "\nEX01", "EX01\r\n", "EX\u00ad01", "EX\u206001", "EX01\u200e", "EX01\u200f", "\u202dEX01\u202c", "\u2066EX01\u2069", "EX01\u061c",
		"EX01\u034f", "EX01\u3164", "EX01\ufe0f", "EX01\u2800", "EX01\U000e0041", "EX01\x00", "EX01\x7f", "EX01\u0085", "EX01\u2028", "EX\u200d01"},
	{"a b", "a  b", "a   b", "a\u00a0b", "a\tb", "a \u00a0b", "a\u00a0 b", "a\u2003b", "a\u2002b", "a\u200b b", "a \u200bb", "a b ", "a\nb", "a\rb"},
	{"", " ", "  ", "   ", "    ", "     ", "\t", "\u00a0", "\u200b", "\u200b\u200b", "\u2800"},
	{"Café", "Cafe\u0301", "Café ", "Cafe\u0301 "},
	{"\u1ec7", "e\u0323\u0302", "e\u0302\u0323", "\u1eb9\u0302", "\u00ea\u0323"},
	{"한", "\u1112\u1161\u11ab"}, {"Å", "\u212b", "A\u030a"}, {"Ω", "\u2126"}, {"豈", "\uf900"},
	{"👨👩👧", "👨\u200d👩👧", "👨👩\u200d👧", "👨\u200d👩\u200d👧"}, {"❤", "❤\ufe0f", "❤\ufe0e"}, {"1\u20e3", "1\ufe0f\u20e3"},
	{"میخواهم", "می\u200cخواهم", "میخواهم\u200f"}, {"क्ष", "क्\u200dष", "क्\u200cष"},
}

// TestValuesThatDifferLookDifferent to who sees them and to who hears them, and not by the width of a blank.
func TestValuesThatDifferLookDifferent(t *testing.T) {
	t.Parallel()
	for _, values := range lookalikes {
		shown, heard, plain := map[string]string{}, map[string]string{}, map[string]string{}
		for _, text := range values {
			s, h := seen(t, drawn(t, components.Value(connector.Of(text))))
			for what, already := range map[string]map[string]string{s: shown, h: heard, strings.TrimSpace(components.Shown(text)): plain} {
				if other, there := already[what]; there {
					t.Errorf("%q and %q are both drawn, heard or told as %q", other, text, what)
				}
				already[what] = text
			}
		}
	}
	null, _ := seen(t, drawn(t, components.Value(connector.Null())))
	if empty, _ := seen(t, drawn(t, components.Value(connector.Of("")))); empty == null {
		t.Errorf("null and an empty text are both %q", null)
	}
}

func TestOrdinaryTextsHaveNoMark(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"EX01", "Contoso North America", "intune@na.contoso.com", "Zürich Süd", "Łódź", "日本 太郎", "שלום עולם", "مرحبا بالعالم", "हिन्दी", "한국어", "Việt Nam",
		"O’Brien – “x”…", "👍", "2026-11-24T10:12:31.4020000Z", "x\u0302", "<b>&\"'", "Москва", "a·b · c", "€ 100", "ﬁ", "ａ", "Αθήνα", "\ufffd",
	} {
		for _, got := range []string{drawn(t, components.Value(connector.Of(text))), drawn(t, components.Text(text)), drawn(t, components.Prose(text+"\nand more\n\nof it"))} {
			if strings.Contains(got, "hidden-mark") {
				t.Errorf("%q is marked: %s", text, got)
			}
		}
		if components.Shown(text) != text || components.Drawn(text) != text || components.Peculiar(text) != "" {
			t.Errorf("%q: %q, %q, %q", text, components.Shown(text), components.Drawn(text), components.Peculiar(text))
		}
	}
}

// raws are the characters that change how the text around them is written.
var raws = regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")

func TestNoDirectionCharacterStandsRaw(t *testing.T) {
	t.Parallel()
	for _, letter := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c" {
		text := "a" + string(letter) + "b"
		name := connector.Name{Short: text, Organization: text}
		for _, got := range []string{
			drawn(t, components.Value(connector.Of(text))), drawn(t, components.Text(text)), drawn(t, components.Prose(text)), drawn(t, components.Code(text)),
			drawn(t, components.Verbatim(text)), drawn(t, components.Name(name)), drawn(t, components.Avatar(string(letter)+"b")),
			components.Shown(text), components.ShownName(name), components.Drawn(text), components.Peculiar(text),
		} {
			if raws.MatchString(got) {
				t.Errorf("U+%X stands raw in %q", letter, got)
			}
		}
	}
}

// TestWhatShapesItsNeighboursStays: a picture and a script that need a joiner are drawn with it.
func TestWhatShapesItsNeighboursStays(t *testing.T) {
	t.Parallel()
	for text, whole := range map[string]string{
		"x 👨\u200d👩\u200d👧 y": ">x 👨\u200d👩\u200d👧<", "می\u200cخواهم": ">می\u200c<", "1\ufe0f\u20e3": ">1\ufe0f\u20e3<",
		"🏴\U000e0067\U000e0062\U000e007f": ">🏴\U000e0067\U000e0062\U000e007f<", "क\u200dष": ">क\u200d<", "Cafe\u0301s": ">Cafe\u0301<", "a  b": ">a  <",
	} {
		if got := drawn(t, components.Value(connector.Of(text))); !strings.Contains(got, whole) {
			t.Errorf("%q: %q is not in %q", text, whole, got)
		}
	}
}

func TestMarksHaveNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"x ": "space", "x  ": "2 spaces", "x\u00a0": "no-break space (U+00A0)", "x\u200b\u200b": "2 zero-width spaces (U+200B)", "x\u202e": "right-to-left override (U+202E)",
		"e\u0301": "decomposed (NFD): U+0065 U+0301", "\u212b": "not composed (not NFC): U+212B", "x\t": "tab", "x\ue000": "private character (U+E000)",
		"x\U000e0041": "tag character (U+E0041)", "x\U000e0100": "variation selector (U+E0100)", "x\x01\x01": "2 times control character (U+0001)", "a\nb": "line break (U+000A)",
	} {
		if got := drawn(t, components.Value(connector.Of(text))); !strings.Contains(got, `role="img" aria-label="`+want+`" title="`+want+`"`) {
			t.Errorf("%q: got %s, want the name %q", text, got, want)
		}
	}
}

// TestValuesOfOneRowThatLookAlikeAreNamed where neither would be by itself.
func TestValuesOfOneRowThatLookAlikeAreNamed(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Contoso", "C\u043entoso"}, {"EX-01", "EX\u201101"}, {"EX-01", "EX\u201301"}, {"O'Brien", "O\u2019Brien"}, {"AB", "\uff21B"}, {"\u0410", "\u0391"}} {
		before, after := connector.Of(pair[0]), connector.Of(pair[1])
		for name, got := range map[string]string{
			"diff": drawn(t, components.Diff(before, after)), "turned": drawn(t, components.Diff(after, before)),
			"tried": drawn(t, components.Tried(before, after)), "row": drawn(t, components.Added(after, connector.Of("x"), before)),
		} {
			if !strings.Contains(got, "looks like another letter") {
				t.Errorf("%s of %q: %s", name, pair, got)
			}
		}
	}
	for _, pair := range [][2]string{{"Contoso", "Contoso2"}, {"Москва", "Moscow"}, {"u", "ü"}, {"", "x"}, {"Москва", "Москва 2"}} {
		if got := drawn(t, components.Diff(connector.Of(pair[0]), connector.Of(pair[1]))); strings.Contains(got, "hidden-mark") {
			t.Errorf("%q is marked: %s", pair, got)
		}
	}
}

func TestPeculiarSaysWhatNobodySees(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"EX01 ": "ends with a space", " EX01": "starts with a space", "a  b": "has 2 spaces in it", "  ": "consists of 2 spaces and nothing else",
		" a\u00a0b\u200b": "starts with a space, has a no-break space (U+00A0) in it and ends with a zero-width space (U+200B)",
		"e\u0301x":        "has a letter that is decomposed (NFD): U+0065 U+0301", "a b": "",
	} {
		if got := components.Peculiar(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
