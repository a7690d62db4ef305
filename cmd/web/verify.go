package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"switchboard/audit"
)

// verify checks an exported record without a server, a database or a configuration.
func verify(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("switchboard verify", flag.ContinueOnError)
	flags.SetOutput(errs)
	key := flags.String("key", "", "the verifier's key that the record's keeper published")
	older := flags.String("checkpoint", "", "the file of an older checkpoint that somebody kept")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		fmt.Fprint(errs, "switchboard verify [-key VKEY] [-checkpoint OLD] FILE\n")
		return misconfigured
	}
	options := audit.VerifyOptions{Key: *key}
	if *older != "" {
		kept, err := os.ReadFile(*older)
		if err != nil {
			fmt.Fprintln(errs, "the older checkpoint:", err)
			return failed
		}
		options.Checkpoint = string(kept)
	}
	report, err := audit.VerifyFile(flags.Arg(0), options)
	if err != nil {
		fmt.Fprintln(errs, "NOT VERIFIED:", err)
		return failed
	}
	fmt.Fprintln(out, report)
	return clean
}
