package connector_test

import (
	"slices"
	"testing"

	"switchboard/internal/connector"
)

func TestSoughtIsWhatATextMayMean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"  NA-Mail ·  Contoso ": {"na-mail contoso"}, "“Zürich”": {"zurich"}, "": nil, " · ": nil, "\u200b'": nil,
		"exU+202E-berlinU+200B": {"exu+202e-berlinu+200b", "ex-berlin"}, "aU+200BAB": {"au+200bab", "aab"}, "aU+000Ab": {"au+000ab", "a b"},
		"tagU+E0001": {"tagu+e0001", "tag"}, "U+0041": {"u+0041"}, "U+12": {"u+12"},
	} {
		if got := connector.Sought(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	name := connector.Name{Short: "NA-Mail", Organization: "Contoso Süd"}
	for text, want := range map[string]bool{"na-mail": true, "na-mail contoso sud": true, "na-mail · Contoso Süd": true, "contoso süd": false, "na": false, "": false} {
		if got := name.Is(connector.Sought(text)); got != want {
			t.Errorf("%q is the name: %v, want %v", text, got, want)
		}
	}
}

func TestIsGUID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"4a2b5c6d-0000-4000-8000-00000000000A": true, "AAAAAAAA-bbbb-CCCC-dddd-eeeeeeeeeeee": true, "4a2b5c6d": false, "": false,
		"4a2b5c6d-0000-4000-8000-00000000000g": false, "4a2b5c6d-0000-4000-8000-00000000000a\n": false, "{4a2b5c6d-0000-4000-8000-00000000000a}": false,
	} {
		if got := connector.IsGUID(text); got != want {
			t.Errorf("%q is a GUID: %v, want %v", text, got, want)
		}
	}
}
