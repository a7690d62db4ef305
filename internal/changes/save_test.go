package changes_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// answerRow is one way in which Graph answers a PATCH, and what must come of it.
type answerRow struct {
	name    string
	faults  []faults.Fault
	kind    problem.Kind // of the error; none says that there is none
	patches int
	outcome audit.Outcome
	stored  bool // the values stored are known
}

const none problem.Kind = -1

func answerRows() []answerRow {
	one := func(f faults.Fault) []faults.Fault { return []faults.Fault{f} }
	fails := func(status int) []faults.Fault {
		handler, _ := graph.OfStatus(status)
		return one(faults.Answer(handler))
	}
	throttled := func(after string) faults.Fault { return faults.Answer(graph.Throttled.With(after)) }
	return []answerRow{
		{"200", nil, none, 1, audit.Applied, true},
		{"204", one(faults.NoContent()), none, 1, audit.Applied, true},
		{"202 without a body", one(faults.Applied(202, "", "")), none, 1, audit.Applied, true},
		{"cut short", one(faults.Truncate()), none, 1, audit.Applied, true},
		{"200 as HTML", one(faults.ContentType("text/html")), none, 1, audit.InDoubt, false},
		{"302", one(faults.Status(302, "", "", "Location", "/elsewhere")), none, 1, audit.InDoubt, false},
		{"400", fails(400), problem.Invalid, 1, audit.Rejected, false},
		{"400 with an odd request-id", one(faults.Status(400, "application/json", `{"error":{"code":"","innerError":{"request-id":"\u0000"}}}`)), problem.Invalid, 1, audit.Rejected, false},
		{"403 of a proxy", one(faults.Answer(graph.Proxy(403))), none, 1, audit.InDoubt, false},
		{"401 of a proxy", one(faults.Answer(graph.Proxy(401))), none, 1, audit.InDoubt, false},
		{"200 with a byte order mark", one(faults.Mark()), none, 1, audit.Applied, true},
		{"403", fails(403), problem.Forbidden, 1, audit.Rejected, false},
		{"404", fails(404), problem.NotFound, 1, audit.Rejected, false},
		{"409", fails(409), problem.Conflict, 1, audit.Rejected, false},
		{"412", fails(412), problem.Conflict, 1, audit.Rejected, false},
		{"no licence", one(faults.Answer(graph.NoIntuneAccess)), problem.Forbidden, 1, audit.Rejected, false},
		{"expired once", one(faults.Answer(graph.ExpiredToken)), none, 2, audit.Applied, true},
		{"expired twice", []faults.Fault{faults.Answer(graph.ExpiredToken), faults.Answer(graph.ExpiredToken)}, problem.SignedOut, 2, audit.Rejected, false},
		{"429, then well", one(throttled("1")), none, 2, audit.Applied, true},
		{"429 twice", []faults.Fault{throttled("1"), throttled("1")}, problem.Unavailable, 2, audit.Rejected, false},
		{"429 for long", one(throttled("60")), problem.Unavailable, 1, audit.Rejected, false},
		{"500", fails(500), none, 1, audit.InDoubt, false},
		{"503", fails(503), none, 1, audit.InDoubt, false},
		{"504", fails(504), none, 1, audit.InDoubt, false},
		{"reset", one(faults.Reset()), none, 1, audit.InDoubt, false},
		{"answer lost", one(faults.LoseAnswer()), none, 1, audit.InDoubt, false},
	}
}

