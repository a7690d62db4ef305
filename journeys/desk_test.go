package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestDesk: somebody says by keyboard alone that they are on it; a colleague sees it in the list, takes it over and leaves a note,
// which the first one sees.
func TestDesk(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	tom, maya := s.sits(t), s.sits(t)
	tom.signsIn("Tom Okafor", pathOf(id))
	tom.tabsTo(tom.summary("I am on it…"))
	tom.hits("Enter", "Tab")
	tom.hasFocus(tom.GetByLabel("What are you doing?"))
	tom.must(tom.Keyboard().Type("Asking the carrier"))
	tom.hits("Tab")
	tom.must(tom.Keyboard().Type("https://tickets.example.com/INC-1"))
	tom.hits("Enter")
	tom.hasFocus(tom.told("You are on it, and everybody sees it."))
	tom.isAt(pathOf(id))
	tom.isAccessible("a claim")

	maya.signsIn("Maya Lindqvist", "/connectors?q=s2s-na")
	maya.sees(maya.GetByRole("row").Filter(playwright.LocatorFilterOptions{HasText: "On it: Tom Okafor"}))
	maya.clicks(maya.GetByRole("rowheader").GetByRole("link"))
	maya.sees(maya.GetByText("Asking the carrier").First())
	maya.sees(maya.link("Ticket at tickets.example.com").First())
	maya.clicks(maya.summary("Take it over…"))
	maya.presses("Take it over")
	maya.hasFocus(maya.told("You took it over from Tom Okafor."))
	maya.clicks(maya.summary("Leave a note…"))
	maya.types(maya.GetByLabel("Note"), "Do not restart the agent")
	maya.presses("Leave the note")
	maya.hasFocus(maya.told("Your note is left."))
	_, err := maya.ExpectResponse("**"+pathOf(id), func() error {
		_, err := maya.Evaluate(`() => document.dispatchEvent(new CustomEvent("missed"))`) // as after any event of this connector
		return err
	})
	maya.must(err)
	maya.sees(maya.GetByText("Do not restart the agent").First())
	maya.hasFocus(maya.told("Your note is left."))

	tom.visits(pathOf(id))
	tom.sees(tom.GetByText("On it: Maya Lindqvist"))
	tom.sees(tom.GetByText("Do not restart the agent").First())
}

// TestOneFormLeavesTheOthersWords: a note is sent, or refused, while a claim is half written; the claim stays as it was.
func TestOneFormLeavesTheOthersWords(t *testing.T) {
	t.Parallel()
	s := open(t, settings{})
	tom := s.sits(t)
	tom.meets(422)
	tom.signsIn("Tom Okafor", pathOf(simulator.ID("s2s-na")))
	tom.clicks(tom.summary("I am on it…"))
	tom.types(tom.Locator("#claim-text"), "Asking the carrier")
	tom.types(tom.Locator("#claim-ticket"), "https://tickets.example.com/INC-1")
	tom.clicks(tom.summary("Leave a note…"))
	for _, words := range []string{" ", "The carrier calls back at four."} {
		tom.types(tom.Locator("#note-text"), words)
		tom.presses("Leave the note")
		tom.sees(tom.Locator("#told:not(:empty), #note-text[aria-invalid]"))
		tom.must(tom.expect.Locator(tom.Locator("#claim-text")).ToHaveValue("Asking the carrier"))
		tom.must(tom.expect.Locator(tom.Locator("#claim-ticket")).ToHaveValue("https://tickets.example.com/INC-1"))
		tom.sees(tom.Locator("#claim-text"))
	}
	tom.presses("I am on it")
	tom.sees(tom.told("You are on it, and everybody sees it."))
	tom.clicks(tom.summary("Leave a note…"))
	tom.types(tom.Locator("#note-text"), "The carrier has called")
	tom.presses("I am done")
	tom.sees(tom.told("The claim has ended."))
	tom.must(tom.expect.Locator(tom.Locator("#note-text")).ToHaveValue("The carrier has called"))
}

// TestAProxysAnswerKeepsNoOlderWords: it swaps nothing, so what was typed at that time is not put back over what was typed since.
func TestAProxysAnswerKeepsNoOlderWords(t *testing.T) {
	t.Parallel()
	path := pathOf(simulator.ID("s2s-na"))
	s := open(t, settings{})
	tom := s.sits(t)
	tom.signsIn("Tom Okafor", path)
	tom.clicks(tom.summary("I am on it…"))
	tom.types(tom.Locator("#claim-text"), "Asking the carrier")
	tom.clicks(tom.summary("Leave a note…"))
	tom.types(tom.Locator("#note-text"), "No mail since noon")
	tom.stands(path + "/notes")
	tom.presses("Leave the note")
	tom.sees(tom.GetByText("Switchboard did not answer."))
	tom.types(tom.Locator("#claim-text"), "Asked the carrier")
	_, err := tom.Reload()
	tom.must(err)
	tom.must(tom.expect.Locator(tom.Locator("#claim-text")).ToHaveValue("Asked the carrier"))
	tom.must(tom.expect.Locator(tom.Locator("#note-text")).ToHaveValue("No mail since noon"))
}

// TestDeskWithoutScript: the same forms, one page after the other.
func TestDeskWithoutScript(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	s := open(t, settings{})
	tom := s.sits(t, withoutScript)
	tom.signsIn("Tom Okafor", pathOf(id))
	tom.clicks(tom.summary("I am on it…"))
	tom.presses("I am on it")
	tom.sees(tom.told("You are on it, and everybody sees it."))
	tom.clicks(tom.summary("Leave a note…"))
	tom.meets(422)
	tom.presses("Leave the note")
	tom.sees(tom.GetByText("Write a sentence: everybody who sees this connector reads it."))
	tom.types(tom.GetByLabel("Note"), "Do not restart the agent")
	tom.presses("Leave the note")
	tom.sees(tom.told("Your note is left."))
	tom.presses("I am done")
	tom.sees(tom.told("The claim has ended."))
}

// summary opens what lies folded away under it, told is what the page says has just been recorded.
func (p *person) summary(words string) playwright.Locator {
	return p.Locator("summary", playwright.PageLocatorOptions{HasText: words})
}

func (p *person) told(words string) playwright.Locator {
	return p.Locator("main [role=status]", playwright.PageLocatorOptions{HasText: words})
}
