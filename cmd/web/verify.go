package main

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"switchboard/internal/audit"
)

func verifyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "checkpoint", Usage: "the file `OLD` with an older checkpoint, or an older export, that somebody kept"},
		&cli.StringFlag{Name: "key", Usage: "the public key, `VKEY`, that the record's keeper published"},
		&cli.StringSliceFlag{Name: "witness", Usage: "the public key, `VKEY`, of a witness that must have cosigned the record; once for each"},
	}
}

// verify checks an exported record without a server, a database or a configuration.
func (c *call) verify(cmd *cli.Command) int {
	options := audit.VerifyOptions{Key: cmd.String("key"), Witnesses: cmd.StringSlice("witness")}
	if older := cmd.String("checkpoint"); older != "" {
		kept, err := os.ReadFile(older)
		if err != nil {
			fmt.Fprintln(c.errs, "the older checkpoint:", err)
			return failed
		}
		options.Checkpoint = string(kept)
	}
	report, err := audit.VerifyFile(cmd.Args().First(), options)
	if err != nil {
		fmt.Fprintln(c.errs, "NOT VERIFIED:", err)
		return failed
	}
	fmt.Fprintln(c.out, report)
	return clean
}
