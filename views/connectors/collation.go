package connectors

import (
	"bytes"
	"cmp"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collation puts texts in the order in which people look for them: accents and case count little, and numbers go by their
// size, ex2 before ex10.
type collation struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

func newCollation() *collation {
	return &collation{collator: collate.New(language.English, collate.Numeric)}
}

// collated is a text with what it is sorted by, worked out where it is first compared with another one.
type collated struct {
	text string
	key  []byte
}

func (c *collation) compare(a, b *collated) int {
	if a.text == b.text {
		return 0
	}
	return cmp.Or(bytes.Compare(c.keyOf(a), c.keyOf(b)), strings.Compare(a.text, b.text))
}

func (c *collation) keyOf(one *collated) []byte {
	if one.key == nil {
		one.key = c.collator.KeyFromString(&c.buffer, one.text)
	}
	return one.key
}
