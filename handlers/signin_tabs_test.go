package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// TestTabsOpenedSignedOut: pages that a browser asks for at once while nobody is signed in are each where its tab ends.
func TestTabsOpenedSignedOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	v := s.visitor()
	asked := []string{"/connectors?q=na", "/changes", "/audit?action=edit", "/connectors/" + simulator.ExampleID, "/access", "/"}
	for i := range 18 {
		asked = append(asked, fmt.Sprintf("/connectors?q=%d", i))
	}
	starts, landed := make([]page, len(asked)), make([]string, len(asked))
	var all sync.WaitGroup
	for i, path := range asked {
		all.Go(func() { starts[i] = v.get(path) })
	}
	all.Wait()
	for i := range asked {
		all.Go(func() {
			picker := v.follow("GET", v.follow("GET", starts[i].location(), nil).location(), nil)
			picked := v.follow("POST", picker.location(), map[string][]string{"person": {"ruth"}})
			landed[i] = v.follow("GET", picked.location(), nil).header.Get("Location")
		})
	}
	all.Wait()
	if !slices.Equal(landed, asked) {
		t.Errorf("the tabs of %q landed on %q", asked, landed)
	}
}

// TestTabsWhoseSessionsEnd: forms that were sent too late in two tabs lead each back to itself, in whichever order the
// person signs in, and so does what htmx asked for last.
func TestTabsWhoseSessionsEnd(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya := s.person("maya")
	ids := []string{simulator.ID("s2s-na"), simulator.ExampleID}
	forms := []url.Values{maya.edit(ids[0], "version", "late in "+ids[0]), maya.edit(ids[1], "version", "late in "+ids[1])}
	clock.Add(31 * time.Minute)
	var ended []page
	for i, id := range ids {
		ended = append(ended, maya.follow("GET", maya.post("/connectors/"+id, forms[i]).location(), nil))
	}
	for i, id := range ids {
		path := "/connectors/" + id
		back := maya.through(maya.get(ended[i].way("Sign in")), "maya")
		equal(t, "where the tab lands", back.from.Path, path+"/edit")
		equal(t, "version", back.form(path).Get("version"), "late in "+id)
	}
	clock.Add(31 * time.Minute)
	for _, id := range ids {
		at := s.url.String() + "/connectors/" + id
		steered := maya.get("/connectors/"+id, "HX-Request", "true", "HX-Current-URL", at)
		equal(t, "htmx", steered.status, http.StatusUnauthorized)
		equal(t, "what the answer depends on", strings.Join(steered.header.Values("Vary"), ", "), "Accept-Encoding, HX-Request, HX-Request-Type, HX-History-Restore-Request")
		start := maya.get(steered.header.Get("HX-Redirect"))
		equal(t, "where the tab lands", maya.through(start, "maya").from.String(), at)
		clock.Add(31 * time.Minute)
	}
}

// TestPollsRememberNothing: what a page asks for by itself after the session's end takes no room from sign-ins.
func TestPollsRememberNothing(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya := s.person("maya")
	clock.Add(31 * time.Minute)
	polled := maya.get("/connectors", "Switchboard-Passive", "true", "HX-Request", "true", "HX-Current-URL", s.url.String()+"/connectors")
	equal(t, "the status", polled.status, http.StatusNoContent)
	equal(t, "cookies", len(polled.header.Values("Set-Cookie")), 0)
}
