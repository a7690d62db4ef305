//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package database

import (
	"errors"
	"fmt"
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

// oneName refuses a file that has another name, a hard link: two processes could lock, and log beside, two names of one file.
func oneName(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // there is none yet, or opening it will say what is wrong
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		return fmt.Errorf("the database file %s has another name, a hard link, under which a second process could serve it: remove that name (find / -xdev -samefile %s), or copy the file and use the copy", path, path)
	}
	return nil
}
