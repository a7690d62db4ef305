package frame

// keyPart are the keys of one kind of page.
type keyPart struct {
	title string
	keys  []pressed
}

// pressed is what a key does; each of several does the same.
type pressed struct {
	keys []string
	does string
}

// keyParts are all shortcuts, as the scripts know them.
func keyParts() []keyPart {
	return []keyPart{
		{"On every page", []pressed{
			{[]string{"/", "Ctrl+K"}, "Find a connector"},
			{[]string{"?"}, "Show or hide this list"},
		}},
		{"On a connector’s page", []pressed{
			{[]string{"c"}, "Copy the summary for the caller"},
		}},
		{"In the list of connectors", []pressed{
			{[]string{"j", "↓"}, "Next row; the arrow works from a row on"},
			{[]string{"k", "↑"}, "Row before"},
			{[]string{"Enter"}, "Open the row’s connector"},
			{[]string{"e"}, "Edit it, with the role admin"},
			{[]string{"x"}, "Tick it, or take the tick away"},
		}},
	}
}
