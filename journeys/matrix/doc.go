// Package matrix tries every fault of Graph, of the provider and of the database on every page that could show it and every
// form that could send something meanwhile, and holds what must be true of each. The results stand in docs/security.md.
package matrix
