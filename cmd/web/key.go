package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/urfave/cli/v3"
	"golang.org/x/mod/sumdb/note"
)

// outFlag is where a key goes; without it to stdout.
func outFlag() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{
		Name: "out", Usage: "the `FILE` to make, which only its owner may read; without it the key goes to stdout",
		Validator: func(name string) error {
			if name == "" {
				return errors.New("it names no file")
			}
			return nil
		},
	}}
}

func (c *call) makeAuditKey(cmd *cli.Command) int {
	origin := cmd.Args().First()
	signer, verifier, err := newAuditKey(origin)
	if err != nil {
		fmt.Fprintf(c.errs, "switchboard key audit: %q cannot be an origin: it is a name without blanks and +, such as switchboard.example/audit\n", origin)
		return misconfigured
	}
	if code := c.handOut(signer, cmd.String("out")); code != clean {
		return code
	}
	fmt.Fprintln(c.errs, verifier)
	return clean
}

// newAuditKey is a signer's key and the verifier's of the same name, the record's origin.
func newAuditKey(origin string) (signer, verifier string, err error) {
	if strings.ContainsFunc(origin, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", "", errors.New("characters that cannot be seen") // and that no note may hold
	}
	if signer, verifier, err = note.GenerateKey(rand.Reader, origin); err == nil {
		_, err = note.NewSigner(signer) // refuses blanks and plus signs
	}
	return signer, verifier, err
}

func (c *call) makeSessionKey(cmd *cli.Command) int {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	return c.handOut(base64.StdEncoding.EncodeToString(key), cmd.String("out"))
}

// handOut writes a secret as one line: to a new file, else to stdout.
func (c *call) handOut(secret, file string) int {
	write := func() error { return makeFile(file, secret+"\n") }
	if file == "" {
		write = func() error { _, err := fmt.Fprintln(c.out, secret); return err }
	}
	if err := write(); err != nil {
		fmt.Fprintln(c.errs, "the key cannot be kept:", err)
		return failed
	}
	return clean
}

// makeFile makes a file that only its owner may read. One that is there is left alone: it may hold the only copy of a key.
func makeFile(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if err = errors.Join(err, file.Chmod(0o600), file.Sync(), file.Close()); err != nil { // whatever the umask takes away
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
