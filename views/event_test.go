package views_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views"
)

// everywhere is the event in each place that tells of one.
func everywhere(event views.Event) map[string]templ.Component {
	told := receipt(event.Outcome, event.Fields...)
	told.Who, told.Action, told.SyncType, told.End, told.You, told.Reason, told.Standalone = event.Who, event.Action, event.SyncType, event.End, false, event.Reason, true
	row := views.AuditRow{Event: event, Line: event.Seq}
	entry := auditLine()
	entry.Row, entry.Actor.Name, entry.Related, entry.Text = row, event.Who, nil, ""
	return map[string]templ.Component{
		"history":  views.History(event.Connector, []views.Event{event}, false, now),
		"changes":  views.ChangesList(views.Changes{Recent: []views.Event{event}, Now: now}),
		"overview": views.OverviewContent(views.Overview{Recent: []views.Event{event}, Now: now}),
		"rows":     views.AuditResults(views.Audit{Rows: []views.AuditRow{row}, Now: now, Chain: chain}),
		"entry":    views.AuditLineContent(entry),
		"receipt":  views.ReceiptDetail(told),
	}
}

// TestAnEventReadsTheSameEverywhere: an edit that is not known to be stored was tried, what was asked for and what Graph
// holds are both there, and green is only what was stored as asked.
func TestAnEventReadsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	edit := func(outcome string, stored *connector.Value) views.Event {
		return views.Event{Who: "Priya Raman", Action: "edit", Outcome: outcome, Reason: "CHG-1", At: now, Change: "c1", Seq: 12, Connector: connectorID, Name: naMail().Name(),
			Fields: []connector.FieldChange{{Name: connector.PrimarySMTPAddress, Before: connector.Of("journal@a"), Requested: connector.Of("journal-01@a"), Stored: stored}}}
	}
	sync := func(outcome string, end views.SyncEnd) views.Event {
		return views.Event{Who: "Priya Raman", Action: "sync", SyncType: "fullSync", End: end, Outcome: outcome, Reason: "CHG-1", At: now, Change: "c1", Seq: 12, Connector: connectorID, Name: naMail().Name()}
	}
	for name, test := range map[string]struct {
		event        views.Event
		says, misses []string
		green        bool
	}{
		"saved":             {edit("applied", stored("journal-01@a")), []string{"edited 1 field", "journal-01@a", "Saved"}, []string{"tried"}, true},
		"saved differently": {edit("applied", stored("journal@a")), []string{"edited 1 field", "journal-01@a", "Saved differently"}, []string{"tried"}, false},
		"refused":           {edit("rejected", nil), []string{"tried to edit 1 field", "journal-01@a", "Refused"}, []string{"edited", "Saved"}, false},
		"in doubt":          {edit("in_doubt", nil), []string{"tried to edit 1 field", "journal-01@a", "In doubt"}, []string{"edited", "Saved"}, false},
		"being sent":        {edit("pending", nil), []string{"tried to edit 1 field", "journal-01@a", "Being sent"}, []string{"edited", "Saved"}, false},
		"not applied":       {edit("not_applied", stored("journal@a")), []string{"tried to edit 1 field", "journal-01@a", "Not stored"}, []string{"edited", "Saved"}, false},
		"overtaken":         {edit("superseded", stored("other@a")), []string{"tried to edit 1 field", "journal-01@a", "other@a", "Another value"}, []string{"edited", "Saved"}, false},
		"accepted":          {sync("applied", views.SyncEnd{}), []string{"asked for a full sync", "Accepted"}, []string{"delta", "Synced"}, false},
		"synced":            {sync("applied", views.SyncEnd{Known: true, Seen: true, Took: 5e9}), []string{"asked for a full sync", "Synced in 5 s"}, []string{"delta", "at most"}, true},
		"seen at last":      {sync("applied", views.SyncEnd{Known: true, Seen: true, Took: 8e9, AtMost: true}), []string{"asked for a full sync", "Synced in 8 s at most"}, []string{"delta"}, true},
		"seen long after":   {sync("applied_observed", views.SyncEnd{Known: true, Seen: true}), []string{"asked for a full sync", "Synced"}, []string{"delta", "Synced in"}, true},
		"not seen":          {sync("applied", views.SyncEnd{Known: true}), []string{"asked for a full sync", "No sync seen"}, []string{"delta", "Synced"}, false},
		"sync refused":      {sync("rejected", views.SyncEnd{}), []string{"tried to ask for a full sync", "Refused"}, []string{"delta", "Synced"}, false},
		"sync in doubt":     {sync("in_doubt", views.SyncEnd{}), []string{"tried to ask for a full sync", "In doubt"}, []string{"delta", "Synced"}, false},
	} {
		for place, component := range everywhere(test.event) {
			page := parsed(t, component)
			text := words(page)
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
			for _, part := range find(page, "") {
				if green := part.Data == "ins" || part.Data == "span" && value(part, "class") == "badge tone-ok"; green && !test.green {
					t.Errorf("%s, %s: green: %q", name, place, words(part))
				}
			}
			if place != "history" {
				one(t, page, "a", "href=/connectors/"+connectorID)
			}
		}
	}
}

// TestOutsideChangesWearNobodysInitials: who noticed one did not make it.
func TestOutsideChangesWearNobodysInitials(t *testing.T) {
	t.Parallel()
	event := recent()[8]
	for place, component := range everywhere(event) {
		if place == "receipt" { // there is none
			continue
		}
		page := parsed(t, component)
		if text := words(page); !strings.Contains(text, "ex04") || !strings.Contains(text, "Noticed by") && !strings.Contains(text, "oticed by Tom") {
			t.Errorf("%s: %q", place, text)
		}
		for _, part := range find(page, "span") {
			if strings.Contains(value(part, "class"), "avatar") && words(part) != "" {
				t.Errorf("%s: the initials %q", place, words(part))
			}
		}
	}
}
