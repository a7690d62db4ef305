package viewstest

import (
	"encoding/json"
	"os"
	"path/filepath"

	"switchboard/views/frame"
)

// Shell frames a page of the gallery.
func Shell(title string) frame.Shell {
	return frame.Shell{Title: title, Files: frame.Files{Assets: assets()}, Actor: Admin, FormToken: "session-token", TenantName: "Contoso · demo tenant", Now: Now,
		Nav:    []frame.Link{{Label: "Overview", Href: "/", Icon: "layout-dashboard"}, {Label: "Connectors", Href: "/connectors", Icon: "plug-connected", Current: true, Count: 38, Counted: true}},
		Crumbs: []frame.Crumb{{Label: "Connectors", Href: "/connectors"}, {Name: NaMail().Name()}}, RequestID: "r-1", Version: "dev"}
}

// assets are those of the last build, where there was one.
func assets() *frame.Assets {
	var built map[string]struct{ URL, Integrity string }
	manifest, err := os.ReadFile(filepath.Join("..", "..", "static", "dist", "manifest.json"))
	if err != nil || json.Unmarshal(manifest, &built) != nil {
		return &frame.Assets{}
	}
	asset := func(name string) []frame.Asset {
		return []frame.Asset{{URL: built[name].URL, Integrity: built[name].Integrity}}
	}
	return &frame.Assets{CSS: asset("switchboard.css"), JS: asset("switchboard.js"), List: asset("list.css"), More: asset("more.css"), Forms: asset("more.js"), Htmx: asset("htmx.js")}
}
