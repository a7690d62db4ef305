package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/connector"
)

// longestWord is up to how many bytes words are told apart, so that an index holds them.
const longestWord = 100

// guids are single words, so that an id is found as it is copied and its parts find nothing else.
var guids = regexp.MustCompile(`\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b`)

// addWordsOf adds the words of a text: what stands between signs and blanks, as connector.Fold reads it. Of a longer text than
// a form of ours takes only the beginning counts.
func addWordsOf(text string, words map[string]bool) {
	text, _ = connector.First(text, connector.LongestValue)
	if strings.Count(text, "-") >= 4 { // nearly no text holds a guid, and to look for one takes long
		text = guids.ReplaceAllStringFunc(text, func(id string) string {
			words[strings.ToLower(id)] = true
			return " "
		})
	}
	for word := range strings.FieldsFuncSeq(connector.Fold(text), parts) {
		words[cutWord(word)] = true
	}
}

func parts(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) }

func cutWord(word string) string {
	if len(word) <= longestWord {
		return word
	}
	end := longestWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

// wordsOf are the words of a text.
func wordsOf(text string) []string {
	words := map[string]bool{}
	addWordsOf(text, words)
	return slices.Sorted(maps.Keys(words))
}

// words are those by which a line is found: of the reason, of names and values, the ticket, and the ids that people copy. What an export or
// a refusal has for a reason is an address, and no person's words: an export of what was looked for would find itself.
func (l line) words() []string {
	words := map[string]bool{}
	addWordsOf(l.Actor.Name, words)
	if l.Action != Export && l.Action != Denied {
		addWordsOf(l.Reason, words)
	}
	if l.Connector != nil {
		addWordsOf(*l.Connector, words)
	}
	for _, field := range l.Fields {
		for _, value := range []*string{field.Before, field.Requested, field.Stored} {
			addWordsOf(orEmpty(value), words)
		}
	}
	addWordsOf(l.Ticket, words)
	if l.Outcome != nil {
		addWordsOf(l.ID, words)
	}
	if l.Graph != nil {
		addWordsOf(orEmpty(l.Graph.RequestID), words)
	}
	return slices.Sorted(maps.Keys(words))
}

// wordsAs are the words of the line as its text, which is about to be stored, tells them: that marks what is no UTF-8.
func (l line) wordsAs(text []byte) ([]string, error) {
	if bytes.ContainsRune(text, utf8.RuneError) {
		return wordsOfText(text)
	}
	return l.words(), nil
}

// wordsOfText are the words of a line as it is stored.
func wordsOfText(text []byte) ([]string, error) {
	var said line
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, fmt.Errorf("read a line of the record: %w", err)
	}
	return said.words(), nil
}

// FindsToo says of a line that the filter's text finds whether it finds another line about the same connector, too.
func (f Filter) FindsToo(found, other Entry) bool {
	if f.Text == "" {
		return true
	}
	have, err := found.words()
	has, otherErr := other.words()
	if err != nil || otherErr != nil {
		return false
	}
	for _, one := range soughtWords(f.Text) {
		if begins := one.begins; slices.ContainsFunc(have, begins) && !slices.ContainsFunc(has, begins) {
			return false // another word found it than the connector's name
		}
	}
	return true
}

func (e Entry) words() ([]string, error) {
	text, err := e.text()
	if err != nil {
		return nil, err
	}
	return wordsOfText(text)
}
