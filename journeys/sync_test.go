package journeys

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestSync: an admin asks for a sync and is told what that means; one that has retired asks twice.
func TestSync(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, connector, question, button string
		options                           []playwright.BrowserNewContextOptions
		status                            int
	}{
		{"htmx", "hosted-na", "Ask hosted-na · Contoso North America for a sync?", "Ask for a sync", nil, 200},
		{"plain", "hosted-na", "Ask hosted-na · Contoso North America for a sync?", "Ask for a sync", []playwright.BrowserNewContextOptions{withoutScript}, 303},
		{"retired", "ex01-hq", "Ask a retired connector for a sync?", "Ask anyway", nil, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			id := simulator.ID(test.connector)
			s := open(t, settings{syncDelay: time.Hour})
			maya := s.sits(t, test.options...)
			maya.signsIn("Maya Lindqvist", pathOf(id))
			maya.presses("Ask for a sync…")
			dialog := maya.GetByRole("dialog")
			maya.sees(dialog.GetByRole("heading", playwright.LocatorGetByRoleOptions{Name: test.question}))
			maya.hasFocus(dialog.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Cancel"}))
			s.sent(t, syncOf(id), 0)
			maya.must(dialog.GetByRole("radio", playwright.LocatorGetByRoleOptions{Name: "Full"}).Check())
			maya.gives("Queue looked stuck")
			maya.answers(pathOf(id, "/sync"), test.status, func() {
				maya.clicks(dialog.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: test.button, Exact: playwright.Bool(true)}))
			})
			maya.outcome("applied")
			maya.sees(maya.heading("Graph accepted the request for a full sync."))
			maya.isAt(pathOf(id))
			maya.sees(maya.history().GetByText("Queue looked stuck"))
			s.sent(t, syncOf(id), 1)
			request := s.tenant.Requests(syncOf(id))[0]
			if body := bodyOf(t, request); len(body) != 1 || *body["syncType"] != "fullSync" || request.Person != "maya" {
				t.Errorf("the request: got %s of %s, want a full sync of maya", request.Body, request.Person)
			}
		})
	}
}

// TestSyncIsKeptOverASignIn: the question is there again, with what was typed and chosen, for whom it was.
func TestSyncIsKeptOverASignIn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Maya Lindqvist", "Priya Raman"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := simulator.ID("hosted-na")
			s := open(t, settings{})
			maya := s.sits(t)
			maya.hearsNothing()
			maya.signsIn("Maya Lindqvist", pathOf(id))
			maya.presses("Ask for a sync…")
			maya.must(maya.GetByRole("radio", playwright.PageGetByRoleOptions{Name: "Full"}).Check())
			maya.gives("Queue looked stuck")
			maya.signsOutElsewhere()
			maya.meets(401)
			maya.answers(pathOf(id, "/sync"), 401, func() { maya.presses("Ask for a sync") })
			maya.picks(name)
			maya.isAt(pathOf(id))
			if name != "Maya Lindqvist" {
				maya.misses(maya.GetByRole("dialog"))
				return
			}
			maya.must(maya.expect.Locator(maya.reason()).ToHaveValue("Queue looked stuck"))
			maya.must(maya.expect.Locator(maya.GetByRole("radio", playwright.PageGetByRoleOptions{Name: "Full"})).ToBeChecked())
			s.sent(t, syncOf(id), 0)
			maya.presses("Ask for a sync")
			maya.outcome("applied")
			s.sent(t, syncOf(id), 1)
		})
	}
}

// TestSyncWithoutReason: the question comes back in the page, with what was chosen.
func TestSyncWithoutReason(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.signsIn("Maya Lindqvist", pathOf(id))
	maya.presses("Ask for a sync…")
	maya.must(maya.GetByRole("radio", playwright.PageGetByRoleOptions{Name: "Full"}).Check())
	maya.meets(422)
	maya.answers(pathOf(id, "/sync"), 422, func() { maya.presses("Ask for a sync") })
	maya.must(maya.expect.Locator(maya.reason()).ToHaveAttribute("aria-invalid", "true"))
	maya.isExplained(maya.reason())
	maya.must(maya.expect.Locator(maya.GetByRole("radio", playwright.PageGetByRoleOptions{Name: "Full"})).ToBeChecked())
	s.sent(t, syncOf(id), 0)
	maya.gives("Queue looked stuck")
	maya.presses("Ask for a sync")
	maya.outcome("applied")
	s.sent(t, syncOf(id), 1)
}
