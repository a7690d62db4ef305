package oidc

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	answerLimit   = 512 << 10        // bytes of any answer of the provider; a longer one is an error, never cut short
	AnswerTimeout = 10 * time.Second // for a whole exchange
	// SpendTimeout is that of an exchange that spends a code or a refresh token. To give up on one is to lose its answer:
	// a provider that rotates its tokens then ends the session.
	SpendTimeout = 30 * time.Second
)

// errTooLong says that the provider's answer exceeds answerLimit.
var errTooLong = fmt.Errorf("the answer is longer than %d KiB", answerLimit>>10)

// newTransport is the way to the provider.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: AnswerTimeout,
		DialContext:         (&net.Dialer{Timeout: AnswerTimeout}).DialContext,
		MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
}

// newClient reaches the provider within bounds: a timeout, a limit on what it reads, and no redirects, since a
// redirected token request would carry the client's secret elsewhere.
func newClient(way http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     bounded{way},
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct{ base http.RoundTripper }

// byteOrderMark before JSON changes nothing; a decoder stumbles over it.
const byteOrderMark = "\ufeff"

// RoundTrip puts the limit on the answer's body, and leaves out a byte order mark before it.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := bufio.NewReader(&limited{ReadCloser: answer.Body, left: answerLimit})
	if first, _ := body.Peek(len(byteOrderMark)); string(first) == byteOrderMark { // an error comes again with the next read
		_, _ = body.Discard(len(byteOrderMark))
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{body, answer.Body}
	return answer, nil
}

type limited struct {
	io.ReadCloser
	left int
}

// Read fails at the first byte beyond the limit.
func (l *limited) Read(p []byte) (int, error) {
	if len(p) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if n > l.left {
		n = l.left
		l.left = 0
		return n, errTooLong
	}
	l.left -= n
	return n, err
}
