package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/urfave/cli/v3"

	"switchboard/internal/config"
)

// healthcheck asks the instance beside it whether it lives, as a container's runtime does.
func (c *call) healthcheck(*cli.Command) int {
	address, err := config.Listen(c.config.path, c.config.named, c.environ)
	if err != nil {
		fmt.Fprintln(c.errs, err)
		return misconfigured
	}
	if err := alive(address); err != nil {
		fmt.Fprintf(c.errs, "not healthy at %s: %v\n", address, err)
		return failed
	}
	return clean
}

// alive dials the very address that serving listens on: no name of this machine has to be known, and no proxy is asked. An
// address of every network is dialled on the loopback.
func alive(address string) error {
	client := &http.Client{Timeout: checkWithin, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	answer, err := client.Get("http://localhost/healthz")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("/healthz answers %s", answer.Status)
	}
	return nil
}
