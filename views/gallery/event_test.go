package gallery

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/auditlog"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// everywhere is the event in each place that tells of one.
func everywhere(event changes.Event) map[string]templ.Component {
	told := viewstest.Receipt(event.Outcome, event.Fields...)
	told.Who, told.Action, told.SyncType, told.End, told.You, told.Reason, told.Standalone = event.Who, event.Action, event.SyncType, event.End, false, event.Reason, true
	row := auditlog.Row{Event: event, Line: event.Seq}
	entry := viewstest.AuditLine()
	entry.Row, entry.Actor.Name, entry.Related, entry.Text = row, event.Who, nil, ""
	return map[string]templ.Component{
		"history":  changes.History(event.Connector, []changes.Event{event}, false, viewstest.Now),
		"changes":  changes.ListContent(changes.List{Recent: []changes.Event{event}, Now: viewstest.Now}),
		"overview": connectors.OverviewContent(connectors.Overview{Recent: []changes.Event{event}, Now: viewstest.Now}),
		"rows":     auditlog.Results(auditlog.Log{Rows: []auditlog.Row{row}, Now: viewstest.Now, Chain: viewstest.Chain}),
		"entry":    auditlog.LineContent(entry),
		"receipt":  changes.ReceiptDetail(told),
	}
}

// TestAnEventReadsTheSameEverywhere: an edit that is not known to be stored was tried, what was asked for and what Graph
// holds are both there, and green is only what was stored as asked.
func TestAnEventReadsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	edit := func(outcome string, stored *connector.Value) changes.Event {
		return changes.Event{Who: "Priya Raman", Action: "edit", Outcome: outcome, Reason: "CHG-1", At: viewstest.Now, Change: "c1", Seq: 12, About: changes.About{Connector: viewstest.ConnectorID, Name: viewstest.NaMail().Name()},
			Fields: []connector.FieldChange{{Name: connector.PrimarySMTPAddress, Before: connector.Of("journal@a"), Requested: connector.Of("journal-01@a"), Stored: stored}}}
	}
	sync := func(outcome string, end changes.SyncEnd) changes.Event {
		return changes.Event{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", End: end, Outcome: outcome, Reason: "CHG-1", At: viewstest.Now, Change: "c1", Seq: 12, About: changes.About{Connector: viewstest.ConnectorID, Name: viewstest.NaMail().Name()}}
	}
	for name, test := range map[string]struct {
		event        changes.Event
		says, misses []string
		green        bool
	}{
		"saved":             {edit("applied", viewstest.Stored("journal-01@a")), []string{"edited 1 field", "journal-01@a", "Saved"}, []string{"tried"}, true},
		"saved differently": {edit("applied", viewstest.Stored("journal@a")), []string{"edited 1 field", "journal-01@a", "Saved differently"}, []string{"tried"}, false},
		"refused":           {edit("rejected", nil), []string{"tried to edit 1 field", "journal-01@a", "Refused"}, []string{"edited", "Saved"}, false},
		"in doubt":          {edit("in_doubt", nil), []string{"tried to edit 1 field", "journal-01@a", "In doubt"}, []string{"edited", "Saved"}, false},
		"being sent":        {edit("pending", nil), []string{"tried to edit 1 field", "journal-01@a", "Being sent"}, []string{"edited", "Saved"}, false},
		"not applied":       {edit("not_applied", viewstest.Stored("journal@a")), []string{"tried to edit 1 field", "journal-01@a", "Not stored"}, []string{"edited", "Saved"}, false},
		"overtaken":         {edit("superseded", viewstest.Stored("other@a")), []string{"tried to edit 1 field", "journal-01@a", "other@a", "Another value"}, []string{"edited", "Saved"}, false},
		"accepted":          {sync("applied", changes.SyncEnd{}), []string{"asked for a full sync", "Accepted"}, []string{"delta", "Synced"}, false},
		"synced":            {sync("applied", changes.SyncEnd{Known: true, Seen: true, Took: 5e9}), []string{"asked for a full sync", "Synced in 5 s"}, []string{"delta", "at most"}, true},
		"seen at last":      {sync("applied", changes.SyncEnd{Known: true, Seen: true, Took: 8e9, AtMost: true}), []string{"asked for a full sync", "Synced in 8 s at most"}, []string{"delta"}, true},
		"seen long after":   {sync("applied_observed", changes.SyncEnd{Known: true, Seen: true}), []string{"asked for a full sync", "Synced"}, []string{"delta", "Synced in"}, true},
		"not seen":          {sync("applied", changes.SyncEnd{Known: true}), []string{"asked for a full sync", "No sync seen"}, []string{"delta", "Synced"}, false},
		"sync refused":      {sync("rejected", changes.SyncEnd{}), []string{"tried to ask for a full sync", "Refused"}, []string{"delta", "Synced"}, false},
		"sync in doubt":     {sync("in_doubt", changes.SyncEnd{}), []string{"tried to ask for a full sync", "In doubt"}, []string{"delta", "Synced"}, false},
	} {
		for place, component := range everywhere(test.event) {
			page := viewstest.Parsed(t, component)
			text := viewstest.Words(page)
			for _, want := range append(test.says, "Priya Raman", "CHG-1") {
				if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
					t.Errorf("%s, %s: %q is missing in %q", name, place, want, text)
				}
			}
			for _, wrong := range test.misses {
				if strings.Contains(text, wrong) {
					t.Errorf("%s, %s: it says %q: %q", name, place, wrong, text)
				}
			}
			if place == "receipt" || place == "entry" { // a table of before, asked for and stored
				continue
			}
			for _, part := range viewstest.Find(page, "") {
				if green := part.Data == "ins" || part.Data == "span" && viewstest.Value(part, "class") == "badge tone-ok"; green && !test.green {
					t.Errorf("%s, %s: green: %q", name, place, viewstest.Words(part))
				}
			}
			if place != "history" {
				viewstest.One(t, page, "a", "href=/connectors/"+viewstest.ConnectorID)
			}
		}
	}
}

// TestOutsideChangesWearNobodysInitials: who noticed one did not make it.
func TestOutsideChangesWearNobodysInitials(t *testing.T) {
	t.Parallel()
	event := viewstest.Recent()[8]
	for place, component := range everywhere(event) {
		if place == "receipt" { // there is none
			continue
		}
		page := viewstest.Parsed(t, component)
		if text := viewstest.Words(page); !strings.Contains(text, "ex04") || !strings.Contains(text, "Noticed by") && !strings.Contains(text, "oticed by Tom") {
			t.Errorf("%s: %q", place, text)
		}
		for _, part := range viewstest.Find(page, "span") {
			if strings.Contains(viewstest.Value(part, "class"), "avatar") && viewstest.Words(part) != "" {
				t.Errorf("%s: the initials %q", place, viewstest.Words(part))
			}
		}
	}
}
