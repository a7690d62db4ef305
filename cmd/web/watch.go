package main

import (
	"context"
	"fmt"
	"os/signal"
	"sync"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"switchboard/internal/audit"
	"switchboard/internal/config"
)

// watch is what carries the record out of the database's reach: its witnesses, and the stream of its lines.
type watch struct {
	witnesses *audit.Witnesses
	stream    *audit.Stream // nil: off
}

// watchOver has the record watched from its first line on.
func (s *site) watchOver(ctx context.Context, settings config.Config, record *audit.Log) (err error) {
	s.watch.witnesses, err = audit.NewWitnesses(audit.WitnessOptions{AuditLog: record, Witnesses: witnessesOf(settings), Refused: record.Refused, Log: s.log})
	if err != nil {
		return fmt.Errorf("audit.witnesses: %w", err)
	}
	for i, state := range s.watch.witnesses.Seen() {
		s.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "switchboard_audit_witnessed_lines", Help: "Up to which line of the record a witness has cosigned it.",
			ConstLabels: prometheus.Labels{"witness": state.Name},
		}, func() float64 { return float64(s.watch.witnesses.Seen()[i].Lines) }))
	}
	if settings.Audit.Stream == "" {
		return nil
	}
	// a reader of the standard output that goes away must not end the program
	signal.Ignore(syscall.SIGPIPE)
	s.watch.stream, err = audit.NewStream(ctx, audit.StreamOptions{AuditLog: record,
		File: settings.Audit.Stream, Stdout: s.out, Position: settings.Audit.StreamPosition, Log: s.log,
	})
	if err != nil {
		return fmt.Errorf("audit.stream: %w", err)
	}
	s.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "switchboard_audit_stream_failures_total", Help: "How often the record could not be streamed.",
	}, func() float64 { return float64(s.watch.stream.Failures()) }))
	return nil
}

func witnessesOf(settings config.Config) []audit.Witness {
	witnesses := make([]audit.Witness, len(settings.Audit.Witnesses))
	for i, witness := range settings.Audit.Witnesses {
		witnesses[i] = audit.Witness{Key: witness.Key, URL: witness.URL.String()}
	}
	return witnesses
}

// run asks witnesses and streams lines until the function that it returns is called, which comes back when both have stopped.
func (w watch) run(ctx context.Context) (stop func()) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() { w.witnesses.Run(running) })
	if w.stream != nil {
		all.Go(func() { w.stream.Run(running) })
	}
	return func() {
		cancel()
		all.Wait()
	}
}
