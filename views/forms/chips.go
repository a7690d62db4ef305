package forms

// Chip is one active filter.
type Chip struct {
	Name, Value string
	// without is the address of what is shown without this filter.
	Without string
}
