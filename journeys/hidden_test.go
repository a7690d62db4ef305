package journeys

import (
	"regexp"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// hides has the page believe that its tab is behind another, or in front again.
func (p *person) hides(hidden bool) {
	p.t.Helper()
	_, err := p.Evaluate(`(hidden) => {
		Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
		document.dispatchEvent(new Event("visibilitychange"));
	}`, hidden)
	p.must(err)
}

// TestHiddenPageAsksNothing: what asks every few seconds how a sync, a run or a doubt stands waits while nobody sees the page, and asks
// once when somebody does again.
func TestHiddenPageAsksNothing(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	for name, test := range map[string]struct {
		asks  *regexp.Regexp // the address of what the page asks again and again
		shows func(*person)
	}{
		"a sync": {regexp.MustCompile(`/sync$`), func(maya *person) {
			maya.signsIn("Maya Lindqvist", pathOf(id))
			maya.presses("Ask for a sync…")
			maya.gives("Queue looked stuck")
			maya.presses("Ask for a sync")
			maya.sees(maya.GetByText("Check 1.").First())
		}},
		"a run": {regexp.MustCompile(`/bulk/.*seen=`), func(maya *person) {
			maya.site.tenant.Faults.Always(patchOf(id), faults.Delay(time.Minute))
			maya.signsIn("Maya Lindqvist", "/connectors?q=hosted-na")
			maya.must(maya.named("checkbox", "Select all connectors of this page").Check())
			maya.presses("Edit…")
			maya.types(maya.organization(), "Contoso Deutschland")
			maya.gives("Renamed")
			maya.presses("Preview")
			maya.presses("Apply to 1 connector")
			maya.sees(maya.run("running"))
		}},
		"a doubt": {regexp.MustCompile(`\?look=`), func(maya *person) { maya.leavesInDoubt(id, faults.LoseAnswer()) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{syncDelay: time.Hour})
			maya := s.sits(t)
			maya.must(maya.Clock().Install())
			test.shows(maya)
			maya.stopsClock()
			maya.hides(true)
			asked := maya.countsRequests(test.asks)
			maya.passes(65_000)
			_, err := maya.ExpectRequest(test.asks, func() error { maya.hides(false); return nil })
			maya.must(err)
			if got := asked.Load(); got != 1 {
				t.Errorf("asked %d times since it was hidden, want once", got)
			}
		})
	}
}
