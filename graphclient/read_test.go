package graphclient

import (
	"compress/gzip"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/internal/connector"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestGetKeepsWhatGraphSent(t *testing.T) {
	t.Parallel()
	wrapped, err := os.ReadFile("testdata/connector-get-wrapped.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]http.HandlerFunc{"bare": fixture(t, "connector-get"), "wrapped": says(200, string(wrapped))} {
		g := newGraph(t, answer)
		c, _ := client(t, g.URL)
		got, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for property, want := range map[string]connector.Value{
			connector.ID: connector.Of(exampleID), connector.LastSyncDateTime: connector.Of("2024-02-18T22:41:07.1934520Z"),
			connector.PrimarySMTPAddress: connector.Null(), connector.ExchangeAlias: connector.Of("contoso-hq"), connector.Type: connector.Of("onPremises"),
		} {
			if got.Value(property) != want {
				t.Errorf("%s: %s is %+v, want %+v", name, property, got.Value(property), want)
			}
		}
		request := g.arrived()[0]
		if request.body != "" || request.header.Get("Content-Type") != "" || len(request.header.Get("Client-Request-Id")) != 36 || request.header.Get("Authorization") != "Bearer token-1" {
			t.Errorf("%s: the request %+v", name, request)
		}
	}
}

func TestUnknownWordsAndEmptyTextsAreKept(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(200, object(exampleID, `\u003cb\u003e Å`)))
	c, _ := client(t, g.URL)
	got, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Value(connector.Type) != connector.Of("newerThanUs") || got.Value(connector.ConnectorServerName) != connector.Of("") || got.Value(connector.ServerName) != connector.Of("<b> Å") {
		t.Errorf("%+v", got)
	}
}

func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"a/b":                     "a%2Fb",
		"../x":                    "..%2Fx",
		"a?b#c d":                 "a%3Fb%23c%20d",
		"%2e%2e%2f":               "%252e%252e%252f",
		"Å":                       "%C3%85",
		"e11c1de8":                "e11c1de8",
		"x('1')":                  "x%28%271%27%29",
		"":                        "",
		".":                       "",
		"..":                      "",
		"a\x00":                   "",
		"a\nb":                    "",
		"\u202ea":                 "",
		"\xff":                    "",
		"\u200b":                  "",
		strings.Repeat("x", 1025): "",
	} {
		g := newGraph(t, fixture(t, "error-404"))
		c, _ := client(t, g.URL)
		_, err := allOf(c, newPerson()).Get(t.Context(), id)
		_, patch := allOf(c, newPerson()).Patch(t.Context(), id, serverName("x"), changeID)
		_, sync := allOf(c, newPerson()).Sync(t.Context(), id, "fullSync", changeID)
		for _, err := range []error{err, patch, sync} {
			if got := failure(t, err).Class; got != NotFound {
				t.Errorf("%.20q: %v", id, got)
			}
		}
		var uris []string
		for _, request := range g.arrived() {
			uris = append(uris, strings.TrimPrefix(request.uri, "/beta/deviceManagement/exchangeConnectors/"))
		}
		if wanted := []string{want, want, want + "/sync"}; want != "" && !slices.Equal(uris, wanted) || want == "" && uris != nil {
			t.Errorf("%.20q: requests for %.200q, want %q", id, uris, wanted)
		}
	}
}

