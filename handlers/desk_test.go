package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/net/html"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// leaving is the form of a connector's page that posts to the path, with some values typed into it.
func (v *visitor) leaving(id, path string, typed ...string) url.Values {
	v.site.t.Helper()
	form := v.get("/connectors/" + id).form(path)
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	return form
}

// actions are those of the lines about a connector, the oldest first.
func (s *site) actions(db *database.DB, id string) string {
	s.t.Helper()
	var all []string
	for _, line := range s.lines(db, audit.Filter{Connector: id}) {
		all = append(all, string(line.Action))
	}
	return strings.Join(all, " ")
}

// TestSomebodyIsOnIt: a claim is seen by everybody, on every page, is taken over, ended, and recorded with its ticket.
func TestSomebodyIsOnIt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom, ruth := s.person("maya"), s.person("tom"), s.person("ruth")
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		lacks(t, tom.get(path), "data-claim=")
		form := tom.leaving(id, path+"/claim", "reason", "Asking the carrier", "ticket", "https://tickets.example.com/INC-48213")
		claimed := tom.post(path+"/claim", form)
		equal(t, "the status", claimed.status, http.StatusSeeOther)
		equal(t, "where it leads", claimed.header.Get("Location"), path)
		contains(t, tom.get(path), "You are on it, and everybody sees it.", "Entry ")
		lacks(t, tom.get(path), "and everybody sees it.")

		oid := s.lines(db, audit.Filter{Action: audit.Claim})[0].Actor.OID
		mark := `data-claim="` + oid + `"`
		contains(t, ruth.get(path), mark, "Tom Okafor", "Asking the carrier", `href="https://tickets.example.com/INC-48213" rel="noreferrer"`, ">tickets.example.com<")
		lacks(t, ruth.get(path), path+"/claim", path+"/notes")
		contains(t, maya.get("/connectors"), mark, "On it: Tom Okafor")
		contains(t, maya.get("/"), "Somebody is on it", "Asking the carrier")

		over := maya.post(path+"/claim", maya.leaving(id, path+"/claim"), "HX-Request", "true")
		equal(t, "the status with htmx", over.status, http.StatusOK)
		contains(t, over, "You took it over from Tom Okafor.", `<section id="connector"`)
		lacks(t, tom.get(path), mark)
		contains(t, tom.get(path), "Maya Lindqvist")

		stale := maya.leaving(id, path+"/claim/end")
		again := tom.post(path+"/claim", tom.leaving(id, path+"/claim"))
		equal(t, "taken back", again.status, http.StatusSeeOther)
		equal(t, "the end of a claim that was taken over", maya.post(path+"/claim/end", stale).status, http.StatusSeeOther)
		contains(t, maya.get(path), "so nothing was recorded", mark)
		equal(t, "the end", maya.post(path+"/claim/end", maya.leaving(id, path+"/claim/end")).status, http.StatusSeeOther)
		contains(t, maya.get(path), "The claim has ended.", "Nobody has said so.")
		equal(t, "the lines", s.actions(db, id), "claim claim claim claim_end")
		contains(t, ruth.get("/audit.ndjson"), `"graph":null,"ticket":"https://tickets.example.com/INC-48213","hash":`)
		equal(t, "what Graph was asked for", s.patches(), 0)
	})
}

