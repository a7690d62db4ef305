//go:build providers

package providers

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a block of the document that is a file: its name stands behind its language.
var named = regexp.MustCompile("(?ms)^```[a-z]+ (\\S+)\n(.*?)^```$")

// files are the document's files of a section, by name.
func files(t *testing.T, section string) map[string]string {
	t.Helper()
	document, err := os.ReadFile("../../docs/providers.md")
	check(t, err)
	found := map[string]string{}
	for _, block := range named.FindAllStringSubmatch(string(document), -1) {
		if of, name, _ := strings.Cut(block[1], "/"); of == section {
			found[name] = block[2]
		}
	}
	if found["config.yaml"] == "" {
		t.Fatalf("docs/providers.md has no %s/config.yaml", section)
	}
	return found
}

// place writes the files into the folder with the document's addresses, folders and secret replaced by those of here, and
// nothing else.
func (w *world) place(section string) {
	at, err := url.Parse(w.issuer)
	check(w.t, err)
	host := at.Scheme + "://" + at.Host
	here := strings.NewReplacer(
		"https://switchboard.contoso.com", w.site, "https://login.contoso.com", host, "127.0.0.1:5556", strings.TrimPrefix(host, "http://"),
		"https://graph.contoso.com/beta", w.graph, "/secrets/", w.folder+"/", "/data/", w.folder+"/", "CLIENT-SECRET", clientSecret,
	)
	for name, content := range files(w.t, section) {
		check(w.t, os.WriteFile(filepath.Join(w.folder, name), []byte(here.Replace(content)), 0o600))
	}
}
