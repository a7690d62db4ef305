package seal

import (
	"bytes"
	"testing"
)

// FuzzSealed: no text but one that was sealed opens, and that one only for its use and owner.
func FuzzSealed(f *testing.F) {
	seals, err := New([][]byte{bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)})
	if err != nil {
		f.Fatal(err)
	}
	genuine := seals.Seal(Session, "owner", []byte("plain"))
	f.Add(genuine)
	f.Add(genuine + "=")
	f.Add(seals.ids[1] + ".AAAA")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		for _, owner := range []string{"owner", ""} {
			if plain, _, err := seals.Open(Session, owner, text); err == nil && string(plain) != "plain" {
				t.Errorf("%q opens as %q", text, plain)
			}
		}
		if _, _, err := seals.Open(Draft, "owner", text); err == nil {
			t.Errorf("%q opens as a draft", text)
		}
		sealed := seals.Seal(Draft, text, []byte(text))
		if plain, current, err := seals.Open(Draft, text, sealed); err != nil || !current || string(plain) != text {
			t.Errorf("what is sealed for %q does not open: %v", text, err)
		}
	})
}