func TestReadsThatAreRepeated(t *testing.T) {
	t.Parallel()
	good := says(200, object(exampleID, "x"))
	const ms = time.Millisecond
	for _, test := range []struct {
		name    string
		answers []http.HandlerFunc
		class   Class // -1: read
		reads   int
		waits   []time.Duration
		after   time.Duration
	}{
		{"503, then well", []http.HandlerFunc{says(503, ``), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"500 twice, then well", []http.HandlerFunc{says(500, ``), says(500, ``), good}, -1, 3, []time.Duration{500 * ms, 1000 * ms}, 0},
		{"502 for ever", []http.HandlerFunc{says(502, ``)}, Unavailable, 3, []time.Duration{500 * ms, 1000 * ms}, 0},
		{"408, then well", []http.HandlerFunc{says(408, ``), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"503, Retry-After 2", []http.HandlerFunc{says(503, ``, "Retry-After", "2"), good}, -1, 2, []time.Duration{2000 * ms}, 0},
		{"503, Retry-After 60", []http.HandlerFunc{says(503, ``, "Retry-After", "60"), good}, Unavailable, 1, nil, time.Minute},
		{"reset, then well", []http.HandlerFunc{reset, good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"reset for ever", []http.HandlerFunc{reset}, Unavailable, 3, []time.Duration{500 * ms, 1000 * ms}, 0},
		{"cut short, then well", []http.HandlerFunc{says(200, `{"id"`, "Content-Length", "50"), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"429, Retry-After 1.5", []http.HandlerFunc{says(429, throttling, "Retry-After", "1.5"), good}, -1, 2, []time.Duration{1500 * ms}, 0},
		{"429, Retry-After -1", []http.HandlerFunc{says(429, throttling, "Retry-After", "-1"), good}, -1, 2, []time.Duration{0}, 0},
		{"429, Retry-After 9, twice", []http.HandlerFunc{says(429, throttling, "Retry-After", "9"), says(429, throttling, "Retry-After", "9"), good}, Throttled, 2, []time.Duration{9000 * ms}, 9 * time.Second},
		{"429, Retry-After 3600", []http.HandlerFunc{says(429, throttling, "Retry-After", "3600"), good}, Throttled, 1, nil, time.Hour},
		{"429 alone", []http.HandlerFunc{says(429, throttling), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"429 rubbish", []http.HandlerFunc{says(429, throttling, "Retry-After", "soon"), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"401, then well", []http.HandlerFunc{fixture(t, "error-401-expired"), good}, -1, 2, nil, 0},
		{"cut JSON in a whole answer, then well", []http.HandlerFunc{says(200, `{"id":"`+exampleID+`","serverName":"EX`), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"cut behind a brace, then well", []http.HandlerFunc{says(200, `{"value":{"id":"`+exampleID+`"}`), good}, -1, 2, []time.Duration{500 * ms}, 0},
		{"401, 503, then well", []http.HandlerFunc{fixture(t, "error-401-expired"), says(503, ``), good}, -1, 3, []time.Duration{500 * ms}, 0},
		{"401, 503, 401", []http.HandlerFunc{fixture(t, "error-401-expired"), says(503, ``), fixture(t, "error-401-expired")}, SignInAgain, 3, []time.Duration{500 * ms}, 0},
		{"404", []http.HandlerFunc{fixture(t, "error-404"), good}, NotFound, 1, nil, 0},
		{"405", []http.HandlerFunc{says(405, `{"error":{"code":"Request_BadRequest"}}`), good}, Misconfigured, 1, nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, test.answers...)
			c, slept := client(t, g.URL)
			_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
			if got := classOf(err); got != test.class || len(g.arrived()) != test.reads || !slices.Equal(slept.all, test.waits) {
				t.Errorf("class %d (%v) after %d reads and waits %v; want %d, %d, %v", got, err, len(g.arrived()), slept.all, test.class, test.reads, test.waits)
			}
			if err != nil && failure(t, err).RetryAfter != test.after {
				t.Errorf("to be tried after %v, want %v", failure(t, err).RetryAfter, test.after)
			}
		})
	}
}

// TestAfterAServerErrorAnotherConnectionIsUsed, as Graph's best practices ask.
func TestAfterAServerErrorAnotherConnectionIsUsed(t *testing.T) {
	t.Parallel()
	var from []string
	noting := func(answer http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			from = append(from, r.RemoteAddr)
			answer(w, r)
		}
	}
	g := newGraph(t, noting(says(503, ``)), noting(says(503, ``)), noting(says(200, object(exampleID, "x"))))
	c, _ := client(t, g.URL)
	if _, err := allOf(c, newPerson()).Get(t.Context(), exampleID); err != nil {
		t.Fatal(err)
	}
	slices.Sort(from)
	if distinct := slices.Compact(from); len(distinct) != 3 {
		t.Errorf("the requests came from %v", distinct)
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	whole := object(exampleID, "x")
	deep := strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)
	var utf16 strings.Builder
	for _, r := range whole {
		utf16.WriteString(string(r) + "\x00")
	}
	for name, answer := range map[string]http.HandlerFunc{
		"HTML":              says(200, "<p>sign in</p>", "Content-Type", "text/html"),
		"JSON as text":      says(200, whole, "Content-Type", "text/plain"),
		"nothing":           says(200, ``),
		"204":               says(204, ``),
		"202":               says(202, whole),
		"empty object":      says(200, `{}`),
		"null":              says(200, `null`),
		"array":             says(200, `[`+whole+`]`),
		"value null":        says(200, `{"value":null}`),
		"value text":        says(200, `{"value":"x"}`),
		"value empty":       says(200, `{"value":[]}`),
		"value of two":      says(200, `{"value":[`+whole+`,`+whole+`]}`),
		"another connector": says(200, object("0b6c2d9a", "x")),
		"number for text":   says(200, strings.Replace(whole, `"x"`, `1`, 1)),
		"object for text":   says(200, strings.Replace(whole, `"x"`, `{"id":"x"}`, 1)),
		"bool for null":     says(200, strings.Replace(whole, `null`, `true`, 1)),
		"number for the id": says(200, strings.Replace(whole, `"`+exampleID+`"`, `1`, 1)),
		"a name twice":      says(200, strings.Replace(whole, `{`, `{"serverName":"y",`, 1)),
		"two marks":         says(200, "\ufeff\ufeff"+whole),
		"UTF-16":            says(200, utf16.String()),
		"invalid UTF-8":     says(200, object(exampleID, "\xff")),
		"more after it":     says(200, whole+`{}`),
		"a comma too many":  says(200, strings.TrimSuffix(whole, "}")+",}"),
		"unfinished":        says(200, strings.TrimSuffix(whole, "}")),
		"deep":              says(200, deep),
		"deep within":       says(200, strings.Replace(whole, `{`, `{"a":`+deep+`,`, 1)),
		"deep in value":     says(200, `{"value":`+strings.Repeat("[", 20_000)),
		"1 MiB and a byte":  says(200, whole+strings.Repeat(" ", maxBody+1-len(whole))),
		"100 MiB":           endless(100 << 20),
		"gzip bomb":         bomb(100 << 20),
		"no gzip":           says(200, whole, "Content-Encoding", "gzip"),
		"redirect":          says(302, ``, "Location", "/beta/elsewhere"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, answer)
			c, _ := client(t, g.URL)
			_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
			if got := failure(t, err); got.Class != Unavailable || got.Error() == "" || len(got.Error()) > 300 {
				t.Errorf("%v, want %v", got, Unavailable)
			}
			for _, request := range g.arrived() {
				contains(t, "the request", request.uri, exampleID)
			}
			again := slices.Contains([]string{"no gzip", "nothing", "unfinished"}, name)
			if want := map[bool]int{true: 3, false: 1}[again]; len(g.arrived()) != want {
				t.Errorf("%d requests, want %d", len(g.arrived()), want)
			}
		})
	}
}

// TestLittleOfAHugeAnswerIsRead counts what the server could send before the client hung up: sockets hold some.
func TestLittleOfAHugeAnswerIsRead(t *testing.T) {
	t.Parallel()
	sent := make(chan int, 1)
	g := newGraph(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		counted := &counter{Writer: w}
		fill(counted, 1<<30)
		sent <- counted.bytes
	})
	c, _ := client(t, g.URL)
	_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
	if got := failure(t, err); !errors.Is(got, errTooLarge) {
		t.Errorf("%v", got)
	}
	if got := <-sent; got > 64<<20 {
		t.Errorf("%d bytes were sent", got)
	}
}

type counter struct {
	io.Writer
	bytes int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.bytes += n
	return n, err
}

func TestExactlyOneMiBIsRead(t *testing.T) {
	t.Parallel()
	whole := object(exampleID, "x")
	g := newGraph(t, says(200, whole+strings.Repeat(" ", maxBody-len(whole))))
	c, _ := client(t, g.URL)
	if _, err := allOf(c, newPerson()).Get(t.Context(), exampleID); err != nil {
		t.Error(err)
	}
}

// endless answers that many bytes of one JSON text.
func endless(size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fill(w, size)
	}
}

