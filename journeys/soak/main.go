// Soak drives the built program for minutes, on loopback alone: many people who read and save, a Graph whose faults strike
// half of the connectors at random, and a verdict in the end. It exits 1 if people who have nothing to do with a fault were
// kept waiting, if something leaked, or if a change was lost.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// options are what a run may be told.
type options struct {
	binary string
	total  time.Duration // of both phases
	rate   int           // requests a second
	people int
}

const (
	longest  = time.Hour
	mostRate = 200
	// connectors are in two halves: those with even numbers never meet a fault.
	connectors = 60
)

func main() {
	o := options{}
	flag.StringVar(&o.binary, "binary", "bin/switchboard", "the program")
	flag.DurationVar(&o.total, "for", 10*time.Minute, "how long; a fifth of it is quiet")
	flag.IntVar(&o.rate, "rate", 25, "requests a second")
	flag.IntVar(&o.people, "people", 40, "people who are signed in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if o.total > longest || o.total < 30*time.Second || o.rate < 1 || o.rate > mostRate || o.people < 1 || o.people > 150 {
		fmt.Fprintln(os.Stderr, "a run takes 30 s to an hour, with 1 to 200 requests a second of 1 to 150 people")
		os.Exit(2)
	}
	broken, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "the soak could not be run:", err)
		os.Exit(1)
	}
	for _, bound := range broken {
		fmt.Println("BROKEN:", bound)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
	fmt.Println("All bounds held.")
}

// run is a whole soak; it returns the bounds that did not hold.
func run(ctx context.Context, o options) (broken []string, err error) {
	w, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.signIn(ctx); err != nil {
		return nil, err
	}
	fmt.Printf("%d people, %d connectors, %d requests a second, %v\n", o.people, connectors, o.rate, o.total)
	w.load(ctx, o.rate, o.total/20) // what is read for the first time says nothing
	quiet := w.load(ctx, o.rate, o.total/5)
	before, err := w.program.usage(ctx)
	if err != nil {
		return nil, err
	}
	storming, calm := context.WithCancel(ctx)
	ended := make(chan int)
	go func() { ended <- w.storm(storming) }()
	stormy := w.load(ctx, o.rate, o.total-o.total/5-o.total/20)
	calm()
	struck := <-ended
	w.tenant.Faults.Clear()
	w.watchChanges()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	fmt.Printf("%d faults were set; %d requests met one\n", struck, w.met.Load())
	broken = compare(quiet, stormy)
	lost, err := w.settled(ctx)
	if err != nil {
		return nil, err
	}
	leaks, err := w.program.leaks(ctx, before)
	return append(append(broken, lost...), leaks...), err
}
