package components

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// run is a stretch of a text as it is drawn: what stands, then the mark for what nobody would see of it or after it.
type run struct {
	text string
	// mark is drawn, name says what it is; both are empty after the last stretch.
	mark, name string
	// letter is what the mark stands for, times in a row, where it does not stand in text itself: a character that could
	// change the writing around it is named in its place.
	letter rune
	times  int
}

// form is how a text is meant to be read.
type form int

const (
	line  form = iota // a value or a name: one line, in which a space at an end or beside another is seen by its mark alone
	prose             // a person's or Graph's sentences, in which a line may end
	code              // a request or a line of JSON: its blanks are its form, and quotes show where a value ends
)

// splitter cuts a text into runs. Of a pair of values that look alike it names the letters that only look like others.
type splitter struct {
	text string
	form form
	twin bool
	at   int // what comes before it is in runs or pending
	from int // where the pending text begins
	runs []run
}

// runsOf splits a text so that characters without a shape of their own, or with that of another, can be named. Two texts
// that differ have runs that look different.
func runsOf(text string, form form, twin bool) []run {
	if !twin && plainly(text, form) {
		if text == "" {
			return nil
		}
		return []run{{text: text}}
	}
	s := splitter{text: text, form: form, twin: twin}
	for s.at < len(text) {
		letter, size := utf8.DecodeRuneInString(text[s.at:])
		s.take(letter, size)
	}
	if s.from < len(text) {
		s.runs = append(s.runs, run{text: text[s.from:]})
	}
	return s.runs
}

// plainly says quickly that a text has nothing to mark, as most have not.
func plainly(text string, form form) bool {
	blank, ascii := true, true
	for _, letter := range text {
		ascii = ascii && letter < utf8.RuneSelf
		switch {
		case letter == ' ':
			if blank && form != code {
				return false
			}
			blank = true
		case letter < ' ' || letter == 0x7f:
			return false
		case letter >= utf8.RuneSelf && !(unicode.IsLetter(letter) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, letter)):
			return false
		default:
			blank = false
		}
	}
	return (!blank || form == code || text == "") && (ascii || norm.NFC.IsNormalString(text))
}

func (s *splitter) take(letter rune, size int) {
	switch {
	case s.form == code && (letter == ' ' || letter == '\t'), s.form != line && letter == '\n' && s.breaks():
		s.at += size
	case unicode.Is(unicode.Zs, letter) || letter == '\t':
		s.blanks(letter)
	case s.emoji():
	case hides(letter):
		s.hidden(letter)
	default:
		s.seen(letter, size)
	}
}

// breaks says whether a line break has lines on both sides, so that it is seen.
func (s *splitter) breaks() bool {
	return s.form == code || s.at > 0 && strings.TrimLeft(s.text[s.at:], "\n") != ""
}

// blanks marks blanks of one kind in a row. A single space between two letters is as it seems.
func (s *splitter) blanks(letter rune) {
	times := s.count(letter)
	size := times * utf8.RuneLen(letter)
	before, _ := utf8.DecodeLastRuneInString(s.text[:s.at])
	after, _ := utf8.DecodeRuneInString(s.text[s.at+size:])
	within := s.at > 0 && s.at+size < len(s.text) && !blank(before) && !blank(after)
	s.at += size
	if letter != ' ' || times > 1 || !within {
		s.stands(letter, times)
	}
}

func blank(letter rune) bool { return unicode.IsSpace(letter) || hides(letter) }

// hidden names a character in its place, or behind it where it shapes its neighbours: they stay as they are.
func (s *splitter) hidden(letter rune) {
	times := s.count(letter)
	if shapes(letter) {
		s.at += times * utf8.RuneLen(letter)
		rest := s.text[s.at:]
		s.at += len(rest) - len(strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.Is(unicode.M, r) && !hides(r) }))
		s.stands(letter, times)
		return
	}
	mark, name := markOf(letter, times)
	s.runs = append(s.runs, run{text: s.text[s.from:s.at], mark: mark, name: name, letter: letter, times: times})
	s.at += times * utf8.RuneLen(letter)
	s.from = s.at
}

