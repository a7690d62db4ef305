package static

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func site(t *testing.T) *Files {
	t.Helper()
	files, err := open(fstest.MapFS{
		"dist/manifest.json": {Data: []byte(`{"app.css":{"url":"/static/app-1.css","integrity":"sha384-x"},"a.woff2":{"url":"/static/a-2.woff2","integrity":"sha384-y"}}`)},
		"dist/app-1.css":     {Data: []byte("plain")},
		"dist/app-1.css.br":  {Data: []byte("brotli")},
		"dist/app-1.css.gz":  {Data: []byte("gzip")},
		"dist/a-2.woff2":     {Data: []byte("font")},
		"dist/secret.txt":    {Data: []byte("not in the manifest")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func get(t *testing.T, files *Files, method, path, accepts string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(method, path, nil)
	request.Header.Set("Accept-Encoding", accepts)
	answer := httptest.NewRecorder()
	files.ServeHTTP(answer, request)
	return answer.Result()
}

func TestServesWhatTheClientAccepts(t *testing.T) {
	t.Parallel()
	files := site(t)
	for _, test := range []struct{ path, accepts, body, encoding, kind string }{
		{"/static/app-1.css", "gzip, deflate, br, zstd", "brotli", "br", "text/css; charset=utf-8"},
		{"/static/app-1.css", "gzip", "gzip", "gzip", "text/css; charset=utf-8"},
		{"/static/app-1.css", "br;q=0, gzip;q=0.5", "gzip", "gzip", "text/css; charset=utf-8"},
		{"/static/app-1.css", "br; q=0.000, gzip;q=0.0", "plain", "", "text/css; charset=utf-8"},
		{"/static/app-1.css", "BR;q=0.001", "brotli", "br", "text/css; charset=utf-8"},
		{"/static/app-1.css", "", "plain", "", "text/css; charset=utf-8"},
		{"/static/a-2.woff2", "gzip, br", "font", "", "font/woff2"},
	} {
		answer := get(t, files, http.MethodGet, test.path, test.accepts)
		body := make([]byte, 64)
		n, _ := answer.Body.Read(body)
		got := []string{string(body[:n]), answer.Header.Get("Content-Encoding"), answer.Header.Get("Content-Type"), answer.Header.Get("Vary"), answer.Header.Get("Cache-Control")}
		want := []string{test.body, test.encoding, test.kind, "Accept-Encoding", "public, max-age=31536000, immutable"}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s for %q: got %q, want %q", test.path, test.accepts, got[i], want[i])
			}
		}
	}
}

func TestServesOnlyTheManifest(t *testing.T) {
	t.Parallel()
	files := site(t)
	for _, path := range []string{"/static/secret.txt", "/static/app-1.css.br", "/static/manifest.json", "/static/", "/static/../static.go", "/static"} {
		if got := get(t, files, http.MethodGet, path, "br").StatusCode; got != http.StatusNotFound {
			t.Errorf("GET %s: got %d, want 404", path, got)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	answer := get(t, site(t), http.MethodHead, "/static/app-1.css", "br")
	body := make([]byte, 1)
	if n, _ := answer.Body.Read(body); n != 0 || answer.Header.Get("Content-Length") != "6" {
		t.Errorf("HEAD sent %d bytes and Content-Length %q, want 0 and 6", n, answer.Header.Get("Content-Length"))
	}
}

func TestAnEmptyBuildIsNamed(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]fs.FS{
		"nothing":        fstest.MapFS{"dist/.gitkeep": {}},
		"a missing file": fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":{"url":"/static/app-1.css"}}`)}},
		"a strange type": fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.exe":{"url":"/static/app.exe"}}`)}, "dist/app.exe": {}},
		"no manifest":    fstest.MapFS{"dist/manifest.json": {Data: []byte(`[]`)}},
	} {
		_, err := open(from)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if got, want := errors.Is(err, ErrNotBuilt), name == "nothing"; got != want {
			t.Errorf("%s: got %v, is ErrNotBuilt %v, want %v", name, err, got, want)
		}
	}
}

// The budgets: what a first page, the overview, is drawn with, that with its icons and its fonts, what any page that nobody has touched
// has, and htmx with what goes with it, and with what only the script shows. A page's own HTML comes to that, 6 to 9 KB.
const (
	sheetAndScript = 12 << 10
	firstPage      = 34 << 10
	anyPage        = 47 << 10
	htmx           = 15 << 10
)

// TestTheBuildKeepsItsBudget looks at the files that this test was compiled with; before the first build there are none.
func TestTheBuildKeepsItsBudget(t *testing.T) {
	t.Parallel()
	files, err := Open()
	if errors.Is(err, ErrNotBuilt) {
		t.Log("nothing is built yet, so there is nothing to weigh")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	weight := func(name, encoding string) int {
		url, integrity := files.Asset(name)
		found := files.files[url[len(Prefix):]]
		sum := sha512.Sum384(found.bodies[""])
		if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); integrity != want {
			t.Errorf("%s: integrity %s, want %s", name, integrity, want)
		}
		return len(found.bodies[encoding])
	}
	code := weight("switchboard.css", "br") + weight("switchboard.js", "br")
	if code > sheetAndScript {
		t.Errorf("style sheet and script weigh %d bytes, want at most %d", code, sheetAndScript)
	}
	first := code + weight("icons.svg", "br") + weight("inter.woff2", "") + weight("mono.woff2", "")
	if first > firstPage {
		t.Errorf("with its icons and its fonts a first page weighs %d bytes, want at most %d", first, firstPage)
	}
	if all := first + weight("list.css", "br") + weight("more.css", "br") + weight("more.js", "br"); all > anyPage {
		t.Errorf("what any page has weighs %d bytes, want at most %d", all, anyPage)
	}
	if more := weight("htmx.js", "br"); more > htmx {
		t.Errorf("htmx weighs %d bytes, want at most %d", more, htmx)
	}
}
