//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package database

import (
	"errors"
	"os"
	"syscall"
)

// lockWhole locks the file for this open of it, without waiting; the error is errBusy where another has it.
func lockWhole(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errBusy
	}
	return err
}
