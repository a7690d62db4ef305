package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"switchboard/internal/licenses"
)

// licenses prints every licence text below the names of what it is for.
func (c *call) licenses(*cli.Command) int {
	notices, err := licenses.Notices()
	if err != nil {
		fmt.Fprintln(c.errs, "switchboard licenses:", err)
		return failed
	}
	for _, notice := range notices {
		for _, part := range notice.Parts {
			fmt.Fprintln(c.out, part.Name, part.Version)
		}
		fmt.Fprintf(c.out, "%s\n\n%s\n%s\n\n", notice.Licence, notice.Text, strings.Repeat("=", 80))
	}
	return clean
}
