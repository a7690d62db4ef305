package graphclient

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How much of one answer is read, unpacked. A thousand connectors are half a MiB; how many are on one page of the list is Graph's to
// say. At most mostReads such pages are in memory at once.
const (
	maxBody = 1 << 20
	maxPage = 16 << 20
)

// bodyShare of a change's time is left for the body of its answer: 5 of 30 seconds.
const bodyShare = 6

// byteOrderMark may stand before JSON: RFC 8259 (8.1) lets a reader pass over it.
var byteOrderMark = []byte("\ufeff")

var errTooLarge = errors.New("the answer is larger than what is read of one")

// call is one request as it leaves.
type call struct {
	method  string
	url     *url.URL
	name    string // the path without ids, for the log
	id      string // client-request-id
	whose   string // the person
	bearer  string
	body    []byte
	typed   []string // the texts in the body that a person typed
	carrier http.RoundTripper
}

// most is how many bytes of its answer are read.
func (c call) most() int {
	if c.name == collection {
		return maxPage
	}
	return maxBody
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    error // why the body is not whole; nil if it is
	took   time.Duration
}

func (a answer) requestID() string { return plainID(a.header.Get("request-id")) }

// longestID is more than any id of Graph's; a UUID is 36 bytes.
const longestID = 128

// plainID is empty for what is no id. It is kept and quoted, and a database may refuse a text with anything odd in it: what
// Graph answered would then be lost with it.
func plainID(text string) string {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(text) > longestID || strings.ContainsFunc(text, odd) {
		return ""
	}
	return text
}

func (a answer) isJSON() bool {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

// unanswered is a request that got no answer.
type unanswered struct {
	cause  error
	unsent bool // nothing of the request was written
}

func (u *unanswered) Error() string { return u.cause.Error() }
func (u *unanswered) Unwrap() error { return u.cause }

// send waits for the call's turn, sends it once and reads the whole answer.
func (c *Client) send(ctx context.Context, out call) (answer, *unanswered) {
	read := out.body == nil
	if read && c.breaker.open() {
		return answer{}, &unanswered{errOpen, true}
	}
	leave, err := c.turn(ctx, out)
	if err != nil {
		return answer{}, &unanswered{err, true}
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return answer{}, &unanswered{err, true}
	}
	tell, err := c.breaker.ask(strings.TrimSuffix(out.url.Path, "/sync"))
	if err != nil && read { // a change, whose intent is committed, is sent all the same
		return answer{}, &unanswered{err, true}
	}
	got, failure := c.observed(ctx, out)
	if failure != nil {
		tell(judge(got, failure.cause))
	} else {
		tell(judge(got, nil))
	}
	return got, failure
}

// turn waits until the call may be made.
func (c *Client) turn(ctx context.Context, out call) (leave func(), err error) {
	if out.body == nil {
		return c.reads.enter(ctx, out.whose)
	}
	if leave, err = c.writes.enter(ended, out.whose); err == nil { // mostly there is one at once
		return leave, nil
	}
	ctx, cancel := context.WithTimeout(ctx, turnWithin)
	defer cancel()
	return c.writes.enter(ctx, out.whose)
}

// ended is a context for what does not wait.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// exchange is one request and its answer; of one without an answer it is how long that took.
func (c *Client) exchange(ctx context.Context, out call) (answer, *unanswered) {
	start := c.options.Now()
	connected, cancel := false, context.CancelFunc(nil)
	if out.body != nil {
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	}
	response, err := out.carrier.RoundTrip(c.request(ctx, out))
	if err != nil {
		failure := &unanswered{err, c.http.own && !connected || isDial(err)}
		none := answer{took: c.options.Now().Sub(start)}
		c.log(ctx, out, none, failure)
		return none, failure
	}
	defer response.Body.Close()
	if out.body != nil { // the status tells the outcome of the change: its body is not worth a long wait
		defer time.AfterFunc(c.options.WriteTimeout/bodyShare, cancel).Stop()
	}
	body, cut := readBody(response.Body, response.ContentLength, out.most())
	body = bytes.TrimPrefix(body, byteOrderMark)
	got := answer{response.StatusCode, response.Header, body, cut, c.options.Now().Sub(start)}
	c.log(ctx, out, got, nil)
	return got, nil
}

// asJSON is what every request says of what it sends and wants.
var asJSON = []string{"application/json"}

// request has no GetBody, so that net/http cannot send it again.
func (c *Client) request(ctx context.Context, out call) *http.Request {
	request := new(http.Request).WithContext(ctx) // which copies what it is called on
	request.Method, request.URL, request.Host = out.method, out.url, out.url.Host
	request.Proto, request.ProtoMajor, request.ProtoMinor = "HTTP/1.1", 1, 1
	request.Header = http.Header{
		"Authorization":     {"Bearer " + out.bearer},
		"Accept":            asJSON,
		"Client-Request-Id": {out.id},
		"User-Agent":        c.agent,
	}
	if out.body != nil {
		request.Header["Content-Type"] = asJSON
		request.Body = io.NopCloser(bytes.NewReader(out.body))
		request.ContentLength = int64(len(out.body))
	}
	return request
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// readBody reads at most that many bytes; what it read is returned even where it fails.
func readBody(body io.Reader, length int64, most int) ([]byte, error) {
	room := min(max(length, bytes.MinRead-1), int64(most)) + 1 // one more, for the end to be seen
	got := make([]byte, 0, room)
	for {
		got = slices.Grow(got, 1)
		n, err := body.Read(got[len(got):min(cap(got), most+1)])
		got = got[:len(got)+n]
		switch {
		case len(got) > most:
			return got, errTooLarge
		case errors.Is(err, io.EOF):
			return got, nil
		case err != nil:
			return got, err
		}
	}
}
