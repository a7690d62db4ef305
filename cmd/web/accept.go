package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/user"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/site"
)

// longestReason is how many characters the reason of a line may have.
const longestReason = 4000

func acceptFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "reason", Usage: "why it is accepted, such as a restore from a backup: `TEXT` that becomes a line of the log"}}
}

// accept takes the record as it is and signs it. It needs the key and the right to write the checkpoint's file.
func (c *call) accept(cmd *cli.Command) int {
	reason := strings.TrimSpace(cmd.String("reason"))
	if reason == "" || utf8.RuneCountInString(reason) > longestReason {
		fmt.Fprintf(c.errs, "switchboard audit accept: say why with -reason, in at most %d characters\n", longestReason)
		return misconfigured
	}
	settings, warnings, ok := c.by(config.Load)()
	if !ok {
		return misconfigured
	}
	for _, warning := range warnings {
		fmt.Fprintln(c.errs, "warning:", warning)
	}
	if settings.Demo {
		fmt.Fprintln(c.errs, "switchboard audit accept: a demo accepts nothing; delete its database and the files beside it to begin anew")
		return misconfigured
	}
	told, err := acceptRecord(context.Background(), settings, reason)
	if err != nil {
		fmt.Fprintln(c.errs, "NOT ACCEPTED:", err)
		return failed
	}
	fmt.Fprintln(c.out, told)
	return clean
}

func acceptRecord(ctx context.Context, settings config.Config, reason string) (told string, err error) {
	lock, err := database.Hold(settings.Database.URL)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	db, err := database.Open(ctx, settings.Database.URL)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.Under(lock)
	record, err := site.NewAuditLog(settings, db, site.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", err
	}
	changes.New(changes.Options{Database: db, AuditLog: record}) // whose table is checked, too
	line, added, err := record.Accept(ctx, audit.Acceptance{Reason: reason, Account: account(), Owner: site.Owner(settings)})
	if err != nil {
		return "", err
	}
	if !added {
		return fmt.Sprintf("Line %d has accepted the log already; %s now holds its checkpoint.", line.Seq, settings.Audit.CheckpointFile), nil
	}
	return fmt.Sprintf("Accepted as line %d; %s holds the new checkpoint.", line.Seq, settings.Audit.CheckpointFile), nil
}

// account is the operating system's name of who runs this; its number where it has no name.
func account() string {
	who, err := user.Current()
	if err != nil {
		return "unknown"
	}
	if who.Username == "" {
		return who.Uid
	}
	return who.Username
}
