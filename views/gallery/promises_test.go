package gallery

import (
	"maps"
	"regexp"
	"testing"

	"switchboard/simulator/directory"
	"switchboard/views/viewstest"
)

// promises are words of what does not exist yet: proposals and their approval, edits of many connectors together.
var promises = regexp.MustCompile(`(?i)propos|approv|bulk|edited together`)

// TestNoPromiseWithoutItsFeature: no page speaks of what nobody can do.
func TestNoPromiseWithoutItsFeature(t *testing.T) {
	t.Parallel()
	all := maps.Clone(pages())
	maps.Copy(all, gallery())
	all["access of an admin"], all["access of helpdesk"] = accessExhibit(viewstest.Admin), accessExhibit(viewstest.Helpdesk)
	for name, exhibit := range all {
		if found := promises.FindString(viewstest.Words(viewstest.ParsedPage(t, exhibit.page()))); found != "" {
			t.Errorf("%s says %q", name, found)
		}
	}
	for _, person := range directory.People() {
		if found := promises.FindString(person.About); found != "" {
			t.Errorf("the demo says %q of %s", found, person.Name)
		}
	}
}
