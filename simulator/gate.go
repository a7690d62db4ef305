package simulator

import (
	"errors"
	"fmt"
	"net"
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
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the demo tenant: %w", err)
	}
	g := &gate{addr: listener.Addr(), open: listener}
	g.changed = sync.NewCond(&g.mu)
	return g, nil
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
