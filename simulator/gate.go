package simulator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// gate is a listener whose port can be closed, so that dials are refused, and opened again, under the same server.
type gate struct {
	addr net.Addr

	mu      sync.Mutex
	changed *sync.Cond
	open    net.Listener // nil while refusing
	closed  bool
}

func openGate(address string) (*gate, error) {
	listener, err := listen(address)
	if err != nil {
		return nil, fmt.Errorf("listen for the demo tenant: %w", err)
	}
	g := &gate{addr: listener.Addr(), open: listener}
	g.changed = sync.NewCond(&g.mu)
	return g, nil
}

// Ports that the gate picks itself lie below those that systems give to outgoing connections (Linux from 32768, IANA from
// 49152): one of these could take the port while the gate refuses, and it could not be opened again.
const (
	lowestPort  = 20_000
	highestPort = 26_000
	portsTried  = 200
)

// listen is net.Listen, but for port 0, which is one that stays free while it is closed.
func listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" {
		return net.Listen("tcp", address)
	}
	var listener net.Listener
	for range portsTried {
		picked := lowestPort + rand.IntN(highestPort-lowestPort)
		if listener, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(picked))); err == nil {
			return listener, nil
		}
	}
	return nil, err
}

// Accept waits while the gate refuses.
func (g *gate) Accept() (net.Conn, error) {
	for {
		g.mu.Lock()
		for g.open == nil && !g.closed {
			g.changed.Wait()
		}
		listener, closed := g.open, g.closed
		g.mu.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		conn, err := listener.Accept()
		if err == nil || !errors.Is(err, net.ErrClosed) {
			return conn, err
		}
	}
}

func (g *gate) Addr() net.Addr { return g.addr }

func (g *gate) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.changed.Broadcast()
	if g.open == nil {
		return nil
	}
	err := g.open.Close()
	g.open = nil
	return err
}

func (g *gate) refuse() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		return nil
	}
	err := g.open.Close()
	g.open = nil
	return err
}

func (g *gate) resume() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open != nil || g.closed {
		return nil
	}
	listener, err := net.Listen("tcp", g.addr.String())
	if err != nil {
		return fmt.Errorf("listen again for the demo tenant: %w", err)
	}
	g.open = listener
	g.changed.Broadcast()
	return nil
}
