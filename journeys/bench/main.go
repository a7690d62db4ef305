// Bench measures the built program against floors that do the same work with nothing of ours: a page of the same size with the same
// request to Graph, two durable appends with two requests, a plain proxy, and oauth2-proxy. Rounds are interleaved and ratios are taken
// in each round, since the machine is shared; what counts is processor time. It writes docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

// options are what a run may be told.
type options struct {
	binary, proxy string // the program, and oauth2-proxy; empty: without it
	database      string // PostgreSQL's address for pages and saves; empty: SQLite
	rounds        int
	requests      int // of one kind a round
	people        int // who keep three pages each in mind
	large, lines  int // connectors of the large tenant, lines of the long record
	write, only   string
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "floor" {
		serveFloor(os.Args[2])
		return
	}
	o := options{}
	flag.StringVar(&o.binary, "binary", "bin/switchboard", "the program")
	flag.StringVar(&o.proxy, "oauth2-proxy", "", "the binary of oauth2-proxy 7.15.6")
	flag.StringVar(&o.database, "database", "", "a PostgreSQL database instead of SQLite")
	flag.IntVar(&o.rounds, "rounds", 7, "how often all is measured, one after the other")
	flag.IntVar(&o.requests, "requests", 400, "requests of a kind in a round")
	flag.IntVar(&o.people, "people", 1000, "people with three pages each")
	flag.IntVar(&o.large, "large", 10_000, "connectors of the large tenant")
	flag.IntVar(&o.lines, "lines", 100_000, "lines of the long audit log")
	flag.StringVar(&o.write, "write", "", "the document to write the table into")
	flag.StringVar(&o.only, "only", "", "one part alone, for instance crowds; it is not written")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures one part after the other and tells the table.
func run(ctx context.Context, o options) error {
	t := &table{}
	for _, part := range []struct {
		name    string
		measure func(context.Context, options, *table) error
	}{
		{"pages", pages}, {"saves", saves}, {"large tenants", large}, {"long records", long}, {"doubt", doubt}, {"crowds", crowds},
		{"the first page", firstPage}, {"the client", client},
	} {
		if o.only != "" && part.name != o.only {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", part.name)
		if err := part.measure(ctx, o, t); err != nil {
			t.failed(part.name, err)
			fmt.Fprintln(os.Stderr, "bench:", part.name+":", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	fmt.Println(t)
	if o.write == "" || o.only != "" {
		return nil
	}
	return t.writeInto(o.write, o)
}
