package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	traced "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector takes spans: OTLP 1.x over HTTP, in protobuf. OpenTelemetry's own client does the same and brings gRPC into every
// program, 5 MB of memory of which nothing is used.
type collector struct {
	settings
	http *http.Client
}

func newCollector(s settings) *collector {
	return &collector{s, &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: s.tls, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the headers hold credentials
	}}
}

// Start is otlptrace.Client's.
func (c *collector) Start(context.Context) error { return nil }

// Stop is otlptrace.Client's.
func (c *collector) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces is otlptrace.Client's. A collector that asks for it gets the same again.
func (c *collector) UploadTraces(ctx context.Context, spans []*traced.ResourceSpans) error {
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	body, err := proto.Marshal(&traced.TracesData{ResourceSpans: spans}) // on the wire an ExportTraceServiceRequest
	if err == nil && c.gzip {
		body, err = zipped(body)
	}
	if err != nil {
		return fmt.Errorf("write spans: %w", err)
	}
	for pause := time.Second; ; pause *= 2 {
		again, after, err := c.post(ctx, body)
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(pause, after)):
		}
	}
}

// passing are the answers after which the same may be sent again (OTLP, Failures).
var passing = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

func (c *collector) post(ctx context.Context, body []byte) (again bool, after time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return false, 0, withoutAddress(err)
	}
	request.Header = c.headers.Clone()
	request.Header.Set("Content-Type", "application/x-protobuf")
	if c.gzip {
		request.Header.Set("Content-Encoding", "gzip")
	}
	answer, err := c.http.Do(request)
	if err != nil { // the collector may have them, and would then have them twice
		return false, 0, withoutAddress(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection is used again
	if answer.StatusCode >= 200 && answer.StatusCode <= 299 {
		return false, 0, nil
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // 0 where it says nothing, or a date
	return slices.Contains(passing, answer.StatusCode), time.Duration(seconds) * time.Second, fmt.Errorf("the collector answered %s", answer.Status)
}

// withoutAddress is the error without the collector's address, which may hold a key.
func withoutAddress(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

func zipped(body []byte) ([]byte, error) {
	var small bytes.Buffer
	writer := gzip.NewWriter(&small)
	if _, err := writer.Write(body); err != nil {
		return nil, err
	}
	err := writer.Close()
	return small.Bytes(), err
}
