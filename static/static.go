// Package static serves the built style sheet, script and fonts under names that hold their hash.
package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Prefix is the path under which the files are served.
const Prefix = "/static/"

// all: takes .gitkeep along, so that the package compiles before the first build.
//
//go:embed all:dist
var built embed.FS

// Favicon is the site's icon, an SVG image.
//
//go:embed favicon.svg
var Favicon []byte

// Robots asks crawlers to stay away.
//
//go:embed robots.txt
var Robots []byte

// ErrNotBuilt says that the program was compiled before its assets were built.
var ErrNotBuilt = errors.New("the style sheet and the script are missing from this build: run `npm ci --ignore-scripts && node static/build.mjs`, then compile again")

// Files are the built files. They answer GET and HEAD.
type Files struct {
	manifest map[string]asset
	files    map[string]file // by the file's name below Prefix
}

type asset struct {
	URL       string `json:"url"`
	Integrity string `json:"integrity"`
}

// file is one built file as it goes out, by its Content-Encoding; "" is the file itself.
type file struct {
	contentType string
	bodies      map[string][]byte
}

// Open reads the files that were embedded.
func Open() (*Files, error) { return open(built) }

func open(from fs.FS) (*Files, error) {
	text, err := fs.ReadFile(from, "dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest of the built files: %w", err)
	}
	files := &Files{files: map[string]file{}}
	if err := json.Unmarshal(text, &files.manifest); err != nil {
		return nil, fmt.Errorf("read the manifest of the built files: %w", err)
	}
	for _, asset := range files.manifest {
		name := strings.TrimPrefix(asset.URL, Prefix)
		if files.files[name], err = load(from, name); err != nil {
			return nil, fmt.Errorf("read the built file %s: %w", name, err)
		}
	}
	return files, nil
}

func load(from fs.FS, name string) (file, error) {
	loaded := file{contentType: contentTypes[path.Ext(name)], bodies: map[string][]byte{}}
	if loaded.contentType == "" {
		return file{}, errors.New("its content type is not known")
	}
	for encoding, suffix := range map[string]string{"": "", "br": ".br", "gzip": ".gz"} {
		body, err := fs.ReadFile(from, "dist/"+name+suffix)
		if errors.Is(err, fs.ErrNotExist) && encoding != "" {
			continue // fonts are compressed in themselves
		}
		if err != nil {
			return file{}, err
		}
		loaded.bodies[encoding] = body
	}
	return loaded, nil
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// Asset is where a built file is served and the hash to put into its integrity attribute, by the name it has before the
// build adds the hash: switchboard.css, switchboard.js, inter.woff2, mono.woff2. Both are empty for other names.
func (f *Files) Asset(name string) (url, integrity string) {
	asset := f.manifest[name]
	return asset.URL, asset.Integrity
}

// ServeHTTP answers with the file, compressed as the client accepts it; the name holds the hash, so it never changes.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := f.files[strings.TrimPrefix(r.URL.Path, Prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", found.contentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	encoding := found.choose(r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	body := found.bodies[encoding]
	header.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client has gone; there is nobody to tell
	}
}

// choose takes the best encoding that the client accepts. Those that it gives the weight 0 are refused.
func (f file) choose(accepted string) string {
	accepts := map[string]bool{}
	for part := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		refused := strings.HasPrefix(weight, "q=0") && strings.Trim(weight, "q=0.") == ""
		accepts[strings.ToLower(name)] = !refused
	}
	for _, encoding := range []string{"br", "gzip"} {
		if _, has := f.bodies[encoding]; has && accepts[encoding] {
			return encoding
		}
	}
	return ""
}
