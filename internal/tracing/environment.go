package tracing

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// settings are what the environment says of where traces go. What is sampled, how spans are batched and what they may hold at most the
// SDK reads itself.
type settings struct {
	endpoint *url.URL
	headers  http.Header
	within   time.Duration // for one export, with its repetitions
	gzip     bool
	tls      *tls.Config
	links    bool // traces that come in are linked
	ignored  []string
}

// environment is a process's, by the names of its variables.
type environment func(name string) string

// Warnings say why traces that the environment asks for are not exported, or which of its variables count as not set, as the
// specification has it for what cannot be read.
func Warnings() []string {
	s, err := read(os.Getenv)
	switch {
	case err != nil:
		return []string{err.Error() + "; there are no traces"}
	case s != nil:
		return s.ignored
	}
	return nil
}

// read is nil where nobody asks for traces. The error names the variable, and never what it holds: that may be a credential.
func read(get environment) (*settings, error) {
	name, endpoint := get.of("ENDPOINT")
	exporters := list(get("OTEL_TRACES_EXPORTER"))
	if endpoint == "" || strings.EqualFold(get("OTEL_SDK_DISABLED"), "true") || slices.Contains(exporters, "none") {
		return nil, nil
	}
	if len(exporters) > 0 && !slices.Contains(exporters, "otlp") {
		return nil, errors.New("OTEL_TRACES_EXPORTER names no exporter that Switchboard has: write otlp, or leave it out")
	}
	if name, protocol := get.of("PROTOCOL"); protocol != "" && !strings.EqualFold(protocol, "http/protobuf") {
		return nil, errors.New(name + " is none that Switchboard speaks: write http/protobuf, and the endpoint that the collector has for it (port 4318 as a rule)")
	}
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, errors.New(name + " is no address: write it like http://127.0.0.1:4318")
	}
	if name == general+"ENDPOINT" { // the other one is taken as it is
		at = at.JoinPath("v1", "traces")
	}
	s := &settings{endpoint: at, links: get("OTEL_PROPAGATORS") == "" || slices.Contains(list(get("OTEL_PROPAGATORS")), "tracecontext")}
	if disabled := get("OTEL_SDK_DISABLED"); disabled != "" && !strings.EqualFold(disabled, "false") {
		s.ignore("OTEL_SDK_DISABLED", "is neither true nor false", "traces are exported")
	}
	s.readSending(get)
	return s, errors.Join(s.readHeaders(get), s.readTLS(get))
}

func (s *settings) readHeaders(get environment) error {
	s.headers = http.Header{}
	name, given := get.of("HEADERS")
	for pair := range strings.SplitSeq(given, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, found := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		// net/http names a header that it does not send, and half of a credential may stand where the name should.
		key = strings.TrimSpace(key)
		if !found || err != nil || !httpguts.ValidHeaderFieldName(key) || !httpguts.ValidHeaderFieldValue(value) {
			return errors.New(name + " cannot be read: write name=value, with a comma between two, and percent-encoded")
		}
		s.headers.Set(key, value)
	}
	return nil
}

func (s *settings) readSending(get environment) {
	s.within = 10 * time.Second
	if name, given := get.of("TIMEOUT"); given != "" {
		switch milliseconds, err := strconv.ParseUint(given, 10, 31); {
		case err != nil:
			s.ignore(name, "is no number of milliseconds", "an export may take 10 seconds")
		case milliseconds == 0:
			s.within = math.MaxInt32 * time.Millisecond // no limit, as the specification has it
		default:
			s.within = time.Duration(milliseconds) * time.Millisecond
		}
	}
	name, compression := get.of("COMPRESSION")
	if s.gzip = strings.EqualFold(compression, "gzip"); !s.gzip && compression != "" && !strings.EqualFold(compression, "none") {
		s.ignore(name, "is neither gzip nor none", "nothing is compressed")
	}
}

func (s *settings) ignore(name, wrong, instead string) {
	s.ignored = append(s.ignored, fmt.Sprintf("%s %s, so it counts as not set: %s", name, wrong, instead))
}

func (s *settings) readTLS(get environment) error {
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if name, file := get.of("CERTIFICATE"); file != "" {
		trusted, err := os.ReadFile(file)
		s.tls.RootCAs = x509.NewCertPool()
		if err != nil || !s.tls.RootCAs.AppendCertsFromPEM(trusted) {
			return fmt.Errorf("%s names no file with certificates in PEM", name)
		}
	}
	name, certificate := get.of("CLIENT_CERTIFICATE")
	if _, key := get.of("CLIENT_KEY"); certificate != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return fmt.Errorf("%s and its key are not two files in PEM that belong together", name)
		}
		s.tls.Certificates = []tls.Certificate{pair}
	}
	return nil
}

// general is how variables of OTLP begin, and own those that are for traces alone, which come first.
const general, own = "OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"

// of is a variable of OTLP; an empty one counts as not set, as the specification has it.
func (get environment) of(what string) (name, value string) {
	if value := strings.TrimSpace(get(own + what)); value != "" {
		return own + what, value
	}
	return general + what, strings.TrimSpace(get(general + what))
}

// list are the words of a variable, of which the specification knows no upper case.
func list(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ',' || r == ' ' })
}
