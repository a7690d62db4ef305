package auditlog_test

import (
	"slices"
	"strings"
	"testing"

	"switchboard/views/viewstest"
)

func TestAuditSaysWhatItKnows(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"audit": {"Chain verified", "3 lines", "Today, 24 November 2026", "Yesterday, 23 November 2026", "Edited 4 fields", "1 more field", "of entry 1,203",
			"now: saved, seen later", "opened directly, 0012 becomes 12", "Tried what the role does not allow", "GET /audit", "Exported the log as CSV, filtered", "Person: Maya Lindqvist", "From: 2026-11-01"},
		"audit-none":    {"No entry matches these filters", "Clear all filters"},
		"audit-empty":   {"The log is empty"},
		"audit-shared":  {"1,210 connectors with this name, now or formerly:", "na-mail · Contoso North America", "U+202E", "1,208 more", "Connector: na-mail"},
		"audit-former":  {"The connector that had this name is now", "new-mail"},
		"audit-altered": {"Chain broken", "does not match its checkpoint at line 1,203", "Keep your last checkpoint and call your security team."},
		"audit-witnessed": {"Chain verified", "Witness one.example/witnessline 1,289", "line 1,200, 89 lines behind", "two.example/witness has not since", "503 Service Unavailable",
			"no line yet", "under a new origin"},
		"audit-refused":  {"Chain broken", "A witness knows another audit log: lines from 1,290 on", "call your security team"},
		"audit-unproven": {"Chain not checked"},
		"audit-faults":   {"2 errors.", "Nothing was searched.", "persn: The audit log does not have this filter."},
		"line":           {"Entry 1,288: Edited 1 field Saved", "In the tree", "10.20.4.17", "Intent", "Outcome"},
		"line-altered":   {"Altered"},
	} {
		got := viewstest.Words(viewstest.Parsed(t, viewstest.AuditStates()[name]()))
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %q: %s", name, part, got)
			}
		}
	}
}

func TestAuditAddressesKeepTheFilter(t *testing.T) {
	t.Parallel()
	page := viewstest.Parsed(t, viewstest.AuditStates()["audit"]())
	for id, want := range map[string]string{
		"page-newest": "/audit?from=2026-11-01&person=o1", "page-previous": "/audit?after=1288&from=2026-11-01&person=o1",
		"page-next": "/audit?before=1199&from=2026-11-01&person=o1",
	} {
		if got := viewstest.Value(viewstest.One(t, page, "a", "id="+id), "href"); got != want {
			t.Errorf("%s leads to %s, want %s", id, got, want)
		}
	}
	var without []string
	for _, chip := range viewstest.Find(page, "a", "class=chip") {
		without = append(without, viewstest.Value(chip, "href"))
	}
	if want := []string{"/audit?from=2026-11-01", "/audit?person=o1"}; !slices.Equal(without, want) {
		t.Errorf("the chips lead to %q, want %q", without, want)
	}
	for _, export := range []string{"/audit.csv", "/audit.ndjson", "/audit/evidence.zip"} {
		viewstest.One(t, page, "button", "form=audit-filters", "formaction="+export)
	}
}
