package main

import "runtime/debug"

// giveBack returns to the system what the start alone needed: memory that is free again, and the pages of the program's own file that
// its code and tables came from. What is needed of those again is found in the system's cache of that file.
func giveBack() {
	debug.FreeOSMemory()
	forgetPages()
}
