package main

import (
	"fmt"
	"strings"

	"switchboard/internal/changes"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/tracing"
)

// unsafe are settings that the configuration alone cannot judge: they hold against what other rooms do. The environment of traces is among them.
func unsafe(settings config.Config) []string {
	var warnings []string
	if settle := settings.Changes.Settle; settle < changes.SendWithin {
		warnings = append(warnings, fmt.Sprintf("changes.settle: a PATCH may take %v, and after %v it may be called not applied while it is still on its way; write %v or more",
			changes.SendWithin, settle, changes.SendWithin))
	}
	if hosts := database.Plain(settings.Database.URL); len(hosts) > 0 {
		warnings = append(warnings, fmt.Sprintf("database.url: %s may be spoken to without TLS, so the network can read and change the record and the password; add sslmode=verify-full",
			strings.Join(hosts, " and ")))
	}
	return append(warnings, tracing.Warnings()...)
}