// TestAClaimRunsOut by itself, without a line.
func TestAClaimRunsOut(t *testing.T) {
	t.Parallel()
	db, clock := databasetest.SQLite(t), newClock()
	s := newSite(t, db, clock.with)
	tom, id := s.person("tom"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	equal(t, "the claim", tom.post(path+"/claim", tom.leaving(id, path+"/claim")).status, http.StatusSeeOther)
	clock.Add(72*time.Hour - time.Minute)
	tom = s.person("tom")
	contains(t, tom.get(path), "data-claim=")
	told := asksFor(strconv.FormatInt(s.lines(db, audit.Filter{Action: audit.Claim})[0].Seq, 10))
	contains(t, tom.get(path, told...), `<div id="told">`)
	end := tom.leaving(id, path+"/claim/end")
	clock.Add(time.Minute)
	lacks(t, tom.get(path), "data-claim=")
	lacks(t, tom.get(path, told...), `id="told"`)
	equal(t, "its end by hand", tom.post(path+"/claim/end", end).status, http.StatusSeeOther)
	contains(t, tom.get(path), "so nothing was recorded")
}

// TestTickets: what is no https address, or would show another host than it leads to, is refused and nothing is recorded.
func TestTickets(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := newSite(t, db)
	tom, id := s.person("tom"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	for _, ticket := range []string{
		"http://tickets.example.com/1", "javascript:alert(1)", "tickets.example.com/1", "https:///1", "https://a b.example/", "https://good.example@evil.example/",
		"https://tick\u200bets.example/", "https://\u0430pple.example/", `https://a.example\@evil.example/`, "https://a.example:99999999/", "https://a.example:0/", "https://./", "https://a..example/", "https://a<b.example/", "https://a>b.example/", "https://256.1.1.1/", "https://1.2.3/", "https://1.2.3.4.5/", "https://0x7f.1/", "https://tickets.0x7F/", "https://a.example/" + strings.Repeat("x", 2000),
	} {
		refused := tom.post(path+"/claim", tom.leaving(id, path+"/claim", "reason", "what I do", "ticket", ticket))
		equal(t, ticket, refused.status, http.StatusUnprocessableEntity)
		contains(t, refused, `aria-invalid="true"`, `aria-describedby="claim-ticket-fault"`, "what I do", `<details class="disclosed" open`)
	}
	equal(t, "the lines", s.actions(db, id), "")
	longest := "https://a.example/" + strings.Repeat("x", 2000-len("https://a.example/"))
	equal(t, "the longest", tom.post(path+"/claim", tom.leaving(id, path+"/claim", "ticket", longest)).status, http.StatusSeeOther)
}

// TestNotes are left for everybody, one a form, never empty.
func TestNotes(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		maya, tom, ruth := s.person("maya"), s.person("tom"), s.person("ruth")
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		form := tom.leaving(id, path+"/notes", "reason", "The mailbox moves on Friday <b>at 9</b>.\r\nAsk Priya.")
		for range 2 {
			equal(t, "the note", tom.post(path+"/notes", form).status, http.StatusSeeOther)
		}
		equal(t, "the lines of a form that is sent twice", s.actions(db, id), "note")
		contains(t, tom.get(path), "Your note is left.")
		contains(t, ruth.get(path), "Friday &lt;b&gt;at 9&lt;/b&gt;.", "Ask Priya.", "Tom Okafor")
		equal(t, "the text", s.lines(db, audit.Filter{Action: audit.Note})[0].Reason, "The mailbox moves on Friday <b>at 9</b>.\nAsk Priya.")
		equal(t, "the form of somebody else", maya.post(path+"/notes", url.Values{"token": {maya.token()}, "state": form["state"], "reason": {"x"}}).status, http.StatusBadRequest)
		odd := maya.leaving(id, path+"/notes", "reason", "x", "serverName", "ex04")
		equal(t, "with a field of another form", maya.post(path+"/notes", odd).status, http.StatusBadRequest)
		equal(t, "without its one-time id", maya.post(path+"/notes", url.Values{"token": {maya.token()}, "reason": {"x"}}).status, http.StatusBadRequest)
		for _, empty := range []string{"", " \r\n\t", "\u200b"} {
			refused := maya.post(path+"/notes", maya.leaving(id, path+"/notes", "reason", empty), "HX-Request", "true")
			equal(t, "an empty one", refused.status, http.StatusUnprocessableEntity)
			contains(t, refused, `aria-describedby="note-text-fault"`)
		}
		long := maya.post(path+"/notes", maya.leaving(id, path+"/notes", "reason", strings.Repeat("é", 4001)))
		equal(t, "a long one", long.status, http.StatusUnprocessableEntity)
		equal(t, "as long as may be", maya.post(path+"/notes", maya.leaving(id, path+"/notes", "reason", strings.Repeat("é", 3999)+"\r\n")).status, http.StatusSeeOther)
		equal(t, "the auditor's", ruth.post(path+"/notes", url.Values{"token": {ruth.token()}, "state": {uuid.NewString()}, "reason": {"x"}}).status, http.StatusForbidden)
		gone := "/connectors/" + uuid.NewString()
		equal(t, "at a connector that is not there", tom.post(gone+"/notes", url.Values{"token": {tom.token()}, "state": {uuid.NewString()}, "reason": {"x"}}).status, http.StatusNotFound)
		equal(t, "the lines", s.actions(db, id), "note note denied")

		for i := range 25 {
			equal(t, "one of many", tom.post(path+"/notes", tom.leaving(id, path+"/notes", "reason", "number "+strconv.Itoa(i))).status, http.StatusSeeOther)
		}
		equal(t, "notes at first", strings.Count(tom.get(path).body, "data-note="), 10)
		equal(t, "notes by the link to all", strings.Count(tom.get(tom.get(path).way("All notes")).body, "data-note="), 27)
	})
}

