// Package providers follows docs/providers.md at providers that nobody here wrote: `make providers` signs in at them with the
// program itself, sees the role, edits, has tokens renewed and signs out.
package providers
