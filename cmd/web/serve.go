package main

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

// serve answers requests until ctx ends, then lets those under way finish.
func (s *site) serve(ctx context.Context) error {
	defer s.watch.run(ctx)() // after all that adds lines
	group, running := errgroup.WithContext(ctx)
	s.run(group, running, s.listener, s.pages)
	if s.metrics != nil {
		measured := http.NewServeMux()
		measured.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
		s.run(group, running, s.metrics, measured)
	}
	group.Go(func() error { return s.signIn.Run(running) })
	group.Go(func() error { return s.drafts.Run(running) })
	group.Go(func() error { return s.changes.Run(running) })
	group.Go(func() error { return s.record.Run(running) })
	s.log.Info("switchboard serves", "listen", s.listener.Addr().String(), "version", version)
	err := group.Wait()
	s.sessions.Drain()
	return err
}

// run serves one listener in the group.
func (s *site) run(group *errgroup.Group, running context.Context, listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 90 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
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

// close gives back what build took, the last first.
func (s *site) close() error {
	var failures []error
	if s.graph != nil {
		s.graph.Close()
	}
	if s.database != nil {
		failures = append(failures, s.database.Close())
	}
	if s.lock != nil {
		failures = append(failures, s.lock.Close())
	}
	if s.tenant != nil {
		failures = append(failures, s.tenant.Close())
	}
	for _, listener := range []net.Listener{s.listener, s.metrics} {
		if listener == nil {
			continue
		}
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
