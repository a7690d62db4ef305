//go:build !unix

package database

import "os"

// writable says whether the file or folder at the path is there: this system does not tell more without trying.
func writable(path string) error {
	_, err := os.Stat(path)
	return err
}
