package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestZone: a person's own zone stands beside UTC once it is chosen, on pages and parts of them; the record stays UTC.
func TestZone(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	path := "/connectors/" + simulator.ID("hosted-na")
	lacks(t, maya.get(path), `class="zoned"`)
	choose := func(zone string) page {
		return maya.post("/zone", url.Values{"token": {maya.token()}, "zone": {zone}, "return_to": {path}})
	}
	back := choose("Asia/Kolkata")
	equal(t, "the answer", back.status, http.StatusSeeOther)
	equal(t, "where it leads", back.header.Get("Location"), path)
	shown := maya.get(path)
	contains(t, shown, ` Asia/Kolkata</span></time>`, `value="Asia/Kolkata"`)
	contains(t, maya.get(path, "HX-Request", "true"), ` Asia/Kolkata</span>`)
	for _, other := range []string{"/", "/connectors", "/audit", "/changes"} {
		equal(t, other, maya.get(other).status, http.StatusOK)
	}
	contains(t, maya.get("/audit"), ` Asia/Kolkata</span></time>`)
	lacks(t, maya.get("/audit.ndjson"), "Kolkata", "+05:30")
	for _, wrong := range []string{"Nowhere/At all", "Local", "../../etc/passwd", "/etc/localtime", strings.Repeat("a", 4000), "Asia/Kolkata\r\nSet-Cookie: x=y"} {
		equal(t, wrong, choose(wrong).status, http.StatusBadRequest)
	}
	contains(t, maya.get(path), ` Asia/Kolkata</span></time>`)
	choose("UTC")
	lacks(t, maya.get(path), `class="zoned"`)
	contains(t, maya.get(path), `value="UTC"`)
	choose("")
	lacks(t, maya.get(path), `value="UTC"`)
	equal(t, "elsewhere is the overview", maya.post("/zone", url.Values{"token": {maya.token()}, "zone": {"UTC"}, "return_to": {"//evil.example"}}).header.Get("Location"), "/")
	equal(t, "without the form's token", maya.post("/zone", url.Values{"zone": {"UTC"}}).status, http.StatusForbidden)
	equal(t, "signed out", s.visitor().post("/zone", url.Values{"zone": {"UTC"}}).status, http.StatusSeeOther)
}
