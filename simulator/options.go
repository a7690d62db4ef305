package simulator

import (
	"crypto/rsa"
	"crypto/tls"
	"time"

	"switchboard/simulator/directory"
	"switchboard/simulator/graph"
)

// Options say what a tenant is like. The zero value of all but Client is what tests want.
type Options struct {
	// Listen is the address to serve on, "127.0.0.1:0" when empty. Requests for another Host are refused.
	Listen string
	// Certificate makes the tenant speak https, without which some clients send no token. It has to be good for the address.
	Certificate *tls.Certificate
	// Client is the application registered in the tenant.
	Client Client
	// KeyFile keeps the signing key over restarts; Key is one to use. With neither the process has one.
	KeyFile string
	Key     *rsa.PrivateKey
	// Now is the tenant's clock, time.Now when nil.
	Now func() time.Time
	// GraphNow is Graph's own clock where it differs, Now when nil.
	GraphNow func() time.Time
	// SyncDelay is the time from an accepted sync until lastSyncDateTime moves, 5 s when 0.
	SyncDelay time.Duration
	// PageSize is the number of connectors on a page of the list, 15 when 0.
	PageSize int
	// TokenLife is that of access and ID tokens, an hour when 0.
	TokenLife time.Duration
	// KeepRefreshTokens leaves used refresh tokens good, as Entra does. Otherwise each is good once, and one that is used
	// again ends all that came of the same sign-in.
	KeepRefreshTokens bool
	// ControlSecret opens POST /faults to whoever knows it. Without one there is no such address.
	ControlSecret string
	// People and Connectors replace the ones that a tenant starts with; nil leaves them.
	People     []Person
	Connectors []graph.Connector
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.GraphNow == nil {
		o.GraphNow = o.Now
	}
	if o.SyncDelay == 0 {
		o.SyncDelay = 5 * time.Second
	}
	if o.PageSize <= 0 {
		o.PageSize = 15
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	if o.People == nil {
		o.People = directory.People()
	}
	if o.Connectors == nil {
		o.Connectors = Connectors(o.GraphNow())
	}
	return o
}
