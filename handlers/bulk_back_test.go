package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// rowOf is the row of a connector in a review or a run.
func (p page) rowOf(id string) string {
	p.t.Helper()
	_, row, there := strings.Cut(p.body, `data-row="`+id+`"`)
	if !there {
		p.t.Fatalf("no row of %s: %s", id, p)
	}
	row, _, _ = strings.Cut(row, "</tr>")
	return row
}

// hold sets properties of a connector behind everybody's back.
func (s *site) hold(id string, values ...string) {
	s.t.Helper()
	for i := 0; i+1 < len(values); i += 2 {
		check(s.t, s.tenant.Graph.Set(id, map[string]*string{values[i]: &values[i+1]}))
	}
}

// TestPuttingBackWhatNoFormOffers: what cannot be put back is named with the reason; what else of the connector can be is put back.
func TestPuttingBackWhatNoFormOffers(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), working)
	maya := s.person("maya")
	nothing, part, all := simulator.ID("s2s-na"), simulator.ID("hosted-uk"), simulator.ID("s2s-latam")
	s.hold(nothing, "exchangeAlias", strings.Repeat("x", 5000), "version", "16", "exchangeConnectorType", "someNewType")
	s.hold(part, "exchangeAlias", strings.Repeat("y", 5000), "version", "15", "exchangeConnectorType", "hosted")
	s.hold(all, "exchangeAlias", "short", "version", "16", "exchangeConnectorType", "hosted")
	review := maya.reviewed(threeNames, "set.exchangeAlias", "on", "exchangeAlias", "new", "set.version", "on", "version", "16",
		"set.exchangeConnectorType", "on", "exchangeConnectorType", "hosted")
	run := maya.started(review, "why").header.Get("Location")
	maya.awaitRun(run, "done")

	back := maya.post(run+"/revert", maya.ticks())
	contains(t, back, "Put back 2 connectors")
	for id, want := range map[string][]string{
		nothing: {`data-verdict="refused"`, "Cannot be put back", "Alias: It stays as it is now.", "Type: It stays as it is now."},
		part:    {`data-verdict="change"`, "Alias: It stays as it is now.", ">version</span>"},
		all:     {`data-verdict="change"`, ">exchangeAlias</span>"},
	} {
		for _, text := range want {
			equal(t, id+" says: "+text, strings.Contains(back.rowOf(id), text), true)
		}
	}
	again := maya.started(back, "back").header.Get("Location")
	maya.awaitRun(again, "done")
	held, _ := s.tenant.Graph.Connector(part)
	version, _ := held.Value("version")
	equal(t, "what was put back beside it", version, "15")
}

// TestPuttingBackSparesWhatHasChanged: what somebody has changed since the run stays and is named; what they left is put back.
func TestPuttingBackSparesWhatHasChanged(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, working)
		maya := s.person("maya")
		theirs, part, back := simulator.ID("s2s-na"), simulator.ID("hosted-uk"), simulator.ID("s2s-latam")
		s.hold(theirs, "exchangeAlias", "new", "version", "15")
		s.hold(part, "exchangeAlias", "old", "version", "15")
		s.hold(back, "exchangeAlias", "old", "version", "16")
		review := maya.reviewed(threeNames, "set.exchangeAlias", "on", "exchangeAlias", "new", "set.version", "on", "version", "16")
		run := maya.started(review, "why").header.Get("Location")
		maya.awaitRun(run, "done")
		s.hold(theirs, "version", "17")
		s.hold(part, "exchangeAlias", "theirs")
		s.hold(back, "exchangeAlias", "old")

		shown := maya.post(run+"/revert", maya.ticks())
		contains(t, shown, "What has changed since stays as it is now", "Put back 1 connector")
		for id, want := range map[string][]string{
			theirs: {`data-verdict="refused"`, "Agent version: It stays as it is now: Graph shows another value than the run stored."},
			part:   {`data-verdict="change"`, "Alias: It stays as it is now: Graph shows another value than the run stored."},
			back:   {`data-verdict="same"`, "It already holds this."},
		} {
			for _, text := range want {
				equal(t, id+" says: "+text, strings.Contains(shown.rowOf(id), text), true)
			}
		}
		maya.awaitRun(maya.started(shown, "back").header.Get("Location"), "done")
		held, _ := s.tenant.Graph.Connector(part)
		alias, _ := held.Value("exchangeAlias")
		version, _ := held.Value("version")
		equal(t, "what they set and what was put back", alias+", "+version, "theirs, 15")
	})
}

// TestPuttingBackAgain: where the preview is gone, its page leads to another one, with the reason.
func TestPuttingBackAgain(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), working, clock.with)
	maya := s.person("maya")
	run := maya.started(maya.reviewed(threeNames, "set.version", "on", "version", "16"), "why").header.Get("Location")
	maya.awaitRun(run, "done")
	form := maya.post(run+"/revert", maya.ticks()).form("/bulk")
	form.Set("reason", "it was wrong")
	clock.Add(61 * time.Minute)
	maya = s.person("maya")
	form.Set("token", maya.token())
	gone := maya.post("/bulk", form)
	equal(t, "a review that is gone", gone.status, http.StatusConflict)
	again := maya.post(run+"/revert", gone.form(run+"/revert"))
	equal(t, "reviewed again", again.status, http.StatusOK)
	contains(t, again, "Put back 3 connectors", ">it was wrong</textarea>")
}
