package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// rows are the numbers of the entries that the page shows, as far as that goes newest first.
func (p page) rows() (numbers []string) {
	for _, found := range regexp.MustCompile(`data-seq="(\d+)"`).FindAllStringSubmatch(p.body, -1) {
		numbers = append(numbers, found[1])
	}
	return numbers
}

// link is where the page's link with that id leads; empty where there is none.
func (p page) link(id string) string {
	found := regexp.MustCompile(`id="` + id + `" href="([^"]*)"`).FindStringSubmatch(p.body)
	if found == nil {
		return ""
	}
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

// TestAuditPage: a change is one row, whatever its lines; the filter says which, and a connector may be called by its name.
func TestAuditPage(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, ruth := s.person("maya"), s.person("ruth")
		id := simulator.ID("s2s-na")
		equal(t, "the save", maya.post("/connectors/"+id, maya.edit(id, "version", "<16>")).status, http.StatusSeeOther)
		equal(t, "what Tom may not", s.person("tom").get("/audit").status, http.StatusForbidden)
		ruth.get("/") // reads the names of the connectors

		all := ruth.get("/audit")
		equal(t, "the page", all.status, http.StatusOK)
		contains(t, all, "Chain verified", "6 lines", "&lt;16&gt;", "s2s-na", "ticket 1", "GET /audit")
		if got, want := all.rows(), []string{"6", "5", "3", "2", "1"}; !slices.Equal(got, want) {
			t.Errorf("rows %q, want %q: line 4 is the outcome of 3", got, want)
		}
		oid := s.lines(db, audit.Filter{Person: "maya"})[0].Actor.OID
		for query, want := range map[string]int{
			"connector=" + id: 1, "connector=s2s-na": 1, "person=maya": 2, "person=" + oid: 2, "person=" + strings.ToUpper(oid): 2, "action=denied": 1, "outcome=applied": 1,
			"outcome=pending": 1, "from=2020-01-01": len(all.rows()), "to=2020-01-01": 0, "to=0001-01-01T00:00:00Z": 0, "from=2020-01-01 10:00&to=2020-01-02": 0,
		} {
			got := ruth.get("/audit?" + strings.ReplaceAll(query, " ", "%20"))
			equal(t, "the status of "+query, got.status, http.StatusOK)
			equal(t, "rows of "+query, len(got.rows()), want)
		}
		edited := ruth.get("/audit?action=edit")
		equal(t, "the entry's number with outcomes asked for", fmt.Sprint(ruth.get("/audit?outcome=applied").rows()), fmt.Sprint(edited.rows()))
		fragment := ruth.get("/audit?action=edit", "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#results")
		if strings.Contains(fragment.body, "<h1") || len(fragment.rows()) != 1 {
			t.Errorf("the fragment is %s", fragment.body)
		}
	})
}

func TestAuditPageNamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	ruth := s.person("ruth")
	for query, want := range map[string]string{
		"from=the%20day%20before": `aria-describedby="fault-from"`, "to=1": `aria-describedby="fault-to"`, "action=x": `aria-describedby="fault-action"`,
		"outcome=x": `aria-describedby="fault-outcome"`, "before=x": "Enter a line number, such as 128.", "after=0": "Enter a line number, such as 128.", "persn=x": "The audit log does not have this filter.",
	} {
		got := ruth.get("/audit?" + query)
		equal(t, query, got.status, http.StatusBadRequest)
		contains(t, got, want, "Nothing was searched.", "<h1")
		equal(t, "rows of "+query, len(got.rows()), 0)
	}
}

// TestAuditPagesBothWays goes to the oldest entry and back.
func TestAuditPagesBothWays(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	log := s.record(db)
	for i := range 130 {
		change := audit.Entry{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Action: audit.Edit, Actor: access.Actor{OID: "o", TID: "t", Name: "Ann"}, Connector: "c",
			Fields: []connector.FieldChange{{Name: connector.Version, Requested: connector.Of("2")}}, Outcome: audit.Pending,
		}
		for _, outcome := range []audit.Outcome{audit.Pending, audit.Applied} {
			change.Outcome = outcome
			_, err := log.Note(t.Context(), change)
			check(t, err)
		}
	}
	var down, up []string
	at := ruth.get("/audit?person=Ann")
	for {
		down = append(down, at.rows()...)
		equal(t, "the page", at.status, http.StatusOK)
		if at.link("page-next") == "" {
			break
		}
		at = ruth.get(at.link("page-next"))
	}
	equal(t, "entries", len(down), 130)
	if !slices.Equal(down, slices.Compact(slices.Clone(down))) {
		t.Errorf("an entry is shown twice: %q", down)
	}
	for {
		up = append(slices.Clone(at.rows()), up...)
		if at.link("page-previous") == "" {
			break
		}
		at = ruth.get(at.link("page-previous"))
	}
	for _, number := range down {
		if !slices.Contains(up, number) {
			t.Errorf("entry %s is not on the way up: %q", number, up)
		}
	}
}

