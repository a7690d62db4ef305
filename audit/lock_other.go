//go:build !unix

package audit

// lockFolder does nothing: the file is still replaced at once, and the next line mends what a race left behind.
func lockFolder(string) (unlock func(), err error) { return func() {}, nil }
