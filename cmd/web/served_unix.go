//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// whileNobodyServes takes the lock that a serving program holds beside a SQLite file, so that none serves until release is
// called; errServed where one does. Of PostgreSQL nobody can tell.
func whileNobodyServes(databaseURL string) (release func(), err error) {
	path, local := strings.CutPrefix(databaseURL, "sqlite:")
	if !local {
		return func() {}, nil
	}
	file, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the lock beside the database: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errServed
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { file.Close() }, nil // which unlocks it
}
