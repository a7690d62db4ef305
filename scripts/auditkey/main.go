// Command auditkey makes the key that signs the record's checkpoints: the signer's key for audit.key_file on stdout, the
// verifier's key, which `switchboard verify -key` takes, on stderr.
package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: auditkey ORIGIN > FILE    (an origin is a name without blanks, such as switchboard.example/audit)")
		os.Exit(2)
	}
	signer, verifier, err := note.GenerateKey(rand.Reader, os.Args[1])
	if err == nil {
		_, err = note.NewSigner(signer) // refuses an origin with blanks or a plus sign
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "no key for the origin %q: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	fmt.Println(signer)
	fmt.Fprintln(os.Stderr, "Keep this for whoever verifies:", verifier)
}
