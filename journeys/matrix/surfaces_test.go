package matrix

import (
	"net/http"
	"net/url"
	"strings"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// surface is one column of the matrix: a page, or a form that is sent.
type surface struct {
	name string
	// method, suffix are of Graph's call that meets the fault.
	method, suffix string
	// page is of a GET, below /connectors; ask sends a form.
	page string
	ask  func(*cell) page
	// writes says that a change may come of it.
	writes bool
}

// edits says that it sends the edit form.
func (s surface) edits() bool { return s.ask != nil && s.suffix != "/sync" }

func surfaces() []surface {
	save := func(headers ...string) func(*cell) page {
		return func(c *cell) page { return c.maya.post("/connectors/"+c.id, c.form, headers...) }
	}
	return []surface{
		{name: "list", method: "GET", suffix: "list"},
		{name: "card", method: "GET", page: "/ID"},
		{name: "edit form", method: "GET", page: "/ID/edit"},
		{name: "review", method: "GET", ask: func(c *cell) page { return c.maya.post("/connectors/"+c.id+"/review", c.form) }},
		{name: "read before a save", method: "GET", ask: save(), writes: true},
		{name: "save", method: "PATCH", ask: save(), writes: true},
		{name: "save, htmx", method: "PATCH", ask: save("HX-Request", "true"), writes: true},
		{name: "sync", method: "POST", suffix: "/sync", ask: func(c *cell) page { return c.maya.post("/connectors/"+c.id+"/sync", c.form) }, writes: true},
	}
}

// cell is one fault on one surface, with a connector of its own.
type cell struct {
	*site
	surface surface
	id      string
	maya    *visitor // an admin who has seen everything before the fault
	tom     *visitor // who may see, and not edit
	// newcomers have seen nothing before it, by surface.
	newcomers map[string]*visitor
	form      url.Values
	asked     string // the value that the form asks for
	end       func() // of the fault, where it is not Graph's
	patches   int    // requests that change something, before it
}

// key is the name of Graph's call that meets the fault.
func (c *cell) key() string {
	if c.surface.suffix == "list" {
		return "GET " + graph.Collection
	}
	return c.surface.method + " " + graph.Collection + "/" + c.id + c.surface.suffix
}

// changing are the names of Graph's calls that change the cell's connector.
func (c *cell) changing() []string {
	one := graph.Collection + "/" + c.id
	return []string{"PATCH " + one, "POST " + one + "/sync"}
}

func (c *cell) path() string { return "/connectors" + strings.ReplaceAll(c.surface.page, "ID", c.id) }

// prepare lets Maya see and type what she needs before the fault.
func (c *cell) prepare() {
	c.t.Helper()
	for _, path := range []string{"/connectors", "/connectors/" + c.id} {
		if before := c.maya.get(path); before.status != http.StatusOK {
			c.t.Fatalf("before the fault: %s", before)
		}
	}
	switch {
	case c.surface.edits():
		c.asked = "asked on " + c.surface.name
		c.form = c.maya.get("/connectors/" + c.id + "/edit").form("/connectors/" + c.id)
		c.form.Set("version", c.asked)
	case c.surface.ask != nil:
		c.form = c.maya.get("/connectors/" + c.id).form("/connectors/" + c.id + "/sync")
		c.form.Set("syncType", "fullSync")
	}
	if c.form != nil { // long enough to need a page of a database of its own
		c.form.Set("reason", strings.Repeat("ticket ", 500))
	}
	c.patches = len(c.tenant.Requests(c.changing()...))
}

// begin brings the fault: over the call that the surface names, or over everything once the form has come so far.
func (c *cell) begin() {
	f := c.fault
	c.clock.Add(f.later)
	if f.token != nil {
		c.tenant.Faults.Always("POST /token", f.token)
	}
	for _, key := range c.changing() {
		c.tenant.Faults.Always(key, c.intended(nil))
	}
	switch {
	case f.graph != nil && c.surface.method == "GET":
		c.tenant.Faults.Always(c.key(), f.graph(c.site))
	case f.graph != nil:
		c.tenant.Faults.Always(c.key(), c.intended(f.graph(c.site)))
	case f.strike == nil:
	case c.surface.method == "GET" || f.group == "the database":
		c.end = f.strike(c.site)
	default: // what is written fails after what was read before it
		c.tenant.Faults.Next("GET "+graph.Collection+"/"+c.id, faults.Then(func() { c.end = f.strike(c.site) }, nil))
	}
}

// over ends the fault.
func (c *cell) over() {
	c.tenant.Faults.Clear()
	if c.end != nil {
		c.end()
		c.end = nil
	}
	if c.fault.token != nil { // what failed is not asked again at once
		c.clock.Add(settle + 1)
	}
}
