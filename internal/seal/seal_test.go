package seal

import (
	"bytes"
	"testing"
)

// TestMarks: a mark holds for just those parts, under any of the keys, and tells whether the first one made it.
func TestMarks(t *testing.T) {
	t.Parallel()
	keys := func(each ...byte) *Keys {
		var all [][]byte
		for _, one := range each {
			all = append(all, bytes.Repeat([]byte{one}, 32))
		}
		seals, err := New(all)
		if err != nil {
			t.Fatal(err)
		}
		return seals
	}
	mark := keys(1).Mark("a", "bc", "")
	for name, test := range map[string]struct {
		keys        *Keys
		mark        string
		parts       []string
		current, ok bool
	}{
		"the same":                    {keys(1), mark, []string{"a", "bc", ""}, true, true},
		"an older key's":              {keys(2, 1), mark, []string{"a", "bc", ""}, false, true},
		"a later key's":               {keys(1, 2), mark, []string{"a", "bc", ""}, true, true},
		"a key's that was taken out":  {keys(2), mark, []string{"a", "bc", ""}, false, false},
		"other parts of one text":     {keys(1), mark, []string{"ab", "c", ""}, true, false},
		"fewer parts":                 {keys(1), mark, []string{"a", "bc"}, true, false},
		"another order":               {keys(1), mark, []string{"bc", "a", ""}, true, false},
		"none":                        {keys(1), "", []string{"a", "bc", ""}, false, false},
		"a part of it":                {keys(1), mark[:len(mark)-1], []string{"a", "bc", ""}, true, false},
		"its key's name without more": {keys(1), mark[:9], []string{"a", "bc", ""}, true, false},
	} {
		if current, ok := test.keys.Marked(test.mark, test.parts...); ok != test.ok || current != test.current {
			t.Errorf("%s: current %v, holds %v", name, current, ok)
		}
	}
}
