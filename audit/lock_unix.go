//go:build unix

package audit

import (
	"os"
	"syscall"
)

// lockFolder makes replicas that share a folder take turns there.
func lockFolder(path string) (unlock func(), err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		folder.Close()
		return nil, err
	}
	return func() { folder.Close() }, nil // which unlocks it
}
