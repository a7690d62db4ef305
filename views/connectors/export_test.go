package connectors

// What tests ask alone.
var (
	ForShell      = forShell
	ForPowerShell = forPowerShell
)
