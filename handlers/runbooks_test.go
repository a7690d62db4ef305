package handlers_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
)

// TestRunbooks: everybody who sees connectors finds one for each health, by the list and by the menu.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for _, who := range []string{"maya", "tom", "ruth"} {
		v := s.person(who)
		index := v.get("/runbooks")
		equal(t, "the list", index.status, http.StatusOK)
		contains(t, v.get("/"), `href="/runbooks"`)
		for _, health := range connector.Healths() {
			path := "/runbooks/" + string(health)
			contains(t, index, `href="`+path+`"`)
			page := v.get(path)
			equal(t, path, page.status, http.StatusOK)
			contains(t, page, "In the Intune admin center", "PowerShell", `href="/connectors?health=`+string(health)+`"`)
			lacks(t, page, "Your organization’s runbook")
		}
		contains(t, v.get("/runbooks/retired"), "What the retirement means", "How it is taken out of service")
		equal(t, "one that there is not", v.get("/runbooks/dead").status, http.StatusNotFound)
	}
	equal(t, "somebody without a role", s.person("deniz").get("/runbooks").status, http.StatusForbidden)
}

// TestTheHouseHasItsOwn beside Switchboard's, as text and never as markup.
func TestTheHouseHasItsOwn(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := "# Night shift\n\nCall **Priya** <script>alert(1)</script> or [the desk](https://desk.contoso.com/?a=1&b=2), not [this](javascript:alert(2)).\n\n<img src=x onerror=alert(3)>\n"
	check(t, os.WriteFile(filepath.Join(folder, "broken.md"), []byte(text), 0o600))
	check(t, os.WriteFile(filepath.Join(folder, "README.md"), []byte("mine"), 0o600))
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.runbooks = folder })
	maya := s.person("maya")
	page := maya.get("/runbooks/broken")
	contains(t, page, "Your organization’s runbook", "<h3>Night shift</h3>", "<strong>Priya</strong> &lt;script&gt;alert(1)&lt;/script&gt;",
		`<a href="https://desk.contoso.com/?a=1&amp;b=2" rel="noreferrer">the desk</a>, not this.`, "&lt;img src=x onerror=alert(3)&gt;", "Switchboard’s runbook")
	lacks(t, page, "javascript:", "<img")
	contains(t, maya.get("/runbooks"), "Your organization has a runbook of its own for it.")
	equal(t, "the log names what is no runbook", strings.Contains(s.log.String(), "README.md is no runbook"), true)
}
