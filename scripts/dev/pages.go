package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// script reloads the page when the program behind it has changed. The content security policy lets it in: it comes from the
// page's own address.
const script = `new EventSource("/.dev/changes").onmessage = () => location.reload();`

// pages passes requests on to the program, with script in each whole page.
type pages struct {
	http.ServeMux
	mu      sync.Mutex
	changed chan struct{} // closed at the next change
}

func newPages(program string) *pages {
	p := &pages{changed: make(chan struct{})}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: program})
			r.Out.Host = r.In.Host                // the program serves its public URL alone
			r.Out.Header.Del("Accept-Encoding")   // or there would be nothing to read
			r.Out.Header.Del("If-None-Match")     // of a page before its change
			r.Out.Header.Del("If-Modified-Since") // likewise
		},
		ModifyResponse: addScript,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("Refresh", "1")
			http.Error(w, "The program is being built and started.", http.StatusServiceUnavailable)
		},
	}
	p.Handle("/", proxy)
	p.HandleFunc("GET /.dev/reload.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, script)
	})
	p.HandleFunc("GET /.dev/changes", p.wait)
	return p
}

// addScript puts the script at the end of a whole page; fragments have no body and stay as they are.
func addScript(answer *http.Response) error {
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	page = bytes.Replace(page, []byte("</body>"), []byte(`<script src="/.dev/reload.js" defer></script></body>`), 1)
	answer.Body = io.NopCloser(bytes.NewReader(page))
	answer.Header.Set("Content-Length", strconv.Itoa(len(page)))
	return nil
}

// reload tells every open page.
func (p *pages) reload() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}

// wait answers an open page at the next change.
func (p *pages) wait(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	changed := p.changed
	p.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	_ = http.NewResponseController(w).Flush()
	select {
	case <-changed:
		fmt.Fprint(w, "data: changed\n\n")
	case <-r.Context().Done():
	}
}
