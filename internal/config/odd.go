package config

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// marked says whether an editor put its mark before the content: UTF-8's, or one of UTF-16, which is another text altogether.
func marked(content []byte) bool {
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"} {
		if bytes.HasPrefix(content, []byte(mark)) {
			return true
		}
	}
	return false
}

// visible finds what nobody sees in a text and what makes it another: a byte order mark, a line break, a zero-width space.
func (j *judge) visible(path, text, mend string) {
	for _, r := range text {
		if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf) {
			j.fault(path, fmt.Sprintf("holds a character that cannot be seen (U+%04X)", r), mend)
			return
		}
	}
}

// plain is a list of bare values.
func (j *judge) plain(path string) []string {
	texts := j.list(path)
	for _, text := range texts {
		if !j.bare(path, text) {
			break
		}
	}
	return texts
}

// bare says whether a value stands without the quotes and brackets of another notation, a container's env file or JSON: they
// would be a part of it, and it would be like nobody's.
func (j *judge) bare(path, text string) bool {
	before := len(j.faults)
	j.visible(path, text, "write it again")
	if text != "" && (strings.ContainsAny(text[:1], `["'`) || strings.ContainsAny(text[len(text)-1:], `]"'`)) {
		mend := "write the value alone"
		if k, _ := keyAt(path); k.list {
			mend = "write the values alone with commas between them, such as Connector.Admin,Connector.Owner"
		}
		j.fault(path, "stands in quotes or brackets, which would count as a part of the value", mend)
	}
	return len(j.faults) == before
}
