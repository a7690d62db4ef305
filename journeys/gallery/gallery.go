// Package gallery serves every page in every state, as the tests of views/gallery draw it, to a browser.
package gallery

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"switchboard/journeys/chromium"
)

// policy is the product's own content security policy.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// Draw writes the pages into the folder. The handler serves each as /NAME.html, with the files of static/dist.
func Draw(folder string) (names []string, pages http.Handler, err error) {
	root, err := chromium.Root()
	if err != nil {
		return nil, nil, err
	}
	draw := exec.Command("go", "test", "-count=1", "-run", "Gallery$", "./views/gallery")
	draw.Dir, draw.Env = root, append(os.Environ(), "SWITCHBOARD_GALLERY="+folder)
	if output, err := draw.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("draw the gallery: %w\n%s", err, output)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.html"))
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, nil, errors.New("the gallery has no pages")
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".html"))
	}
	return names, serve(folder, filepath.Join(root, "static", "dist")), nil
}

func serve(folder, static string) http.Handler {
	files := http.NewServeMux()
	files.Handle("/", http.FileServer(http.Dir(folder)))
	files.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir(static))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		files.ServeHTTP(w, r)
	})
}