// TestWhatWasToldStays while the page asks by itself, until somebody leaves something newer, or something newer waits.
func TestWhatWasToldStays(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, tom, id := s.person("maya"), s.person("tom"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		stays := func() bool {
			claims := s.lines(db, audit.Filter{Action: audit.Claim})
			last := strconv.FormatInt(claims[len(claims)-1].Seq, 10)
			asked := tom.get(path, asksFor(last)...)
			return strings.Contains(asked.body, `<div id="told"></div>`)
		}
		told := tom.post(path+"/claim", tom.leaving(id, path+"/claim"), "HX-Request", "true")
		contains(t, told, "You are on it, and everybody sees it.", `id="told"`, "data-entry=", "hx-morph-skip")
		equal(t, "stays", stays(), true)
		equal(t, "a note", maya.post(path+"/notes", maya.leaving(id, path+"/notes", "reason", "x")).status, http.StatusSeeOther)
		equal(t, "stays beside something newer", stays(), false)
		equal(t, "the claim again", tom.post(path+"/claim", tom.leaving(id, path+"/claim")).status, http.StatusSeeOther)
		equal(t, "stays again", stays(), true)
		s.changedElsewhere(tom, clock, db, id, "serverName", "ex99")
		equal(t, "stays beside a change made elsewhere", stays(), false)
	})
}

// asksFor are the headers of a page that asks for itself and has told of that line.
func asksFor(seq string) []string {
	return []string{"HX-Request", "true", "HX-Request-Type", "partial", "Switchboard-Passive", "true", "Switchboard-Told", seq}
}

// changedElsewhere has somebody change a value past Switchboard, which two reads then show, and returns the line's number.
func (s *site) changedElsewhere(v *visitor, clock *clock, db *database.DB, id string, values ...string) string {
	s.t.Helper()
	path := "/connectors/" + id
	v.get(path)
	set := map[string]*string{}
	for i := 0; i+1 < len(values); i += 2 {
		set[values[i]] = &values[i+1]
	}
	check(s.t, s.tenant.Graph.Set(id, set))
	before := len(s.lines(db, audit.Filter{Action: audit.Observed}))
	for range 2 {
		clock.Add(2 * time.Second)
		v.get(path)
	}
	lines := s.lines(db, audit.Filter{Action: audit.Observed})
	if len(lines) != before+1 {
		s.t.Fatalf("%d lines of changes made elsewhere, not %d", len(lines), before+1)
	}
	return strconv.FormatInt(lines[before].Seq, 10)
}

