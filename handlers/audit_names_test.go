package handlers_test

import (
	"archive/zip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
)

// named asks for the audit log's page, or an export, of a connector by what somebody typed.
func (v *visitor) named(path, text string, headers ...string) page {
	v.site.t.Helper()
	return v.get(path+"?action=edit&connector="+url.QueryEscape(text), headers...)
}

// rename saves another value of a property that a connector's name is made of.
func (v *visitor) rename(id, property, value string) {
	v.site.t.Helper()
	saved := v.post("/connectors/"+id, v.edit(id, property, value))
	equal(v.site.t, "the save of "+value, saved.status, http.StatusSeeOther)
}

// packed is a file of an evidence pack.
func (p page) packed(name string) string {
	p.t.Helper()
	pack, err := zip.NewReader(strings.NewReader(p.body), int64(len(p.body)))
	check(p.t, err)
	file, err := pack.Open(name)
	check(p.t, err)
	defer file.Close()
	text, err := io.ReadAll(file)
	check(p.t, err)
	return string(text)
}

// eachPair runs the test on both kinds of database with two instances, of which the second has read nothing and begins
// when it is first asked: it is another replica, or the same one after a restart.
func eachPair(t *testing.T, test func(t *testing.T, s *site, db *database.DB)) {
	t.Helper()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			db, other := databasetest.Open(t, address), databasetest.Open(t, address)
			test(t, newSite(t, db, func(set *setting) { set.others = append(set.others, other) }), db)
		})
	}
}

// TestAConnectorIsFoundByEveryNameThatItHasOrHad: in a fresh session, and on another instance than the one that knows.
func TestAConnectorIsFoundByEveryNameThatItHasOrHad(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, s *site, db *database.DB) {
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		object, _ := s.tenant.Graph.Connector(id)
		organization, _ := object.Value("exchangeOrganization")
		maya.rename(id, connector.ExchangeAlias, "Zürich-Mail")
		maya.rename(id, connector.ExchangeOrganization, "Contoso “Süd”")
		maya.rename(id, connector.ExchangeAlias, "now\u200bhere")
		for _, name := range []string{
			"s2s-na", "S2S-NA", "s2s-na · " + organization, "s2s-na   " + strings.ToUpper(organization), "zurich-mail", "“Zürich-Mail”",
			"Zürich-Mail · " + organization, "zürich-mail · contoso süd", "nowhere", "nowU+200Bhere · Contoso “Süd”", id, strings.ToUpper(id), " " + id + " ",
		} {
			for _, instance := range []string{first, second} {
				ruth := s.person("ruth")
				got := ruth.named("/audit", name, instanceHeader, instance)
				equal(t, name+": the status", got.status, http.StatusOK)
				equal(t, name+": the entries", len(got.rows()), 3)
				contains(t, got, `value="`+name+`"`)
				equal(t, name+": lines in the NDJSON", strings.Count(ruth.named("/audit.ndjson", name, instanceHeader, instance).body, `"connector":"`+id), 6)
			}
		}
		contains(t, s.person("ruth").named("/audit", "s2s-na"), "The connector that had this name is now", `href="/connectors/`+id+`"`)
	})
}

// TestALongNameIsFoundWhole: also one that pages show the beginning of, as long as a form can send it.
func TestALongNameIsFoundWhole(t *testing.T) {
	t.Parallel()
	id := simulator.ID("s2s-na")
	for name, alias := range map[string]string{
		"words": strings.Repeat("mail ", 60) + "x", "letters": strings.Repeat("a", 4096), "beyond ASCII": strings.Repeat("連", 4096), "single letters": strings.Repeat("a ", 2047) + "b",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := newSite(t, db)
				organization := strings.Repeat("Contoso ", 40) + "Süd"
				whole := alias + " · " + organization
				check(t, s.tenant.Graph.Set(id, map[string]*string{"exchangeAlias": &alias, "exchangeOrganization": &organization}))
				maya := s.person("maya")
				equal(t, "the list", maya.get("/connectors").status, http.StatusOK)
				for _, text := range []string{alias, whole} {
					got := maya.named("/audit", text)
					equal(t, "by the list", got.status, http.StatusOK)
					small(t, "the page", got)
					equal(t, "that it had the name", strings.Contains(got.body, "The connector that had this name"), false)
				}
				equal(t, "half of it", maya.named("/audit", alias[:len(alias)/2]).status, http.StatusBadRequest)
				first, _ := connector.First(alias, 200)
				equal(t, "as a page shows it", maya.named("/audit", first+"…").status, http.StatusOK)
				check(t, s.tenant.Graph.Set(id, map[string]*string{"exchangeAlias": ptr("now another")}))
				for _, text := range []string{alias, whole} {
					equal(t, "by what was read", s.person("ruth").named("/audit.ndjson", text).status, http.StatusOK)
				}
			})
		})
	}
}

