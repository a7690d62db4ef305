package frame

// Theme is how a person wants the pages lit.
type Theme string

// The themes. As System nothing is set, and the browser decides.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// Themes are the three, in the order in which the button of the top bar goes through them.
func Themes() []Theme { return []Theme{System, Light, Dark} }

// Value is the theme's name in the form and in the cookie.
func (t Theme) Value() string {
	if t == System {
		return "system"
	}
	return string(t)
}

// Label is the theme's name as people read it.
func (t Theme) Label() string {
	switch t {
	case Light:
		return "Light"
	case Dark:
		return "Dark"
	}
	return "As system"
}

func (t Theme) icon() string {
	switch t {
	case Light:
		return "sun"
	case Dark:
		return "moon"
	}
	return "sun-moon"
}

func (t Theme) next() Theme {
	switch t {
	case System:
		return Light
	case Light:
		return Dark
	}
	return System
}