// TestChangesElsewhereAreSettled by a person's word, once, and counted until then.
func TestChangesElsewhereAreSettled(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, tom, ruth := s.person("maya"), s.person("tom"), s.person("ruth")
		id := simulator.ID("s2s-na")
		seq := s.changedElsewhere(maya, clock, db, id, "serverName", "ex04")
		waits, settled := `data-outside="`+seq+`" data-settled="no"`, `data-outside="`+seq+`" data-settled="yes"`
		for _, page := range []string{"/", "/changes?show=elsewhere", "/connectors/" + id} {
			contains(t, maya.get(page), waits, "This is expected…", "Put back…", `<span class="side-count">1</span>`)
			contains(t, tom.get(page), waits, "This is expected…")
			lacks(t, tom.get(page), "Put back…")
			contains(t, ruth.get(page), waits)
			lacks(t, ruth.get(page), "This is expected…")
		}
		path := "/audit/" + seq + "/acknowledge"
		refused := tom.post(path, tom.leaving(id, path))
		equal(t, "without a reason", refused.status, http.StatusUnprocessableEntity)
		contains(t, refused, `aria-describedby="settle-`+seq+`-fault"`)
		form := tom.leaving(id, path, "reason", "The move of INC-7")
		other := maya.leaving(id, path, "reason", "mine")
		for range 2 {
			done := tom.post(path, form)
			equal(t, "the status", done.status, http.StatusSeeOther)
			equal(t, "where it leads", done.header.Get("Location"), "/connectors/"+id)
		}
		contains(t, tom.get("/connectors/"+id), "The change made elsewhere is settled.", settled, "Expected, says", "The move of INC-7")
		equal(t, "somebody else's word", maya.post(path, other).status, http.StatusConflict)
		for _, nothing := range []string{"1", "0", "99999", "x", "-1"} {
			form := url.Values{"token": {tom.token()}, "state": {uuid.NewString()}, "reason": {"x"}}
			equal(t, "line "+nothing, tom.post("/audit/"+nothing+"/acknowledge", form).status, http.StatusNotFound)
		}
		lacks(t, maya.get("/"), "data-outside")
		contains(t, maya.get("/changes?show=elsewhere"), "Nothing waits.", "Settled lately", "The move of INC-7")
		equal(t, "the lines", s.actions(db, id), "observed acknowledged")
		contains(t, ruth.get("/audit.ndjson"), `"graph":null,"observed":`+seq+`,"hash":`)
		contains(t, ruth.get("/audit?action=acknowledged"), "Called a change made elsewhere expected")
	})
}

// TestPuttingBackSettles what was changed elsewhere, where it puts everything back.
func TestPuttingBackSettles(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		seq := s.changedElsewhere(maya, clock, db, id, "serverName", "ex04", "version", "99")
		way := maya.get(path).way("Put back…")
		opened := maya.get(way)
		contains(t, opened, "That change was made outside Switchboard", "Graph does not say who")
		part := opened.form(path)
		part.Set("reason", "only one of two")
		part.Set("version", "99")
		equal(t, "a part of it", maya.post(path, part).status, http.StatusSeeOther)
		contains(t, maya.get(path), `data-outside="`+seq+`" data-settled="no"`)
		rest := maya.get(way).form(path)
		rest.Set("reason", "the rest")
		equal(t, "the rest of it", maya.post(path, rest).status, http.StatusSeeOther)
		contains(t, maya.get(path), `data-outside="`+seq+`" data-settled="yes"`, "Put back by")
		equal(t, "the lines", s.actions(db, id), "observed revert revert revert revert")
		record := maya.get("/audit.ndjson").body
		equal(t, "lines that name it", strings.Count(record, `,"observed":`+seq+`,"hash":`), 2)
		equal(t, "who may not put it back", s.person("tom").get(way).status, http.StatusForbidden)
		equal(t, "the chain", s.record(db).Standing().Broken, false)
	})
}

