package main

import (
	"flag"
	"fmt"
	"os"

	"switchboard/internal/audit"
)

func prepareVerify(c *call, flags *flag.FlagSet) func() int {
	key := flags.String("key", "", "the public key, `VKEY`, that the record's keeper published")
	older := flags.String("checkpoint", "", "the file `OLD` with an older checkpoint, or an older export, that somebody kept")
	var witnesses []string
	flags.Func("witness", "the public key, `VKEY`, of a witness that must have cosigned the record; once for each", func(key string) error {
		witnesses = append(witnesses, key)
		return nil
	})
	return func() int { return c.verify(audit.VerifyOptions{Key: *key, Witnesses: witnesses}, *older) }
}

// verify checks an exported record without a server, a database or a configuration.
func (c *call) verify(options audit.VerifyOptions, older string) int {
	if older != "" {
		kept, err := os.ReadFile(older)
		if err != nil {
			fmt.Fprintln(c.errs, "the older checkpoint:", err)
			return failed
		}
		options.Checkpoint = string(kept)
	}
	report, err := audit.VerifyFile(c.operand, options)
	if err != nil {
		fmt.Fprintln(c.errs, "NOT VERIFIED:", err)
		return failed
	}
	fmt.Fprintln(c.out, report)
	return clean
}