// TestAnswers saves under every answer of Graph's, and sends each form a second time.
func TestAnswers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		for i, row := range answerRows() {
			id := s.tenant.Graph.Connectors()[i].ID
			edit := s.edit(id, connector.ServerName, row.name)
			for _, fault := range row.faults {
				s.tenant.Faults.Next(patchOf(id), fault)
			}
			result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
			row.judge(t, s, id, result, err)
			again, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
			equal(t, row.name+": the change of the same form again", again.Change.ID, result.Change.ID)
			equal(t, row.name+": that it is a repetition", again.Change.Repeated, true)
			equal(t, row.name+": its outcome", again.Change.Outcome, row.outcome)
			if want := row.kind; want == problem.SignedOut {
				equal(t, row.name+": its problem, after a new sign-in", kindOf(err), problem.Unavailable)
			} else {
				equal(t, row.name+": its problem", kindOr(err), want)
			}
			equal(t, row.name+": PATCH requests in the end", len(s.patches(id)), row.patches)
			s.tenant.Faults.Clear()
		}
	})
}

func kindOr(err error) problem.Kind {
	if err == nil {
		return none
	}
	return kindOf(err)
}

func (row answerRow) judge(t *testing.T, s *site, id string, result changes.Result, err error) {
	t.Helper()
	equal(t, row.name+": the problem", kindOr(err), row.kind)
	equal(t, row.name+": the outcome", result.Change.Outcome, row.outcome)
	equal(t, row.name+": PATCH requests", len(s.patches(id)), row.patches)
	equalLines(t, row.name+": the record", s.lines(result.Change.ID), "edit pending", "edit "+string(row.outcome))
	equal(t, row.name+": that the object is known", result.Change.HasReturned, row.stored)
	equal(t, row.name+": that what is stored is known", result.Change.Fields[0].Stored != nil, row.stored)
	for _, patch := range s.patches(id) {
		equal(t, row.name+": client-request-id", patch.Header.Get("client-request-id"), result.Change.ID)
		equal(t, row.name+": whose bearer", patch.Person, "maya")
		var body map[string]any
		check(t, json.Unmarshal(patch.Body, &body))
		if len(body) != 1 || body[connector.ServerName] != row.name {
			t.Errorf("%s: the body is %s", row.name, patch.Body)
		}
	}
}

// TestUnreachableGraphWasSentNothing closes Graph's port between the read and the PATCH.
func TestUnreachableGraphWasSentNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		s.tenant.Faults.Next(patchOf(hosted), func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.Header().Set("Connection", "close") // else the next PATCH may go out on it before its end is noticed
			next.ServeHTTP(w, r)
		})
		_, err := s.Save(context.Background(), maya, audit.Origin{}, s.edit(hosted, connector.Version, "1")) // gets the write scope
		check(t, err)
		edit := s.edit(hosted, connector.Version, "2")
		s.tenant.Faults.Next(getOf(hosted), faults.Then(func() { check(t, s.tenant.Refuse()) }, nil))
		s.clock.pass(time.Second)
		result, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
		check(t, s.tenant.Resume())
		equal(t, "the problem", kindOf(err), problem.Unavailable)
		equal(t, "the outcome", result.Change.Outcome, audit.NotApplied)
		equalLines(t, "the record", s.lines(result.Change.ID), "edit pending", "edit not_applied")
		equal(t, "PATCH requests", len(s.patches(hosted)), 1)
	})
}

