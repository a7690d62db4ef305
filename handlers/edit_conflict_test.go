package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// TestGraphsOwnConflict: Graph refuses the PATCH as one that met another. The connector is read anew, the three sides are
// shown, and a choice made there can be saved.
func TestGraphsOwnConflict(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]graph.Problem{"409": graph.Conflict, "412": graph.ConditionFail} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := newSite(t, db)
				maya := s.person("maya")
				id := simulator.ID("s2s-na")
				path, theirs := "/connectors/"+id, "theirs"
				form := maya.edit(id, "serverName", "mine")
				s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
					check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": &theirs}))
				}, faults.Answer(refusal)))
				met := maya.post(path, form)
				equal(t, "the status", met.status, http.StatusConflict)
				contains(t, met, `data-conflict="serverName"`, `data-side="base"`, "theirs", "mine", "Nothing was stored", "Graph’s request-id")
				if strings.Contains(met.body, "Nothing has been sent") {
					t.Error("the page says that nothing was sent")
				}
				again := maya.post(path, form)
				equal(t, "the same form again", again.status, http.StatusConflict)
				contains(t, again, `data-conflict="serverName"`)
				equal(t, "PATCH requests", s.patches(), 1)

				choice := met.form(path)
				choice.Set("choice.serverName", "yours")
				equal(t, "the choice", maya.post(path, choice).status, http.StatusSeeOther)
				equal(t, "PATCH requests in the end", s.patches(), 2)
				contains(t, maya.get(path), `data-outcome="applied"`, `data-value="mine"`)
			})
		})
	}
}

// TestGraphsConflictWithoutAClash: what Graph shows is what the form showed, so the page claims nobody else's change.
func TestGraphsConflictWithoutAClash(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.Conflict))
	met := maya.post(path, maya.edit(id, "serverName", "mine"))
	equal(t, "the status", met.status, http.StatusConflict)
	contains(t, met, "Graph refused the save because of a conflict.", "shows no clash now", "mine")
	for _, claim := range []string{"data-conflict", "Someone changed", "Maya Lindqvist</bdi> "} {
		if strings.Contains(met.body, claim) {
			t.Errorf("the page holds %q", claim)
		}
	}
	equal(t, "the form sent again", maya.post(path, met.form(path)).status, http.StatusSeeOther)

	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
		s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.RoleForbids))
	}, faults.Answer(graph.Conflict)))
	met = maya.post(path, maya.edit(id, "serverName", "mine too"))
	equal(t, "the status, where it cannot be read anew", met.status, http.StatusConflict)
	contains(t, met, "Graph says that this connector was changed meanwhile.", "mine too")
}

// TestConflictNamesWhoStoredTheirs, and nobody whose change was refused, or who changed something else.
func TestConflictNamesWhoStoredTheirs(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, priya := s.person("maya"), s.person("priya")
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	form := maya.edit(id, "serverName", "mine")
	equal(t, "priya's", priya.post(path, priya.edit(id, "serverName", "hers")).status, http.StatusSeeOther)
	equal(t, "another of hers", priya.post(path, priya.edit(id, "version", "7")).status, http.StatusSeeOther)
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.NoReason))
	refused := maya.edit(id, "serverName", "refused")
	refused.Set("reason", "a reason that is not theirs")
	equal(t, "one refused", maya.post(path, refused).status, http.StatusUnprocessableEntity)
	met := maya.post(path, form)
	equal(t, "the status", met.status, http.StatusConflict)
	contains(t, met, "Priya Raman</bdi> edited 1 field")
	if strings.Contains(met.body, "not theirs") {
		t.Error("a refused change is shown as the other side")
	}
}