func TestAuditLine(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, ruth := s.person("maya"), s.person("ruth")
	id := simulator.ID("s2s-na")
	equal(t, "the save", maya.post("/connectors/"+id, maya.edit(id, "version", "16.1")).status, http.StatusSeeOther)
	export := strings.Split(ruth.get("/audit.ndjson").body, "\n")
	number := ruth.get("/audit?action=edit").rows()[0]
	line := ruth.get("/audit/" + number)
	equal(t, "the page", line.status, http.StatusOK)
	contains(t, line, "In the tree", "Lines of this entry", "Entry "+number+": Edited 1 field", "Saved", `href="/changes/`, "127.0.0.1")
	if strings.Contains(line.body, "Being sent") || strings.Contains(line.body, "now:") {
		t.Error("the entry of a saved change says that it is being sent")
	}
	contains(t, ruth.get("/audit?outcome=pending"), "Intent", "now: saved")
	receipt := regexp.MustCompile(`href="(/changes/[^"]+)"`).FindStringSubmatch(line.body)
	contains(t, ruth.get(receipt[1]), `href="/audit/`+number+`"`)
	if tom := s.person("tom").get(receipt[1]); strings.Contains(tom.body, `href="/audit`) {
		t.Errorf("the receipt leads Tom to where he may not: %s", tom.body)
	}
	for i, exported := range export {
		if strings.HasPrefix(exported, `{"seq":`+number+`,`) {
			contains(t, line, strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;", "&", "&amp;").Replace(exported))
		} else if i == 0 {
			contains(t, ruth.get("/audit/1"), "Signed in", strings.ReplaceAll(exported, `"`, "&#34;"))
		}
	}
	for _, none := range []string{"0", "999", "x", "-1", url.PathEscape("1/2"), "99999999999999999999"} {
		equal(t, "line "+none, ruth.get("/audit/"+none).status, http.StatusNotFound)
	}
}

// TestAuditShowsWhatWasChangedPastIt: a line that somebody rewrote in the database is named, on its own page and in the log.
func TestAuditShowsWhatWasChangedPastIt(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	s.person("maya")
	ruth := s.person("ruth")
	contains(t, ruth.get("/audit"), "Chain verified")
	run(t, db, "DROP TRIGGER audit_entries_no_update", "UPDATE audit_entries SET line = replace(line, 'Maya', 'Tom') WHERE seq = 1")
	contains(t, ruth.get("/audit"), "Chain broken", "audit-altered", `href="/audit/1">line 1<`, "does not match its checkpoint at line 1.", "call your security team")
	contains(t, ruth.get("/audit/1"), "does not match its checkpoint at line 1.")
	contains(t, ruth.get("/audit/2"), "In the tree")
	if !strings.Contains(s.log.String(), "not as it was recorded") {
		t.Error("the log of the program does not say so")
	}
}

// TestAuditWithoutItsTree: lines that cannot be proven are shown, and said to be unproven.
func TestAuditWithoutItsTree(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	ruth := s.person("ruth")
	run(t, db, "ALTER TABLE audit_hashes RENAME TO audit_hashes_gone")
	got := ruth.get("/audit")
	equal(t, "the page", got.status, http.StatusOK)
	contains(t, got, "Chain not checked", "Signed in")
}

func TestAuditIsOfferedToWhoMayReadIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	for person, want := range map[string]bool{"maya": true, "ruth": true, "tom": false} {
		home := s.person(person).get("/")
		equal(t, "links to the audit log for "+person, strings.Contains(home.body, `href="/audit"`), want)
	}
}

// TestAuditFilterOffersWhatIsRecorded: an action that nothing records is no choice, but asked for by its word it is found to
// have no lines.
func TestAuditFilterOffersWhatIsRecorded(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	ruth := s.person("ruth")
	for _, action := range audit.Actions() {
		offered := strings.Contains(ruth.get("/audit").body, `<option value="`+string(action)+`"`)
		equal(t, "whether "+string(action)+" is offered", offered, slices.Contains(audit.Recorded(), action))
		asked := ruth.get("/audit?action=" + string(action))
		equal(t, "the status of "+string(action), asked.status, http.StatusOK)
		contains(t, asked, `<option value="`+string(action)+`" selected`)
	}
}
