//go:build !linux

package main

// forgetPages is what Linux alone is asked for.
func forgetPages() {}
