package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/directory"
)

var directions = regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")

// exact are the attributes that hold a value to the letter, which is not drawn: it is compared, copied or sent back.
var exact = []string{"data-value", "data-was", "data-copy", "value"}

// TestNoPageHoldsADirectionCharacterRaw: a value, a name, a reason and a person's name may have some, and no title, heading,
// crumb, text or name of a control does.
func TestNoPageHoldsADirectionCharacterRaw(t *testing.T) {
	t.Parallel()
	const turned = "\u202ea\u202c\u200f\u061c\u2066b\u2069"
	id := simulator.ID("s2s-na")
	s := newSite(t, databasetest.SQLite(t), func(set *setting) {
		set.tenant.People = []simulator.Person{{ID: "x", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000013", Name: turned, Address: "x@contoso.com", Roles: []string{"Connector.Admin"}, Intune: directory.Updates}}
	})
	values := map[string]*string{}
	for _, name := range []string{"exchangeAlias", "exchangeOrganization", "serverName", "connectorServerName", "version", "primarySmtpAddress", "status", "lastSyncDateTime"} {
		values[name] = ptr(turned)
	}
	check(t, s.tenant.Graph.Set(id, values))
	x, path := s.person("x"), "/connectors/"+id
	pages := map[string]page{"connectors": x.get("/connectors"), "overview": x.get("/"), "connector": x.get(path), "edit": x.get(path + "/edit"), "no match": x.get("/connectors?q=nothing" + turned)}

	form := x.edit(id, "version", "1.0", "reason", "because")
	pages["live diff"], pages["review"] = x.liveDiff(id, form), x.post(path+"/review", form)
	check(t, s.tenant.Graph.Set(id, map[string]*string{"version": ptr(turned + "2"), "serverName": ptr(turned + "2")}))
	pages["conflict"] = x.post(path, form)
	equal(t, "the conflict", pages["conflict"].status, http.StatusConflict)
	equal(t, "the save", x.post(path, x.edit(id, "version", "1.0", "reason", "because")).status, http.StatusSeeOther)
	pages["saved"], pages["changes"], pages["audit"], pages["line"] = x.get(path), x.get("/changes"), x.get("/audit"), x.get("/audit/3")
	pages["filter"] = x.get("/audit?person=" + turned + "&action=" + turned)
	pages["refused"] = x.post(path, x.edit(id, "serverName", turned+"3", "reason", "because"))
	pages["access"], pages["sessions"] = x.get("/access"), x.get("/sessions")
	if change := regexp.MustCompile(`/changes/[0-9a-f-]{36}`).FindString(pages["saved"].body); change != "" {
		pages["receipt"], pages["revert"] = x.get(change), x.get(change+"/revert")
	}
	odd := url.PathEscape(turned)
	for _, address := range []string{"/connectors/a" + odd, "/changes/" + odd, "/audit/" + odd, "/" + odd, "/audit?" + odd + "=1", "/audit?from=" + odd, "/connectors?sort=" + odd} {
		pages[address] = x.get(address)
	}
	pages["odd field"] = x.post(path, x.edit(id, turned, "1"))
	equal(t, "pages", len(pages), 26)
	for name, page := range pages {
		root, err := html.Parse(strings.NewReader(page.body))
		check(t, err)
		for n := range root.Descendants() {
			if n.Type == html.TextNode && directions.MatchString(n.Data) {
				t.Errorf("%s: <%s> says %q", name, n.Parent.Data, n.Data)
			}
			for _, a := range n.Attr {
				if directions.MatchString(a.Val) && !slices.Contains(exact, a.Key) {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
		}
	}
}

// TestWhatNobodySeesIsSaidBeforeASave: the form says it of Graph's value, the list of changes and the review of the new one. A
// save posted straight is not stopped, and Graph gets the value to the letter.
func TestWhatNobodySeesIsSaidBeforeASave(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	for typed, says := range map[string]string{
		"EX01":          "The two values look alike and differ. The value before ends with a space.",
		"EX01  ":        "The new value ends with 2 spaces.",
		" EX01 ":        "The new value starts with a space and ends with a space.",
		"EX\u00a001":    "The new value has a no-break space (U+00A0) in it.",
		"EX01\u200b":    "The new value ends with a zero-width space (U+200B).",
		"E\u0301X01":    "The new value has a letter that is decomposed (NFD): U+0045 U+0301.",
		"\u0415X01":     "The two values look alike and differ.",
		"   ":           "The new value consists of 3 spaces and nothing else.",
		"\u200fEX01":    "The new value starts with a right-to-left mark (U+200F).",
		"EX01\u3000abc": "The new value has an ideographic space (U+3000) in it.",
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, databasetest.SQLite(t))
			maya := s.person("maya")
			check(t, s.tenant.Graph.Set(id, map[string]*string{"serverName": ptr("EX01 ")}))
			contains(t, maya.get(path+"/edit"), "Graph’s value ends with a space.")
			form := maya.edit(id, "serverName", typed, "reason", "because")
			contains(t, maya.liveDiff(id, form), says)
			contains(t, maya.post(path+"/review", form), says)
			equal(t, "the save", maya.post(path, form).status, http.StatusSeeOther)
			requests := s.tenant.Requests()
			i := slices.IndexFunc(requests, func(r simulator.Request) bool { return r.Method == http.MethodPatch })
			if i < 0 || !strings.Contains(string(requests[i].Body), typed) {
				t.Errorf("the PATCH does not hold %q: %v", typed, requests)
			}
			saved := maya.get(path)
			contains(t, saved, `data-field="serverName" data-value="`+typed+`"`)
		})
	}
}
