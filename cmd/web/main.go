// Command switchboard serves the admin dashboard for Intune's Exchange connectors. Its other verbs check a configuration,
// verify an exported record, make keys, ask a running instance whether it lives, and tell licences and version.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"switchboard/handlers"
	"switchboard/internal/audit"
	"switchboard/internal/config"
	"switchboard/internal/site"
)

// version is set when the program is linked.
var version = "dev"

// The exit codes.
const (
	clean         = 0
	failed        = 1
	misconfigured = 2 // or called with what the program does not understand
)

func main() {
	runtime.MemProfileRate = 0 // nobody can ask for the profile
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program without its process: what it writes and how it ends.
func run(args, environ []string, out, errs io.Writer) int {
	c := &call{environ: environ, out: out, errs: errs}
	act, err := c.understand(args)
	if err != nil {
		fmt.Fprint(errs, err)
		return misconfigured
	}
	return act()
}

// verbs is what the program does, in the order in which it tells of it. Without a verb it serves.
var verbs = []verb{
	{"", "", "serves", true, nil, (*call).serve},
	{"check", "", "tries configuration, database, witnesses, issuer and Graph, and changes nothing", true, nil, (*call).check},
	{"migrate", "", "brings the database's tables up to date, where serving may not; with SQLite while nothing serves", true, nil, (*call).migrate},
	{"verify", "FILE", "checks an exported audit log, offline", false, verifyFlags, (*call).verify},
	{"audit accept", "", "takes an audit log that is not what was signed, for a reason, with the program stopped", true, acceptFlags, (*call).accept},
	{"key audit", "ORIGIN", "makes the key for audit.key_file, and prints its public half on stderr", false, outFlag, (*call).makeAuditKey},
	{"key session", "", "makes a key for sessions.keys or sessions.keys_file", false, outFlag, (*call).makeSessionKey},
	{"healthcheck", "", "asks the instance beside it whether it lives", true, nil, (*call).healthcheck},
	{"licenses", "", "prints the licences of what others wrote and this program is made of", false, nil, (*call).licenses},
	{"version", "", "tells the version", false, nil, (*call).tellVersion},
}

func (c *call) serve(*cli.Command) int { return serve(c.by(config.Load), c.out, c.errs) }

func (c *call) check(*cli.Command) int { return check(c.by(config.Look), c.out) }

func (c *call) tellVersion(*cli.Command) int {
	fmt.Fprintln(c.out, "switchboard "+version)
	return clean
}

// reader reads a configuration: config.Load or config.Look.
type reader func(path string, named bool, environ []string) (config.Config, []string, error)

// loader is a reader of the configuration that the command line names; it has told what is wrong where ok is false.
type loader func() (settings config.Config, warnings []string, ok bool)

// by reads the configuration that the command line names, and tells on stderr what is wrong with it.
func (c *call) by(read reader) loader {
	return func() (config.Config, []string, bool) {
		settings, warnings, err := read(c.config.path, c.config.named, c.environ)
		if err != nil { // one fault a line
			fmt.Fprintln(c.errs, err)
		}
		return settings, warnings, err == nil
	}
}

// serve runs the site until it is told to stop.
func serve(load loader, out, errs io.Writer) int {
	settings, warnings, ok := load()
	if !ok {
		return misconfigured
	}
	log := slog.New(handlers.TagRequests(slog.NewJSONHandler(errs, &slog.HandlerOptions{Level: settings.Log.Level})))
	for _, warning := range append(warnings, unsafe(settings)...) {
		log.Warn(warning)
	}
	if soon := settings.CertificateWarning(time.Now()); soon != "" {
		log.Warn(soon)
	}
	if doubt := settings.CertificateDoubt(time.Now()); doubt != "" {
		log.Error(doubt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	defer stop()
	return serveUntil(ctx, settings, out, log)
}

// serveUntil serves until ctx ends. To be stopped before that is no failure.
func serveUntil(ctx context.Context, settings config.Config, out io.Writer, log *slog.Logger) int {
	built, err := site.Build(ctx, settings, site.Options{Version: version, Out: out, Log: log})
	if err != nil && ctx.Err() != nil {
		log.Info("switchboard has stopped before it served", "at", err.Error())
		return clean
	}
	if err == nil {
		debug.FreeOSMemory() // what the start alone needed
		err = errors.Join(built.Serve(ctx), built.Close())
	}
	if err != nil {
		log.Error("switchboard stops", "error", err.Error())
		if errors.Is(err, audit.ErrOwner) {
			return misconfigured
		}
		return failed
	}
	log.Info("switchboard has stopped")
	return clean
}

// stopSignals are those on which what is under way is finished first. A terminal that closes sends SIGHUP, which nohup has
// the program ignore.
func stopSignals() []os.Signal {
	signals := []os.Signal{syscall.SIGTERM, os.Interrupt}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}
