package seal

import (
	"testing"
)

// FuzzSealed: no text but one that was sealed opens, and that one only for its use and owner.
func FuzzSealed(f *testing.F) {
	seals := fuzzSeals(f)
	genuine := seals.Seal(seal.Session, "owner", []byte("plain"))
	f.Add(genuine)
	f.Add(genuine + "=")
	f.Add(seals.ids[1] + ".AAAA")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		for _, owner := range []string{"owner", ""} {
			if plain, _, err := seals.Open(seal.Session, owner, text); err == nil && string(plain) != "plain" {
				t.Errorf("%q opens as %q", text, plain)
			}
		}
		if _, _, err := seals.Open(sealDraft, "owner", text); err == nil {
			t.Errorf("%q opens as a draft", text)
		}
		sealed := seals.Seal(sealDraft, text, []byte(text))
		if plain, current, err := seals.Open(sealDraft, text, sealed); err != nil || !current || string(plain) != text {
			t.Errorf("what is sealed for %q does not open: %v", text, err)
		}
	})
}