// TestNothingIsLeftInABrokenLog: 503, and what was typed is still there.
func TestNothingIsLeftInABrokenLog(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, ruth, id := s.person("maya"), s.person("ruth"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		seq := s.changedElsewhere(maya, clock, db, id, "serverName", "ex04")
		equal(t, "a claim before", maya.post(path+"/claim", maya.leaving(id, path+"/claim")).status, http.StatusSeeOther)
		forms := map[string]url.Values{}
		for _, to := range []string{path + "/notes", path + "/claim", path + "/claim/end", "/audit/" + seq + "/acknowledge"} {
			forms[to] = maya.leaving(id, to)
			if forms[to].Has("reason") {
				forms[to].Set("reason", "typed in vain")
			}
		}
		lines := len(s.lines(db, audit.Filter{}))
		dropped := "DROP TRIGGER audit_entries_no_delete"
		if !db.Local() {
			dropped = "DROP TRIGGER audit_entries_no_change ON audit_entries"
		}
		run(t, db, dropped, "DELETE FROM audit_entries WHERE seq = 2")
		contains(t, ruth.get("/audit"), `data-chain="broken"`)
		for to, form := range forms {
			answer := maya.post(to, form)
			equal(t, to, answer.status, http.StatusServiceUnavailable)
			if form.Has("reason") {
				contains(t, answer, "typed in vain")
			}
			equal(t, "that it says when to try again", answer.header.Get("Retry-After") != "", true)
		}
		equal(t, "the lines", len(s.lines(db, audit.Filter{})), lines-1)
	})
}

// TestTypedTextsAreKept over a sign-in: of a note, a claim, and a word about a change made elsewhere.
func TestTypedTextsAreKept(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		tom, id := s.person("tom"), simulator.ID("s2s-na")
		path := "/connectors/" + id
		seq := s.changedElsewhere(tom, clock, db, id, "serverName", "ex04")
		settle := "/audit/" + seq + "/acknowledge"
		forms := map[string]url.Values{
			path + "/notes": tom.leaving(id, path+"/notes", "reason", "a note typed late"),
			path + "/claim": tom.leaving(id, path+"/claim", "reason", "a claim typed late", "ticket", "https://tickets.example.com/9"),
			settle:          tom.leaving(id, settle, "reason", "a reason typed late"),
		}
		clock.Add(31 * time.Minute)
		var late page
		for to, form := range forms {
			late = tom.post(to, form)
			equal(t, to, late.leads(), "/signed-out?form=kept")
		}
		equal(t, "the lines", s.actions(db, id), "observed")
		lacks(t, s.person("maya").get(path), "typed late")
		back := tom.through(tom.get(tom.follow("GET", late.location(), nil).way("Sign in")), "tom")
		equal(t, "where the sign-in leads", back.from.Path, path)
		contains(t, back, "This is what you typed at")
		for to, form := range forms {
			shown := back.form(to)
			equal(t, to, shown.Get("reason"), form.Get("reason"))
			equal(t, to+" ticket", shown.Get("ticket"), form.Get("ticket"))
		}
		equal(t, "the note", tom.post(path+"/notes", back.form(path+"/notes")).status, http.StatusSeeOther)
		equal(t, "what is left in its form", tom.get(path).form(path+"/notes").Get("reason"), "")
		dropped := back.form(path + "/claim")
		dropped.Set("discard", "yes")
		equal(t, "dropping the claim", tom.post(path+"/claim", dropped).header.Get("Location"), path)
		equal(t, "what is left in its form", tom.get(path).form(path+"/claim").Get("reason"), "")
		equal(t, "the lines in the end", s.actions(db, id), "observed note")
	})
}

