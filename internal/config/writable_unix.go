//go:build unix

package config

import (
	"os"
	"syscall"
)

// writable says whether this user may make files in the folder, which it leaves alone.
func writable(folder string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return orNotDir(err)
	}
	const writeAndPass = 2 | 1
	return syscall.Access(folder, writeAndPass)
}

func orNotDir(err error) error {
	if err == nil {
		return syscall.ENOTDIR
	}
	return err
}
