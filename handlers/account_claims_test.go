package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/directory"
)

// groups are as many as a large organization has.
func groups() []string {
	all := make([]string, 1500)
	for i := range all {
		all[i] = fmt.Sprintf("CN=Group %04d", i)
	}
	return all
}

// TestOfManyGroupsPagesShowThoseThatCount: pages name the values that made the role and count the others; whoever has no role
// sees what arrived, the first of it. The record keeps all.
func TestOfManyGroupsPagesShowThoseThatCount(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db, func(set *setting) {
			set.tenant.People = []simulator.Person{
				{ID: "ann", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000011", Name: "Ann Berg", Address: "ann@contoso.example", Roles: append(groups(), "Connector.Admin"), Intune: directory.Updates},
				{ID: "bo", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000012", Name: "Bo Lund", Address: "bo@contoso.example", Roles: groups()},
			}
		})
		ann := s.person("ann")
		id := s.tenant.Graph.Connectors()[0].ID
		for _, path := range []string{"/", "/access", "/sessions", "/connectors", "/connectors/" + id, "/audit/1"} {
			page := ann.get(path)
			equal(t, path, page.status, http.StatusOK)
			if path == "/audit/1" { // where the line itself is, whole
				equal(t, "how the list of a line's values ends", strings.Contains(page.body, ", and 1,481 more"), true)
			} else if shown := strings.Count(page.body, "CN=Group "); shown > 0 || !strings.Contains(page.body, "Admin, from Connector.Admin<") {
				t.Errorf("%s shows %d groups, and not only what made the role", path, shown)
			}
			if path == "/access" && !strings.Contains(page.body, "and 1,500 values that stand for no role") {
				t.Errorf("%s does not count the others: %s", path, page)
			}
		}
		refused := s.person("bo").get("/")
		equal(t, "the page of somebody without a role", refused.status, http.StatusForbidden)
		if shown := strings.Count(refused.body, "CN=Group "); shown != 20 || !strings.Contains(refused.body, "and 1,480 more") {
			t.Errorf("it shows %d of 1,500 groups: %s", shown, refused)
		}
		line, _, _ := strings.Cut(ann.get("/audit.ndjson").body, "\n")
		var first struct{ Actor struct{ Roles []string } }
		check(t, json.Unmarshal([]byte(line), &first))
		equal(t, "the values that the record keeps", len(first.Actor.Roles), 1501)
	})
}

// TestNamelessPeopleAreSomebody on the pages and in the record.
func TestNamelessPeopleAreSomebody(t *testing.T) {
	t.Parallel()
	const oid = "a1b2c3d4-0000-4a4a-8b8b-000000000013"
	s := newSite(t, databasetest.SQLite(t), func(set *setting) {
		set.tenant.People = []simulator.Person{{ID: "x", ObjectID: oid, Name: "X", Roles: []string{"Connector.Admin"}, Intune: directory.Updates}}
	})
	check(t, s.tenant.Directory.Change("x", func(p *simulator.Person) { p.Name = "" }))
	x := s.person("x")
	if page := x.get("/access"); !strings.Contains(page.body, `<span class="person-name"><bdi class="value" translate="no">`+oid) || strings.Contains(page.body, "()") {
		t.Errorf("my access: %s", page)
	}
	line, _, _ := strings.Cut(x.get("/audit.ndjson").body, "\n")
	var first struct {
		Action audit.Action
		Actor  struct{ Name string }
	}
	check(t, json.Unmarshal([]byte(line), &first))
	equal(t, "who signed in", string(first.Action)+" "+first.Actor.Name, "sign_in "+oid)
}

// TestSignOutPromisesWhatItCanDo: a provider without end_session_endpoint signs nobody out for us, and the pages say so.
func TestSignOutPromisesWhatItCanDo(t *testing.T) {
	t.Parallel()
	for _, ends := range []bool{true, false} {
		s := newSite(t, databasetest.SQLite(t), func(set *setting) {
			if !ends {
				set.provider = without{"end_session_endpoint"}
			}
		})
		maya := s.person("maya")
		out := maya.post("/logout", maya.get("/").form("/logout"))
		equal(t, "the sign-out", out.status, http.StatusOK)
		promises, leads := strings.Contains(out.body, "signs you out of your account at the provider too"), strings.Contains(out.header.Get("Refresh"), s.tenant.Host())
		if promises != ends || leads != ends {
			t.Errorf("a provider that ends sessions: %v; promised: %v, led there: %v: %s", ends, promises, leads, out)
		}
		last := maya.get("/signed-out")
		if !ends {
			last = maya.get(strings.TrimPrefix(out.header.Get("Refresh"), "0; url="))
		}
		if stays := strings.Contains(last.body, "may still be signed in"); last.status != http.StatusOK || stays == ends {
			t.Errorf("a provider that ends sessions: %v; the last page: %s", ends, last)
		}
		if asks := strings.Contains(maya.get("/login").location(), "prompt=login"); asks == ends {
			t.Errorf("a provider that ends sessions: %v; the next sign-in asks who it is: %v", ends, asks)
		}
	}
}

// without is the way to a provider whose discovery document lacks a member.
type without struct{ member string }

func (w without) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, "/openid-configuration") {
		return answer, err
	}
	defer answer.Body.Close()
	var document map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		return nil, err
	}
	delete(document, w.member)
	text, err := json.Marshal(document)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return answer, err
}
