package handlers_test

import (
	"net/http"
	"testing"

	"switchboard/internal/bulk"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// TestUnprovenRunOffersOnlyToStop: a run of which nothing proves what a person asked for cannot go on, whoever paused it and why, so
// that its page offers nothing but the end.
func TestUnprovenRunOffersOnlyToStop(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		forgery string
		byHand  bool // else the run itself finds it
		refused bool // what a resuming is that comes all the same
	}{
		"paused by hand":       {`UPDATE bulk_runs SET sealed = ''`, true, true},
		"rows, paused by hand": {`UPDATE bulk_rows SET sealed = ''`, true, false},
		"found":                {`UPDATE bulk_runs SET sealed = ''`, false, true},
		"rows, found":          {`UPDATE bulk_rows SET sealed = '' WHERE position = 1`, false, false},
	} {
		for _, kind := range databasetest.Kinds() {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				db := databasetest.Open(t, databasetest.URL(t, kind))
				s := newSite(t, db)
				maya := s.person("maya")
				path := maya.started(maya.reviewed(threeNames, "set.version", "on", "version", "9.9"), "three at once").header.Get("Location")
				if test.byHand {
					equal(t, "the pause", maya.post(path+"/pause", maya.ticks()).status, http.StatusSeeOther)
				}
				run(t, db, test.forgery)
				if !test.byHand {
					s.set.working = true
					s.rotation([]*database.DB{db}).restart(0, s.set.keys...)
				}
				paused := maya.awaitRun(path, "paused")
				contains(t, paused, "Paused after 0 of 3: nothing proves that it is what was previewed.",
					bulk.WhyUnproven+" What was done stays done, and nothing more is sent. Stop it and begin a new one.")
				lacks(t, paused, "Resum", path+"/resume")
				lacks(t, s.person("tom").get(path), "Resum", path+"/stop")
				if test.refused {
					resuming := maya.post(path+"/resume", maya.ticks())
					equal(t, "a resuming", resuming.status, http.StatusConflict)
					contains(t, resuming, bulk.WhyUnproven)
				}
				equal(t, "the stop", maya.post(path+"/stop", paused.form(path+"/stop")).status, http.StatusSeeOther)
				stopped := maya.get(path)
				state, _ := stopped.counts()
				equal(t, "the state in the end", state, "stopped")
				contains(t, stopped, "What this page says of the run is proven by nothing but the audit log.")
				equal(t, "sent to Graph", s.patches(), 0)
			})
		}
	}
}