// TestNothingIsSentWithoutNeed holds what a save refuses, finds already done, or finds changed by others.
func TestNothingIsSentWithoutNeed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya, tom, omar := s.signIn("maya"), s.signIn("tom"), s.signIn("omar")
		for name, test := range map[string]struct {
			who   visitor
			alter func(*connector.Edit)
			fault faults.Fault // of the read
			kind  problem.Kind
			state changes.State
		}{
			"nothing changed":            {maya, func(e *connector.Edit) { e.Wanted = nil }, nil, none, changes.Nothing},
			"already so":                 {maya, func(*connector.Edit) { s.set(hosted, connector.Version, "wanted") }, nil, none, changes.Nothing},
			"changed meanwhile":          {maya, func(*connector.Edit) { s.set(hosted, connector.Version, "theirs") }, nil, none, changes.Conflicted},
			"no reason":                  {maya, func(e *connector.Edit) { e.Reason = " " }, nil, problem.Invalid, 0},
			"a status cleared":           {maya, func(e *connector.Edit) { e.Wanted[connector.Status] = "" }, nil, problem.Invalid, 0},
			"no one-time id":             {maya, func(e *connector.Edit) { e.IdempotencyKey = "" }, nil, problem.BadRequest, 0},
			"no such change to revert":   {maya, func(e *connector.Edit) { e.Reverts = "no such" }, nil, problem.NotFound, 0},
			"helpdesk":                   {tom, nil, nil, problem.Forbidden, 0},
			"Intune does not read":       {omar, nil, faults.Answer(graph.NoIntuneAccess), problem.Forbidden, 0},
			"the read fails":             {maya, nil, faults.Status(500, "text/html", "no"), problem.Unavailable, 0},
			"no such connector":          {maya, func(e *connector.Edit) { e.ID = "no-such" }, nil, problem.NotFound, 0},
			"an id that leads elsewhere": {maya, func(e *connector.Edit) { e.ID = "../users" }, nil, problem.NotFound, 0},
		} {
			s.set(hosted, connector.Version, "base")
			edit := s.edit(hosted, connector.Version, "wanted")
			if test.alter != nil {
				test.alter(&edit)
			}
			if test.fault != nil {
				s.tenant.Faults.Always(getOf(hosted), test.fault)
			}
			result, err := s.Save(context.Background(), test.who, audit.Origin{}, edit)
			s.tenant.Faults.Clear()
			equal(t, name+": the problem", kindOr(err), test.kind)
			equal(t, name+": the state", result.State, test.state)
		}
		equal(t, "PATCH requests", len(s.patches(hosted)), 0)
		equal(t, "intents", len(s.changesOf(hosted)), 0)
	})
}

// TestRoleTakenAwayWhileTheFormWasOpen reads the roles anew before the PATCH.
func TestRoleTakenAwayWhileTheFormWasOpen(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	maya := s.signIn("maya")
	edit := s.edit(hosted, connector.Version, "2")
	check(t, s.tenant.Directory.Change("maya", func(p *simulator.Person) { p.Roles = []string{"Connector.Helpdesk"} }))
	_, err := s.Save(context.Background(), maya, audit.Origin{}, edit)
	equal(t, "the problem", kindOf(err), problem.Forbidden)
	equal(t, "PATCH requests", len(s.patches(hosted)), 0)
	equal(t, "intents", len(s.changesOf(hosted)), 0)
}

// TestIntentHoldsWhoAndWhy: what the audit log keeps beside the line.
func TestIntentHoldsWhoAndWhy(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		maya := s.signIn("maya")
		before := s.holds(hosted, connector.Version)
		result, err := s.Save(context.Background(), maya, audit.Origin{ClientAddress: "192.0.2.7"}, s.edit(hosted, connector.Version, ""))
		check(t, err)
		entries, err := s.record.Of(context.Background(), result.Change.ID)
		check(t, err)
		intent, outcome := entries[0], entries[1]
		equal(t, "seq", intent.Seq, result.Change.Seq)
		equal(t, "actor", intent.Actor.Name, "Maya Lindqvist")
		equal(t, "reason", intent.Reason, "ticket 4711")
		equal(t, "the session", intent.Origin.SessionHash, maya.SessionHash())
		equal(t, "the roles' source", intent.Origin.RoleSource != "", true)
		equal(t, "the address", intent.Origin.ClientAddress, "192.0.2.7")
		equal(t, "before", intent.Fields[0].Before, connector.Of(before))
		equal(t, "requested", intent.Fields[0].Requested, connector.Null())
		equal(t, "stored, at first", intent.Fields[0].Stored == nil, true)
		equal(t, "an answer, at first", intent.Graph == nil, true)
		equal(t, "stored", *outcome.Fields[0].Stored, connector.Null())
		equal(t, "Graph's status", outcome.Graph.Status, 200)
		equal(t, "Graph's request-id", outcome.Graph.RequestID != "", true)
	})
}
