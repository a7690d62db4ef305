package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"switchboard/internal/config"
	"switchboard/internal/database"
)

// migrate brings the tables up to date and does nothing else, so that serving needs an account that may do less.
func (c *call) migrate(*cli.Command) int {
	url, err := config.DatabaseURL(c.config.path, c.config.named, c.environ)
	if err != nil {
		fmt.Fprintln(c.errs, err)
		return misconfigured
	}
	applied, err := migrateHeld(url)
	if err != nil {
		fmt.Fprintln(c.errs, "switchboard migrate:", err)
		return failed
	}
	fmt.Fprintf(c.out, "applied %s; the tables are up to date\n", migrations(applied))
	return clean
}

// migrateHeld migrates a database that nothing serves from.
func migrateHeld(url string) (applied int, err error) {
	lock, err := database.Hold(url)
	if err != nil {
		return 0, err
	}
	applied, err = database.Migrate(context.Background(), url)
	return applied, errors.Join(err, lock.Close())
}