// TestOthersAreTold: what others changed in other fields, before the read and between the read and the PATCH, is told on
// the page that the redirect leads to, in the fragment, and for good by the receipt.
func TestOthersAreTold(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom := s.person("maya"), s.person("tom")
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		set := func(name, value string) { check(t, s.tenant.Graph.Set(id, map[string]*string{name: &value})) }
		told := "Others changed 2 fields while the form was open. Their changes stay."
		for i, headers := range [][]string{nil, {"HX-Request", "true"}} {
			n := []string{"1", "2"}[i]
			form := maya.edit(id, "serverName", "mine "+n)
			set("version", "before the read "+n)
			s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() { set("exchangeAlias", "after the read "+n) }, nil))
			saved := maya.post(path, form, headers...)
			if headers == nil {
				saved = maya.get(path)
			}
			contains(t, saved, told, "before the read "+n, "after the read "+n)
			sent := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
			contains(t, tom.get("/changes/"+sent[len(sent)-1].Header.Get("client-request-id")), told)
		}
	})
}

// TestASyncIsNobodysChange: it sets the last sync and the status by itself, also while a form is open.
func TestASyncIsNobodysChange(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	maya.get("/connectors")
	form := maya.edit(id, "serverName", "EX02")
	status, date := maya.edit(id, "status", "none"), maya.edit(id, "lastSyncDateTime", "2026-11-24T10:12:31Z")
	clock.Add(5 * time.Minute)
	check(t, s.tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": ptr(graph.Moment(clock.Now())), "status": ptr("disconnected")}))
	never := []string{"omebody", "omeone", "thers"}
	review := maya.post(path+"/review", form)
	contains(t, review, "a sync has run since you opened the form", "Set by a sync")
	lacks(t, review, never...)
	for _, late := range []url.Values{status, date} {
		met := maya.post(path, late)
		equal(t, "a save of what the sync set", met.status, http.StatusConflict)
		contains(t, met, "A sync has run while you were editing.", "The last sync has moved on.", "the sync")
		lacks(t, met, "omebody", "omeone", "Only others", "not changed through Switchboard")
	}
	equal(t, "the save", maya.post(path, form).status, http.StatusSeeOther)
	saved := maya.get(path)
	contains(t, saved, "A sync set 2 fields while the form was open.", "Set by a sync")
	lacks(t, saved, "Others changed", "Changed by others")
	again := maya.edit(id, "serverName", "EX03")
	clock.Add(5 * time.Minute)
	check(t, s.tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": ptr(graph.Moment(clock.Now())), "version": ptr("9")}))
	contains(t, maya.post(path+"/review", again), "somebody changed other properties since you opened the form", "Changed by others")
}

// TestASyncHidesNobodysChange: what somebody set through Switchboard before it is theirs.
func TestASyncHidesNobodysChange(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSite(t, databasetest.SQLite(t), clock.with)
	maya, priya, id := s.person("maya"), s.person("priya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	form := maya.edit(id, "serverName", "EX02")
	equal(t, "another's save", priya.post(path, priya.edit(id, "status", "none")).status, http.StatusSeeOther)
	clock.Add(5 * time.Minute)
	check(t, s.tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": ptr(graph.Moment(clock.Now()))}))
	contains(t, maya.post(path+"/review", form), "Changed by others", "somebody changed other properties")
	equal(t, "the save", maya.post(path, form).status, http.StatusSeeOther)
	contains(t, maya.get(path), "Others changed 1 field while", "A sync set 1 field while", "Changed by others", "Set by a sync")
	sent := s.tenant.Requests("PATCH " + graph.Collection + "/" + id)
	contains(t, maya.get("/changes/"+sent[len(sent)-1].Header.Get("client-request-id")), "Others changed 1 field while", "A sync set 1 field while")
}

// TestASyncBesideSomebodysChange: each property has its own cause, in a conflict, in the review and in the receipt.
func TestASyncBesideSomebodysChange(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		maya.get("/connectors")
		server, other := maya.edit(id, "serverName", "EX02"), maya.edit(id, "version", "9")
		status, both := maya.edit(id, "status", "none"), maya.edit(id, "serverName", "EX02", "status", "none")
		date := maya.edit(id, "lastSyncDateTime", "2026-11-24T10:12:31Z")
		clock.Add(5 * time.Minute)
		check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX09")}))
		check(t, s.tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": ptr(graph.Moment(clock.Now())), "status": ptr("disconnected")}))
		clash := func(met page, name string) string {
			_, row, _ := strings.Cut(met.body, `data-conflict="`+name+`"`)
			row, _, _ = strings.Cut(row, "</fieldset>")
			return row
		}

		met := maya.post(path, server)
		equal(t, "a save of what somebody changed", met.status, http.StatusConflict)
		contains(t, met, "Someone changed this connector", "It was not changed through Switchboard", "1 conflict, 2 of a sync alone", "Only the sync")
		lacks(t, met, "Only others", "of theirs alone")
		met = maya.post(path, status)
		contains(t, met, "Someone changed this connector", "The last sync has moved on.", "1 conflict, 1 of theirs alone, 1 of a sync alone", "Only the sync", "Only others")
		if row := clash(met, "status"); !strings.Contains(row, "the sync") || strings.Contains(row, "somebody else") {
			t.Errorf("the status says %s", row)
		}
		met = maya.post(path, both)
		contains(t, met, "Someone changed this connector", "The rest was not changed through Switchboard", "2 conflicts, 1 of a sync alone")
		if row := clash(met, "status"); !strings.Contains(row, "the sync") || strings.Contains(row, "somebody else") {
			t.Errorf("beside the server the status says %s", row)
		}
		if row := clash(met, "serverName"); strings.Contains(row, "the sync") || !strings.Contains(row, "somebody else") {
			t.Errorf("beside the status the server says %s", row)
		}

		chosen := maya.post(path, date).form(path)
		chosen.Set("choice.lastSyncDateTime", "theirs")
		chosen.Set("version", "10")
		contains(t, maya.post(path+"/review", chosen), "Changed by others", "Set by a sync")
		review := maya.post(path+"/review", other)
		contains(t, review, "somebody changed other properties since you opened the form, and a sync has run. What they have set stays.", "Changed by others", "Set by a sync")
		equal(t, "the save", maya.post(path, other).status, http.StatusSeeOther)
		contains(t, maya.get(path), "Others changed 1 field while the form was open. Their changes stay.", "A sync set 2 fields while the form was open.", "Changed by others", "Set by a sync")
	})
}

// TestASyncAfterAChangeFromElsewhere: what the audit log knows as changed elsewhere is no sync's, in a conflict as in the review.
func TestASyncAfterAChangeFromElsewhere(t *testing.T) {
	t.Parallel()
	clock := newClock()
	db := databasetest.SQLite(t)
	s := newSite(t, db, clock.with)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	maya.get("/connectors")
	server, status := maya.edit(id, "serverName", "EX02"), maya.edit(id, "status", "none")
	clock.Add(5 * time.Minute)
	s.changedElsewhere(maya, clock, db, id, "status", "disconnected")
	clock.Add(5 * time.Minute)
	check(t, s.tenant.Graph.Set(id, map[string]*string{"lastSyncDateTime": ptr(graph.Moment(clock.Now()))}))
	contains(t, maya.post(path+"/review", server), "somebody changed other properties", "Changed by others", "Set by a sync")
	met := maya.post(path, status)
	equal(t, "the status", met.status, http.StatusConflict)
	contains(t, met, "Someone changed this connector", "It was not changed through Switchboard", "somebody else", "1 conflict, 1 of a sync alone", "Only the sync")
	lacks(t, met, "The last sync has moved on", "of theirs alone", "Only others")
}

// TestWhatIsThereAlreadyIsNobodysOtherChange: it is what this person wants, and the review speaks of nothing else.
func TestWhatIsThereAlreadyIsNobodysOtherChange(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	form := maya.edit(id, "serverName", "EX02", "version", "9")
	check(t, s.tenant.Graph.Set(id, map[string]*string{"version": ptr("9")}))
	review := maya.post("/connectors/"+id+"/review", form)
	contains(t, review, "a part of what you want is there already", "Already as you want it")
	lacks(t, review, "other properties", "Changed by others")
}
