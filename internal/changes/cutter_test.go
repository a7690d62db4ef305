package changes_test

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// marked is a reason for an edit: a transaction that holds it is the one whose commit is cut.
const marked = "cut this one"

// cutter is a way to PostgreSQL that, once armed, lets the next commit of a marked transaction through and cuts the
// connection in place of its answer.
type cutter struct {
	net.Listener
	armed atomic.Bool
}

func newCutter(t *testing.T, server string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	c := &cutter{Listener: listener}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.carry(client, server)
		}
	}()
	return c
}

func (c *cutter) carry(client net.Conn, server string) {
	defer client.Close()
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	var cut atomic.Bool
	go func() {
		answers := make([]byte, 32<<10)
		for {
			n, err := upstream.Read(answers)
			if err != nil || cut.Load() { // the server has carried the commit out
				client.Close()
				return
			}
			client.Write(answers[:n])
		}
	}()
	requests, ours := make([]byte, 32<<10), false
	for {
		n, err := client.Read(requests)
		if err != nil {
			return
		}
		ours = ours || bytes.Contains(requests[:n], []byte(marked))
		if ours && bytes.Contains(requests[:n], []byte("commit")) && c.armed.CompareAndSwap(true, false) {
			cut.Store(true)
		}
		if _, err := io.Copy(upstream, bytes.NewReader(requests[:n])); err != nil {
			return
		}
	}
}
