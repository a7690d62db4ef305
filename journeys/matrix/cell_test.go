package matrix

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// try has the fault meet the surface, holds what must be true, and says what came of it.
func (c *cell) try(t *testing.T) (result string) {
	c.prepare()
	c.begin()
	if c.surface.ask == nil {
		known := c.shown(c.maya.get(c.path()))
		newcomer := c.shown(c.cold().get(c.path()))
		result = strings.TrimSuffix(known+" · "+newcomer, " · "+known)
	} else {
		answer := c.surface.ask(c)
		result = c.told(answer)
	}
	c.powerless()
	c.over()
	c.healthy()
	if final := c.outcome(); !strings.HasSuffix(result, final) {
		result += ", then " + final
	}
	c.truthful()
	if t.Failed() {
		t.Logf("%s on %s: %s", c.fault, c.surface.name, result)
	}
	return result
}

// cold is somebody who has seen nothing before the fault: the session is as old as it can be, and the provider well.
func (c *cell) cold() *visitor { return c.newcomers[c.surface.name] }

// saved is what a page says whose values are those of before.
const saved = "Editing and syncing are off until"

// shown holds what a page shows against what Graph holds, and names it.
func (c *cell) shown(p page) string {
	c.t.Helper()
	c.plainWords(p)
	said := fmt.Sprint(p.status)
	switch p.status {
	case http.StatusOK:
		if strings.Contains(p.body, saved) {
			said += " saved"
		}
		c.matches(p)
	case http.StatusServiceUnavailable:
		if p.header.Get("Retry-After") == "" {
			c.t.Errorf("no Retry-After: %s", p)
		}
	}
	return said
}

// told is what a form was answered.
func (c *cell) told(p page) string {
	c.t.Helper()
	said := c.shown(p)
	for _, change := range c.changes() {
		if change.connector == c.id {
			said += " " + change.outcome
		}
	}
	return said
}

// healthy: right after the fault the same person does what it kept them from, with a new sign-in where the old one ended.
func (c *cell) healthy() {
	c.t.Helper()
	back := c.maya.get("/connectors")
	if back.status == http.StatusSeeOther || c.fault.ends {
		if !c.fault.ends {
			c.t.Errorf("signed out by %s", c.fault)
		}
		c.maya = c.person("maya")
		back = c.maya.get("/connectors")
	}
	if back.status != http.StatusOK || strings.Contains(back.body, saved) {
		c.t.Errorf("after the fault: %s", back)
	}
	c.found()
	for _, path := range []string{"/connectors/" + c.id, "/connectors/" + c.id + "/edit"} {
		if p := c.maya.get(path); p.status != http.StatusOK {
			c.t.Errorf("after the fault: %s", p)
		} else {
			c.matches(p)
		}
	}
	c.saves()
}

// saves is the same form once more, of another connector.
func (c *cell) saves() {
	c.t.Helper()
	id := idOf(len(surfaces()))
	path := "/connectors/" + id
	form := c.maya.get(path + "/edit").form(path)
	form.Set("version", "healthy after "+c.surface.name)
	form.Set("reason", "ticket 2")
	saved := c.maya.post(path, form)
	if saved.status != http.StatusSeeOther {
		c.t.Errorf("a save after the fault: %s", saved)
	}
	if is := c.holds(id, "version"); is != "healthy after "+c.surface.name {
		c.t.Errorf("a save after the fault: Graph holds %q", is)
	}
}

// powerless: whoever may not edit may not while things go wrong either, and who is not signed in sees nothing.
func (c *cell) powerless() {
	c.t.Helper()
	if c.surface.ask != nil {
		if p := c.tom.post("/connectors/"+c.id, c.form); p.status == http.StatusSeeOther && !c.fault.ends || p.status < 300 {
			c.t.Errorf("helpdesk saves: %s", p)
		}
	}
	if p := c.visitor().get("/connectors/" + c.id); p.status != http.StatusSeeOther || p.body != "" {
		c.t.Errorf("signed out: %s", p)
	}
	for _, sent := range c.tenant.Requests(c.changing()...)[c.patches:] {
		if sent.Person != "" && sent.Person != "maya" {
			c.t.Errorf("%s changed something", sent.Person)
		}
	}
}

// holds is what Graph holds of a property.
func (c *cell) holds(id, property string) string {
	c.t.Helper()
	object, there := c.tenant.Graph.Connector(id)
	if !there {
		c.t.Fatalf("the tenant lost %s", id)
	}
	value, _ := object.Value(property)
	return value
}
