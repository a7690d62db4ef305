package handlers_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator/faults"
)

// dated is a connector of a living type whose last sync is that text.
func dated(alias, status, text string) string {
	return fmt.Sprintf(`{"id":%q,"exchangeAlias":%q,"status":%q,"exchangeConnectorType":"serviceToService","lastSyncDateTime":%q,`+
		`"serverName":null,"connectorServerName":null,"primarySmtpAddress":null,"version":null,"exchangeOrganization":null}`, alias, alias, status, text)
}

// TestDatesThatAreNone: a list, an overview and a card say the same of them. Health stays the contract's word.
func TestDatesThatAreNone(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	for _, test := range []struct{ text, status, health, cell, sentence, never string }{
		{"1601-01-01T00:00:00Z", "connected", "broken", "Never synced", "It has never synced.", "days ago"},
		{"1601-01-01T00:00:00-08:00", "connected", "broken", "Never synced", "It has never synced.", "days ago"},
		{"0001-01-01T00:00:00Z", "connected", "pending", "Never synced", "It has never synced.", "days ago"},
		{"9999-12-31T23:59:59.9999999Z", "connected", "healthy", "A date in the future", "Its last sync is a date in the future: 9999-12-31T23:59:59.9999999Z.", "as it should be"},
		{"yesterday", "connected", "pending", "Not a date", "Its last sync cannot be read: Graph sends &#34;yesterday&#34;.", "ever synced."},
		{"24.11.2026 10:12", "disconnected", "broken", "24.11.2026 10:12", "Its last sync cannot be read: Graph sends &#34;24.11.2026 10:12&#34;.", "ever synced."},
		{"1700-01-01T00:00:00Z", "connected", "broken", " days ago", "Last synced 119,", "106,751"},
	} {
		row := dated("odd-date", test.status, test.text)
		s.listOf("", row)
		s.tenant.Faults.Always(listCall+"/odd-date", faults.Status(200, "application/json", row))
		list, card, overview := maya.get("/connectors"), maya.get("/connectors/odd-date"), maya.get("/")
		written := strings.ReplaceAll(list.body, `"`, "") // a row that many may see alike has no quotes
		equal(t, "the row of "+test.text, strings.Contains(written, "data-row=odd-date data-health="+test.health), true)
		contains(t, list, test.cell)
		contains(t, card, `data-health="`+test.health+`"`, test.cell, test.sentence, `data-value="`+test.text+`"`)
		pages := []page{list, card, overview}
		if test.health != "healthy" {
			contains(t, overview, test.cell, test.sentence)
		}
		for _, shown := range pages {
			if strings.Contains(shown.body, test.never) {
				t.Errorf("of %s %s says %q: %s", test.text, shown.from, test.never, shown)
			}
		}
	}
}

func TestTheListSortsDatesThatAreNone(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	s.listOf("", dated("ahead", "connected", "9999-12-31T00:00:00Z"), dated("unreadable", "connected", "yesterday"), dated("old", "connected", "2020-01-01T00:00:00Z"),
		dated("windows", "connected", "1601-01-01T00:00:00Z"), dated("centuries", "connected", "1700-01-01T00:00:00Z"))
	want := []string{"windows", "unreadable", "centuries", "old", "ahead"}
	got := func(query string) (ids []string) {
		for _, row := range regexp.MustCompile(`data-row="?(\w+)`).FindAllStringSubmatch(maya.get("/connectors"+query).body, -1) {
			ids = append(ids, row[1])
		}
		return ids
	}
	if rows := got("?sort=sync"); !slices.Equal(rows, want) {
		t.Errorf("up: %q, want %q", rows, want)
	}
	slices.Reverse(want)
	if rows := got("?sort=-sync"); !slices.Equal(rows, want) {
		t.Errorf("down: %q, want %q", rows, want)
	}
}
