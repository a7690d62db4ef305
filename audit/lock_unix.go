//go:build unix

package audit

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks a file until the program ends; taken says that another one has it.
func lockFile(file *os.File) (taken bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
