//go:build unix

package database

import "syscall"

// writable asks the system whether this user may write the file or folder at the path, which it leaves alone.
func writable(path string) error {
	const write = 2
	return syscall.Access(path, write)
}
