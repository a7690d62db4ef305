package site

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

// watchOver carries the audit log out of the database's reach, from its first line on: its witnesses, and the stream of its lines.
func (r *Rooms) watchOver(ctx context.Context, settings config.Config, o Options) (err error) {
	r.Witnesses, err = audit.NewWitnesses(audit.WitnessOptions{AuditLog: r.auditLog, Witnesses: Witnesses(settings), Refused: r.auditLog.Refused, Log: o.Log})
	if err != nil {
		return fmt.Errorf("audit.witnesses: %w", err)
	}
	for i, state := range r.Witnesses.Seen() {
		r.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "switchboard_audit_witnessed_lines", Help: "Up to which line of the record a witness has cosigned it.",
			ConstLabels: prometheus.Labels{"witness": state.Name},
		}, func() float64 { return float64(r.Witnesses.Seen()[i].Lines) }))
	}
	if settings.Audit.Stream == "" {
		return nil
	}
	// a reader of the standard output that goes away must not end the program
	signal.Ignore(syscall.SIGPIPE)
	r.stream, err = audit.NewStream(ctx, audit.StreamOptions{AuditLog: r.auditLog,
		File: settings.Audit.Stream, Stdout: o.Out, Position: settings.Audit.StreamPosition, Log: o.Log,
	})
	if err != nil {
		return fmt.Errorf("audit.stream: %w", err)
	}
	r.Metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "switchboard_audit_stream_failures_total", Help: "How often the record could not be streamed.",
	}, func() float64 { return float64(r.stream.Failures()) }))
	return nil
}

// watch asks witnesses and streams lines until the function that it returns is called, which comes back when both have stopped.
func (r *Rooms) watch(ctx context.Context) (stop func()) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() { r.Witnesses.Run(running) })
	if r.stream != nil {
		all.Go(func() { r.stream.Run(running) })
	}
	return func() {
		cancel()
		all.Wait()
	}
}