// stands marks what was taken: it stays in the text.
func (s *splitter) stands(letter rune, times int) {
	mark, name := markOf(letter, times)
	s.marked(mark, name)
}

func (s *splitter) marked(mark, name string) {
	s.runs = append(s.runs, run{text: s.text[s.from:s.at], mark: mark, name: name})
	s.from = s.at
}

// count is how often a letter comes in a row from here.
func (s *splitter) count(letter rune) (times int) {
	for rest := s.text[s.at:]; strings.HasPrefix(rest, string(letter)); rest = rest[utf8.RuneLen(letter):] {
		times++
	}
	return times
}

// seen takes a letter with its accents. The same letter may be written in several ways (é as one character, or as e and an
// accent): all but the composed one (NFC) are marked.
func (s *splitter) seen(letter rune, size int) {
	length := size
	if letter >= utf8.RuneSelf || s.at+size < len(s.text) && s.text[s.at+size] >= utf8.RuneSelf {
		length = max(size, norm.NFC.NextBoundaryInString(s.text[s.at:], true))
	}
	whole := s.text[s.at : s.at+length]
	if hiddenIn := strings.IndexFunc(whole[size:], hides); hiddenIn >= 0 {
		length = size + hiddenIn
		whole = whole[:length]
	}
	s.at += length
	codes := codesOf(whole)
	switch {
	case codes == "":
	case !norm.NFC.IsNormalString(whole):
		s.marked(codes, decomposed(whole)+codePoints(whole))
	case s.twin && skeleton(whole) != whole:
		s.marked(codes, "looks like another letter: "+codes)
	}
}

// emoji takes a picture that joiners or selectors make of several characters, whole, and marks behind it which ones: where
// the font lacks it, others look like it.
func (s *splitter) emoji() bool {
	length := pictureAt(s.text[s.at:])
	if length == 0 {
		return false
	}
	whole := s.text[s.at : s.at+length]
	s.at += length
	var kinds []rune
	for _, letter := range whole {
		if hides(letter) {
			kinds = append(kinds, letter)
		}
	}
	for i, times := 0, 0; i < len(kinds); i++ {
		if times++; i+1 == len(kinds) || kinds[i+1] != kinds[i] {
			s.stands(kinds[i], times)
			times = 0
		}
	}
	return true
}

// pictureAt is the length of such a picture at the beginning of a text; 0 for none.
func pictureAt(text string) int {
	joined, length := false, 0
	for i, letter := range text {
		picture := unicode.Is(unicode.So, letter) || letter >= 0x1F000 && letter < 0x20000
		keeps := letter == 0x200D || letter == 0xFE0F || letter == 0xFE0E || letter >= 0xE0020 && letter <= 0xE007F
		if i == 0 && !picture || i > 0 && !keeps && !(picture && (strings.HasSuffix(text[:i], "\u200d") || unicode.Is(unicode.Sk, letter))) {
			break
		}
		joined = joined || keeps
		length = i + utf8.RuneLen(letter)
	}
	if !joined {
		return 0
	}
	return length
}

// hides says whether a character has no shape of its own, or none that fonts have in common. Blanks have one.
func hides(letter rune) bool {
	switch {
	case letter < 0x7f:
		return letter < ' ' && letter != '\t'
	case letter == blankBraille:
		return true
	case unicode.In(letter, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, letter)
	}
	return !unicode.In(letter, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)
}

// blankBraille is a symbol without a dot.
const blankBraille = '\u2800'

// shapes says whether a character acts on the letters beside it, and on nothing else.
func shapes(letter rune) bool {
	return letter == 0x200C || letter == 0x200D || unicode.Is(unicode.Variation_Selector, letter)
}
