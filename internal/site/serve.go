package site

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
)

// drainWithin is how long requests that are under way may take after the signal to stop: a PATCH has 30 s.
const drainWithin = 35 * time.Second

// Serve answers requests until ctx ends, then lets those under way finish.
func (s *Site) Serve(ctx context.Context) error {
	defer s.rooms.watch(ctx)() // after all that adds lines
	group, running := errgroup.WithContext(ctx)
	run(group, running, s.listener, s.rooms.Pages)
	if s.metrics != nil {
		measured := http.NewServeMux()
		measured.Handle("GET /metrics", promhttp.HandlerFor(s.rooms.Metrics, promhttp.HandlerOpts{}))
		run(group, running, s.metrics, measured)
	}
	group.Go(func() error { return s.rooms.SignIn.Run(running) })
	group.Go(func() error { return s.rooms.Live.Run(running) })
	group.Go(func() error { return s.rooms.drafts.Run(running) })
	group.Go(func() error { return s.rooms.changes.Run(running) })
	group.Go(func() error { return s.rooms.Bulk.Work(running) })
	group.Go(func() error { return s.rooms.auditLog.Run(running) })
	group.Go(func() error { return s.rooms.auditLog.Index(running) })
	s.Log.Info("switchboard serves", "listen", s.listener.Addr().String(), "version", s.Version)
	err := group.Wait()
	s.rooms.Sessions.Drain()
	return err
}

// run serves one listener in the group.
func run(group *errgroup.Group, running context.Context, listener net.Listener, handler http.Handler) {
	waiting := newIdle(mostIdle, idleAtLeast)
	server := &http.Server{
		Handler: waiting.serve(handler), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 90 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ConnState: waiting.state,
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-running.Done()
		draining, cancel := context.WithTimeout(context.Background(), drainWithin)
		defer cancel()
		return server.Shutdown(draining)
	})
}
