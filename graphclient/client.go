// Package graphclient speaks Microsoft Graph over HTTP: it reads Exchange connectors, changes them and asks for a sync,
// always with the token of a person, and says for every failure what is known.
package graphclient

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"switchboard/graphclient/internal/permit"
)

// Scope is what a call needs the person's token for.
type Scope int

// The two scopes; the token source knows their names in the cloud at hand.
const (
	Read Scope = iota
	Write
)

// Tokens is one person's source of bearers.
type Tokens interface {
	// Whose names the person, the same in all their sessions: everybody has a share of the calls that Graph gets at once.
	Whose() string
	// Token is a bearer that lets the person do what they need.
	Token(ctx context.Context, need Scope) (string, error)
	// Renew answers a refused bearer with another, after at most one refresh. claims is the decoded challenge, a JSON
	// object, or empty for a plain 401.
	Renew(ctx context.Context, need Scope, refused, claims string) (string, error)
}

// Options say where Graph is and what the client may not choose for itself. Only BaseURL is needed.
type Options struct {
	// BaseURL is Graph's root with its version, for instance https://graph.microsoft.com/beta.
	BaseURL *url.URL
	// Version of Switchboard, for the User-Agent.
	Version string
	// Barred is told whose read Graph has refused with 401 or 403, also where it then took a renewed token; nil: nobody.
	Barred func(whose string)
	// HTTP replaces the client's own transports; it must never send a request twice. Nil is the rule.
	HTTP http.RoundTripper
	// Log gets one line a request, without tokens and bodies.
	Log *slog.Logger
	// Observer is told of each request; nil: nobody is.
	Observer Observer

	// ReadTimeout bounds one GET with its repetitions, WriteTimeout one change with what is sent again of it. Zero is 15 s
	// and 30 s: Intune itself gives up after 15 s, and may go on all the same.
	ReadTimeout, WriteTimeout time.Duration

	// Now tells the time, Sleep waits until the context ends, Jitter picks a wait from 0 to the most.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func(most time.Duration) time.Duration
}

// Client is one Graph. It is safe for concurrent use and keeps nothing about people.
type Client struct {
	options Options
	base    url.URL // without a slash at its end
	agent   []string
	origin  string
	http    transports
	reads   *bulkhead
	writes  *bulkhead
	breaker *breaker
}

// New is a client of the Graph at the options' address. It sends nothing yet.
func New(o Options) *Client {
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 15 * time.Second
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	if o.Jitter == nil {
		o.Jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) }
	}
	base := url.URL{
		Scheme: o.BaseURL.Scheme, Host: o.BaseURL.Host,
		Path: strings.TrimRight(o.BaseURL.Path, "/"), RawPath: strings.TrimRight(o.BaseURL.EscapedPath(), "/"),
	}
	return &Client{
		options: o, base: base, origin: origin(o.BaseURL), agent: []string{"Switchboard/" + o.Version},
		http: newTransports(o.HTTP), reads: newBulkhead(mostReads), writes: newBulkhead(mostWrites), breaker: newBreaker(o.Now),
	}
}

// For are the calls that read, under this person's token. There is no other way to read from Graph.
func (c *Client) For(tokens Tokens) *Reader { return &Reader{client: c, tokens: tokens} }

// Writer are the calls that change something, under this person's token. Package write gives the permit.
func (c *Client) Writer(_ permit.Permit, tokens Tokens) *Writer {
	return &Writer{client: c, tokens: tokens}
}

// Down says whether Graph has answered nobody for a while: calls then fail at once, but for one that looks every 2 s.
func (c *Client) Down() bool { return c.breaker.tripped() }

// Well says whether Graph answers, as far as the latest calls tell.
func (c *Client) Well() bool { return c.breaker.well() }

// Close closes the connections that no call is using.
func (c *Client) Close() { c.http.closeIdle() }

// Reader are Graph's calls that read, under one person's token.
type Reader struct {
	client  *Client
	tokens  Tokens
	onRetry func(error)  // nil: nothing is called
	onPage  func(Listed) // the same
}

// OnRetry has that function called after each try of a read that failed and is repeated, with an *Error.
func (r *Reader) OnRetry(failed func(error)) *Reader {
	return &Reader{client: r.client, tokens: r.tokens, onRetry: failed, onPage: r.onPage}
}

// OnPage has that function called after each page of a list that goes on, with what was read so far.
func (r *Reader) OnPage(read func(Listed)) *Reader {
	return &Reader{client: r.client, tokens: r.tokens, onRetry: r.onRetry, onPage: read}
}

// Writer are Graph's calls that change something, under one person's token.
type Writer struct {
	client *Client
	tokens Tokens
	paced  func(context.Context) error // nil: on its own
}

// Sleep waits in real time until the context ends, for its error.
func Sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
