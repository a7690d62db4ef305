//go:build unix

package config

import (
	"os"
	"syscall"
)

// owned says whether the file belongs to this program's account.
func owned(info os.FileInfo) bool {
	stat, known := info.Sys().(*syscall.Stat_t)
	return known && int(stat.Uid) == os.Geteuid()
}