// TestWhatWasLeftIsEvidence: lines of every new kind verify as the record of both databases, are found by their words and tickets, and
// the report tells them.
func TestWhatWasLeftIsEvidence(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := newClock()
		s := newSite(t, db, clock.with)
		maya, tom, ruth := s.person("maya"), s.person("tom"), s.person("ruth")
		id := simulator.ID("s2s-na")
		path := "/connectors/" + id
		seq := s.changedElsewhere(maya, clock, db, id, "serverName", "ex04")
		for _, one := range [][]string{
			{path + "/claim", "reason", "Asking the carrier", "ticket", "https://tickets.example.com/INC-48213"},
			{path + "/notes", "reason", "The carrier calls back"},
			{path + "/claim/end"},
			{"/audit/" + seq + "/acknowledge", "reason", "Planned move"},
		} {
			equal(t, one[0], tom.post(one[0], tom.leaving(id, one[0], one[1:]...)).status, http.StatusSeeOther)
		}
		_, err := audit.Verify(strings.NewReader(ruth.get("/audit.ndjson").body), audit.VerifyOptions{})
		check(t, err)
		for words, found := range map[string]int{"inc-48213": 1, "carrier": 2, "planned": 1} {
			equal(t, "lines with "+words, len(ruth.get("/audit?kind=changes&q="+words).rows()), found)
		}
		pack := ruth.get("/audit/evidence.zip")
		_, err = audit.Verify(strings.NewReader(pack.packed("record.ndjson")), audit.VerifyOptions{})
		check(t, err)
		contains(t, page{t: t, body: pack.packed("report.html")}, "said ‘I am on it’ about", "Ticket: https://tickets.example.com/INC-48213", "left a note at",
			"ended the claim on", "called a change made elsewhere expected, of", "The change made elsewhere is line "+seq+".", "<b>1</b> note", "Planned move")
	})
}

// TestTicketsByAddress: an IPv4 or IPv6 address in full is a host like another.
func TestTicketsByAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	tom, id := s.person("tom"), simulator.ID("s2s-na")
	path := "/connectors/" + id
	for _, ticket := range []string{"https://10.1.2.3/INC-1", "https://[2001:db8::1]:8443/INC-1", "https://tickets.example.com./INC-1", "https://4tickets.example/1"} {
		equal(t, ticket, tom.post(path+"/claim", tom.leaving(id, path+"/claim", "ticket", ticket)).status, http.StatusSeeOther)
	}
}

// TestALongClaimLeavesRoom: a colleague's long sentence, of many lines, takes neither what to tell nor whom to ask from the summary,
// adds no line of its own to it, and stands whole where the claim does.
func TestALongClaimLeavesRoom(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, tom, id := s.person("maya"), s.person("tom"), simulator.ID("hosted-eu")
	path, last := "/connectors/"+id, "and that was the end of it"
	check(t, s.tenant.Graph.Set(id, map[string]*string{"exchangeAlias": ptr(strings.Repeat("hosted-", 40))}))
	sentence := "Asking\r\nAsk: nobody at all\r\n" + strings.Repeat("the carrier ", 300) + last
	equal(t, "the claim", tom.post(path+"/claim", tom.leaving(id, path+"/claim", "reason", sentence)).status, http.StatusSeeOther)
	shown := maya.get(path)
	summary := summaryOf(t, shown)
	equal(t, "no more than 600 characters", utf8.RuneCountInString(summary) <= 600, true)
	lines := strings.Split(summary, "\n")
	equal(t, "lines", len(lines), 7)
	for i, want := range map[int]string{3: "Under way: Tom Okafor is on it since", 4: "Devices that have access to mail keep it.", 5: "Ask: Tom Okafor, who is on it."} {
		equal(t, lines[i], strings.HasPrefix(lines[i], want), true)
	}
	contains(t, shown, last)
	lacks(t, maya.get("/"), last)
}

func summaryOf(t *testing.T, shown page) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(shown.body))
	check(t, err)
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && has(node, "data-summary") {
			return text(node)
		}
	}
	t.Fatal("the page has no summary")
	return ""
}