// TestASharedNameFindsAllThatBearIt, with who bore it formerly, on the page and in each export.
func TestASharedNameFindsAllThatBearIt(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, s *site, db *database.DB) {
		maya, ids := s.person("maya"), []string{simulator.ID("s2s-na"), simulator.ID("hosted-na"), simulator.ID("hosted-uk")}
		for _, id := range ids[:2] {
			maya.rename(id, connector.ExchangeAlias, "shared")
		}
		maya.rename(ids[1], connector.ExchangeAlias, "another")
		maya.rename(ids[2], connector.Version, "16")
		check(t, s.tenant.Graph.Set(ids[2], map[string]*string{"exchangeAlias": ptr("shared")})) // which nobody has read
		ruth := s.person("ruth")
		got := ruth.named("/audit", "Shared", instanceHeader, second)
		equal(t, "entries", len(got.rows()), 4)
		contains(t, got, "3 connectors with this name, now or formerly:", `value="Shared"`, `href="/connectors/`+ids[2]+`"`)
		for _, export := range exports[:3] {
			file := ruth.named(export.path, "Shared", instanceHeader, second)
			equal(t, export.path, file.status, http.StatusOK)
			if strings.HasSuffix(export.path, ".zip") {
				contains(t, page{body: file.packed("README.txt"), from: file.from, t: t}, "connector=Shared (connector: ")
				file.body = file.packed("record.ndjson")
			}
			for _, id := range ids {
				equal(t, export.path+" tells of "+id, strings.Contains(file.body, id), true)
			}
		}
		for _, line := range s.lines(db, audit.Filter{Action: audit.Export}) {
			equal(t, "the filter in "+line.Reason, strings.HasSuffix(line.Reason, "?action=edit&connector=Shared"), true)
		}
	})
}

// TestANameThatNobodyKnowsIsAFault: never an empty page, and no export. A part of a name is none.
func TestANameThatNobodyKnowsIsAFault(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, s *site, db *database.DB) {
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		maya.rename(id, connector.Version, "16")
		refused := maya.post("/connectors/"+id, maya.edit(id, connector.Status, "no such status", connector.ExchangeAlias, "only asked for"))
		equal(t, "the edit that is refused", refused.status, http.StatusUnprocessableEntity)
		ruth := s.person("ruth")
		for _, name := range []string{"s2s", "s2s-n", "gone", "only asked for", "·", "''", "\u200b", "s2s-na Elsewhere", strings.Repeat("s2s-na ", 2000), id[:35], id + "0"} {
			got := ruth.named("/audit", name, instanceHeader, second)
			equal(t, name, got.status, http.StatusBadRequest)
			contains(t, got, `aria-describedby="fault-connector"`, "No connector has or had this name.", "Nothing was searched.")
			for _, export := range exports[:3] {
				equal(t, export.path+" of "+name, ruth.named(export.path, name, instanceHeader, second).status, http.StatusBadRequest)
			}
		}
		equal(t, "exports in the record", len(s.exported(db)), 0)
		for _, unknown := range []string{"11111111-2222-4333-8444-555555555555", "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"} {
			got := ruth.named("/audit", unknown, instanceHeader, second)
			equal(t, "the GUID "+unknown, got.status, http.StatusOK)
			equal(t, "entries of "+unknown, len(got.rows()), 0)
		}
	})
}

// TestNamesWhereGraphCannotBeRead: the record's count alone, and what it does not know may be one all the same.
func TestNamesWhereGraphCannotBeRead(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, s *site, _ *database.DB) {
		maya, id := s.person("maya"), simulator.ID("s2s-na")
		maya.rename(id, connector.ExchangeAlias, "renamed")
		reader, ruth := s.person("ruth"), s.person("ruth")
		equal(t, "a list before", reader.get("/connectors", instanceHeader, second).status, http.StatusOK)
		forbidden := faults.Status(http.StatusForbidden, "application/json", `{"error":{"code":"Forbidden","message":"No."}}`)
		s.tenant.Faults.Always(listCall, forbidden) // which is not tried again
		for _, who := range []*visitor{reader, ruth} {
			for _, name := range []string{"renamed", "s2s-na", "hosted-uk", id} {
				equal(t, name, who.named("/audit", name, instanceHeader, second).status, http.StatusOK)
			}
			equal(t, "its entries", len(who.named("/audit", "renamed", instanceHeader, second).rows()), 1)
			for _, path := range []string{"/audit", exports[0].path, exports[1].path, exports[2].path} {
				got := who.named(path, "nobody knows", instanceHeader, second)
				equal(t, path, got.status, http.StatusServiceUnavailable)
				equal(t, path+" says when to try again", got.header.Get("Retry-After") != "", true)
			}
		}
		s.tenant.Faults.Always(listCall, faults.Status(http.StatusInternalServerError, "application/json", `{}`))
		for _, who := range []*visitor{reader, ruth} { // to the one Graph gives an old list, to the other none
			equal(t, "a name that the record knows", len(who.named("/audit", "renamed", instanceHeader, second).rows()), 1)
			equal(t, "one that it does not know", who.named("/audit", "nobody knows", instanceHeader, second).status, http.StatusServiceUnavailable)
		}
	})
}

// TestNamesOfEveryRowOfTheList: of one that cannot be read, too, and of one that Graph no longer knows.
func TestNamesOfEveryRowOfTheList(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, ruth, id := s.person("maya"), s.person("ruth"), simulator.ID("s2s-na")
	maya.rename(id, connector.Version, "16")
	check(t, s.tenant.Graph.Remove(id))
	equal(t, "entries of one that is gone", len(ruth.named("/audit", "s2s-na").rows()), 1)
	s.listOf("", append(s.connectors()[1:], odds[0].row)...)
	equal(t, "one that cannot be read", s.person("ruth").named("/audit", "odd-alias").status, http.StatusOK)
}

// TestTheFilterOffersNames: in a session that has read nothing, too.
func TestTheFilterOffersNames(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	maya.rename(simulator.ID("s2s-na"), connector.ExchangeAlias, "renamed")
	ruth := s.person("ruth")
	contains(t, ruth.get("/audit"), `<option value="s2s-na">`, `<option value="renamed">`)
	ruth.get("/connectors")
	contains(t, ruth.get("/audit"), `<option value="renamed · Contoso North America">`)
}
