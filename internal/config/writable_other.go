//go:build !unix

package config

import "os"

// writable says whether the folder is there; whether it can be written shows when it is.
func writable(folder string) error {
	_, err := os.Stat(folder)
	return err
}
