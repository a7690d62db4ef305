// Command switchboard serves the admin dashboard for Intune's Exchange connectors. Its other verbs check a configuration,
// verify an exported record, ask a running instance whether it lives, and tell the version.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"switchboard/config"
	"switchboard/handlers"
)

// version is set when the program is linked.
var version = "dev"

// The exit codes.
const (
	clean         = 0
	failed        = 1
	misconfigured = 2
)

const usage = `switchboard [-config PATH]          serves
switchboard [-config PATH] check    tries configuration, database, issuer, client and Graph
switchboard verify [-key VKEY] [-checkpoint OLD] FILE
                                    checks an exported record, offline
switchboard healthcheck             asks its own /healthz
switchboard version
`

func main() {
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program without its process: what it writes and how it ends.
func run(args, environ []string, out, errors io.Writer) int {
	flags := flag.NewFlagSet("switchboard", flag.ContinueOnError)
	flags.SetOutput(errors)
	flags.Usage = func() { fmt.Fprint(errors, usage) }
	path := flags.String("config", "config.yaml", "the configuration file")
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return clean
		}
		return misconfigured
	}
	if flags.NArg() > 1 && flags.Arg(0) != "verify" {
		fmt.Fprintf(errors, "switchboard does not know what to do with %q.\n%s", flags.Args()[1:], usage)
		return misconfigured
	}
	named := false
	flags.Visit(func(f *flag.Flag) { named = named || f.Name == "config" })
	by := func(read reader) loader {
		return func() (config.Config, []string, bool) {
			settings, warnings, err := read(*path, named, environ)
			if err != nil { // one fault a line
				fmt.Fprintln(errors, err)
			}
			return settings, warnings, err == nil
		}
	}
	switch verb := flags.Arg(0); verb {
	case "":
		return serve(by(config.Load), errors)
	case "check":
		return check(by(config.Look), out)
	case "verify":
		return verify(flags.Args()[1:], out, errors)
	case "healthcheck":
		return healthcheck(by(config.Look), errors)
	case "version":
		fmt.Fprintln(out, "switchboard "+version)
		return clean
	default:
		fmt.Fprintf(errors, "switchboard has no verb %q.\n%s", verb, usage)
		return misconfigured
	}
}

// reader reads a configuration: config.Load or config.Look.
type reader func(path string, named bool, environ []string) (config.Config, []string, error)

// loader is a reader of the configuration that the command line names; it has told what is wrong where ok is false.
type loader func() (settings config.Config, warnings []string, ok bool)

// serve runs the site until it is told to stop.
func serve(load loader, errs io.Writer) int {
	settings, warnings, ok := load()
	if !ok {
		return misconfigured
	}
	log := slog.New(handlers.TagRequests(slog.NewJSONHandler(errs, &slog.HandlerOptions{Level: settings.Log.Level})))
	for _, warning := range warnings {
		log.Warn(warning)
	}
	if soon := settings.CertificateWarning(time.Now()); soon != "" {
		log.Warn(soon)
	}
	if doubt := settings.CertificateDoubt(time.Now()); doubt != "" {
		log.Error(doubt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	site, err := build(ctx, settings, log)
	if err == nil {
		err = errors.Join(site.serve(ctx), site.close())
	}
	if err != nil {
		log.Error("switchboard stops", "error", err.Error())
		return failed
	}
	log.Info("switchboard has stopped")
	return clean
}
