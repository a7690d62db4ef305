package journeys

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"switchboard/simulator"
)

// TestTheme: the button goes from the system's theme to light and dark and round, and the choice stays. It needs neither
// JavaScript nor a session.
func TestTheme(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]playwright.BrowserNewContextOptions{"htmx": nil, "plain": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings{})
			maya := s.sits(t, options...)
			maya.visits("/signed-out")
			maya.presses("Theme: As system. Change to Light")
			maya.isAt("/signed-out")
			maya.isLit("light")
			maya.signsIn("Maya Lindqvist", "/connectors?health=retired")
			maya.isLit("light")
			maya.presses("Theme: Light. Change to Dark")
			maya.isAt("/connectors?health=retired")
			maya.isLit("dark")
			dark := maya.ground()
			_, err := maya.Reload()
			maya.must(err)
			maya.follows("Overview")
			maya.isOn("Overview")
			maya.isLit("dark")
			maya.presses("Theme: Dark. Change to As system")
			maya.must(maya.expect.Locator(maya.Locator("html:not([data-bs-theme])")).ToHaveCount(1))
			light := maya.ground()
			maya.must(maya.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeDark}))
			if system := maya.ground(); system != dark || light == dark {
				t.Errorf("grounds: light %s, dark %s, dark by the system %s", light, dark, system)
			}
		})
	}
}

// TestThemeKeepsThePage: with script the theme changes on the page that is open. Its filter, its form and the focus stay.
func TestThemeKeepsThePage(t *testing.T) {
	t.Parallel()
	id := simulator.ID("hosted-na")
	s := open(t, settings{})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", id)
	maya.marks()
	maya.types(maya.field("Alias"), "typed")
	maya.presses("Theme: As system. Change to Light")
	maya.isLit("light")
	maya.must(maya.expect.Locator(maya.field("Alias")).ToHaveValue("typed"))
	maya.clicks(maya.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Maya Lindqvist"}))
	maya.presses("Dark")
	maya.isLit("dark")
	maya.hasFocus(maya.button("Dark"))
	maya.isSameDocument()
	maya.must(maya.expect.Locator(maya.GetByText("The form holds what you had typed.")).ToBeHidden())
}

func (p *person) isLit(theme string) {
	p.t.Helper()
	p.must(p.expect.Locator(p.Locator("html")).ToHaveAttribute("data-bs-theme", theme))
}

// ground is the colour behind the page.
func (p *person) ground() string {
	p.t.Helper()
	colour, err := p.Locator("body").Evaluate(`(body) => getComputedStyle(body).backgroundColor`, nil)
	p.must(err)
	text, _ := colour.(string)
	return text
}
