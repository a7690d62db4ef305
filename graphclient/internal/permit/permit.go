// Package permit is what package graphclient asks for before it gives calls that change something. Only packages below
// graphclient can make one, and of those only package write does.
package permit

// Permit lets its holder write.
type Permit struct{ _ struct{} }