// bomb answers the same, packed.
func bomb(size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		packed, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		defer packed.Close()
		fill(packed, size)
	}
}

func fill(w io.Writer, size int) {
	io.WriteString(w, `{"id":"`)
	block := strings.Repeat("x", 1<<16)
	for sent := 0; sent < size; sent += len(block) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
	io.WriteString(w, `"}`)
}

// TestRetryAfterByGraphsClock: a date is told by the clock of who wrote it, which need not agree with ours.
func TestRetryAfterByGraphsClock(t *testing.T) {
	t.Parallel()
	ours := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	header := http.Header{"Date": {"Tue, 24 Nov 2026 12:00:00 GMT"}}
	if wait, ok := retryAfter("Tue, 24 Nov 2026 12:00:05 GMT", saidAt(header, ours)); wait != 5*time.Second || !ok {
		t.Errorf("%v, %v; want 5 s", wait, ok)
	}
	if at := saidAt(http.Header{}, ours); at != ours {
		t.Errorf("%v without a date, want our time", at)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 12, 51, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, "9": 9 * time.Second, "+3": 3 * time.Second, "3600": time.Hour, "-1": 0, "-0.5": 0,
		"1.5": 1500 * time.Millisecond, "999999999999999999": 1 << 62,
		"Tue, 24 Nov 2026 09:12:55 GMT": 4 * time.Second, "Tue, 24 Nov 2026 09:12:50 GMT": 0,
		"Tuesday, 24-Nov-26 09:12:55 GMT": 4 * time.Second, "Tue Nov 24 09:12:55 2026": 4 * time.Second,
	} {
		got, ok := retryAfter(header, now)
		if !ok || got != want && (want < 1<<40 || got < 1<<40) {
			t.Errorf("%q: %v, %v; want %v", header, got, ok, want)
		}
	}
	for _, header := range []string{"", "soon", "1e3", "0x10", "NaN", "Inf", "1,5", "1 s", "5;x", "--1", ".5", "1.", "2026-11-24T09:12:55Z", strings.Repeat("9", 400)} {
		if got, ok := retryAfter(header, now); ok {
			t.Errorf("%.20q: %v, want it to be unreadable", header, got)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, header := range []string{"1", "-1.5", "Tue, 24 Nov 2026 09:12:55 GMT", "soon"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if wait, ok := retryAfter(header, time.Unix(0, 0)); wait < 0 || !ok && wait != 0 {
			t.Errorf("%q: %v, %v", header, wait, ok)
		}
	})
}
