package graphclient

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const (
	dialTimeout = 5 * time.Second
	// writeIdle is short: a burst of changes shares a connection, while one that Graph or a balancer closed unseen never
	// puts a change in doubt.
	writeIdle  = time.Second
	readIdle   = 60 * time.Second
	idleConns  = mostReads // else each burst dials anew
	maxHeaders = 64 << 10
)

// transports carry requests without following redirects, since no http.Client is above them.
type transports struct {
	reads, again, writes http.RoundTripper
	own                  bool // net/http's, so that its trace can be believed
}

func newTransports(given http.RoundTripper) transports {
	if given != nil {
		return transports{reads: given, again: given, writes: given}
	}
	reads := newTransport(readIdle)
	reads.Protocols.SetHTTP2(true)
	again := newTransport(readIdle)
	again.DisableKeepAlives = true // after a 5xx Graph asks for a new connection (best-practices-concept)
	// HTTP/2 sends a refused stream again by itself; a change is sent by us alone.
	return transports{reads: reads, again: again, writes: newTransport(writeIdle), own: true}
}

func newTransport(idle time.Duration) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		Protocols:              protocols,
		MaxIdleConnsPerHost:    idleConns,
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: maxHeaders,
	}
}

func (t transports) closeIdle() {
	for _, carrier := range []http.RoundTripper{t.reads, t.again, t.writes} {
		if closer, ok := carrier.(interface{ CloseIdleConnections() }); ok {
			closer.CloseIdleConnections()
		}
	}
}
