// Package scripts_test holds the project's own linter, and what stands in for the program, to what they are for.
package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestLintOfTempl(t *testing.T) {
	t.Parallel()
	const refused, passed = 1, 0
	for line, want := range map[string]int{
		`<a href={ templ.SafeURL(u) }>`:            refused,
		`@templ.Raw(x)`:                            refused,
		`<div { attrs... }>`:                       refused,
		`<div class="a" { m.Attrs()... }>`:         refused,
		`{ attrs... }`:                             refused,
		`{ children... }`:                          passed,
		`<script>alert(1)</script>`:                refused,
		`<script src={ script.URL }></script>`:     passed,
		`<script src={ u }></script>`:              refused,
		`script greet() {`:                         refused,
		`css red() {`:                              refused,
		`<p style="color: red">`:                   refused,
		`<p style={ s }>`:                          refused,
		`<button onclick="x">`:                     refused,
		`<button hx-on:click="x">`:                 refused,
		`<button hx-vals="js:{}">`:                 refused,
		`<button hx-post="/connectors">`:           passed,
		`<button hx-post={ "/connectors/" + id }>`: passed,
		`<button hx-post={ u }>`:                   refused,
		`<button data-hx-post={ u }>`:              refused,
		`<button formaction={ reviewURL(id) }>`:    passed,
		`<button formaction={ "//evil.example" } hx-get={ reviewURL(id) }/>`: refused,
		`<img src?={ ok }/>`:                         refused,
		`<meta http-equiv="refresh" content={ x }/>`: refused,
		`<meta name="robots" content="noindex"/>`:    passed,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			page := filepath.Join(t.TempDir(), "page.templ")
			if err := os.WriteFile(page, []byte(line+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			lint := exec.Command("./lint-templ.sh", page)
			output, _ := lint.CombinedOutput()
			if got := lint.ProcessState.ExitCode(); got != want {
				t.Errorf("exit %d, want %d\n%s", got, want, output)
			}
		})
	}
}
