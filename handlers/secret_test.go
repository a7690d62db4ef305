package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
	"switchboard/simulator/provider"
)

// TestStolenData: whoever steals the database, a backup of it, or the logs gains no token, code, cookie, secret or form.
func TestStolenData(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			db := databasetest.Open(t, address)
			clock := newClock()
			s := newSite(t, db, clock.with)
			secrets := s.live(clock)
			if len(secrets) < 25 {
				t.Fatalf("only %d secrets were seen: the search proves nothing", len(secrets))
			}
			for place, content := range map[string]string{"the database": stolen(t, db, address), "the log": s.log.String()} {
				if !strings.Contains(content, "tid") && !strings.Contains(content, "request_id") {
					t.Fatalf("%s was not read", place)
				}
				for secret, what := range secrets {
					if strings.Contains(content, secret) || strings.Contains(content, url.QueryEscape(secret)) {
						t.Errorf("%s holds %s", place, what)
					}
				}
			}
		})
	}
}

// live has people sign in, save, be refused, expire and sign out, and returns every secret that went over a wire
// meanwhile, with what it is.
func (s *site) live(clock *clock) map[string]string {
	id := simulator.ID("s2s-na")
	path := "/connectors/" + id
	secrets := map[string]string{}
	maya, lena := s.person("maya"), s.person("lena")
	typed := "typed-and-never-saved-5f1d"
	secrets[typed] = "what was typed into a form"
	saved := maya.edit(id, "version", "15.2")
	secrets[saved.Get("token")] = "a form's token"
	maya.post(path, saved)
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Answer(graph.ExpiredToken))
	maya.post(path, maya.edit(id, "version", "15.3"))
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.LoseAnswer())
	maya.post("/connectors/"+simulator.ExampleID, maya.edit(simulator.ExampleID, "version", "15.4"))
	lena.post(path, lena.edit(id, "version", typed))
	s.tenant.Faults.Next("POST /token", faults.Answer(provider.Revoked))
	late := maya.edit(id, "version", typed)
	clock.Add(6 * time.Minute)
	equal(s.t, "a save with a revoked sign-in", maya.post(path, late).leads(), "/signed-out?form=kept")
	again := s.person("maya")
	again.get("/access")
	again.post("/logout", url.Values{"token": {again.token()}})
	s.visitor().get("/auth/callback?code=forged-code-81c2&state=forged-state-77aa")
	secrets["forged-code-81c2"], secrets["forged-state-77aa"] = "a forged code", "a forged state"

	for _, v := range []*visitor{maya, lena, again} {
		for _, cookie := range v.client.Jar.Cookies(s.url) {
			if strings.HasPrefix(cookie.Name, "switchboard-") {
				secrets[cookie.Value] = "the cookie " + cookie.Name
			}
		}
	}
	for _, request := range s.tenant.Requests() {
		if bearer, found := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); found {
			secrets[bearer] = "an access token"
		}
		if request.Key == "POST /token" {
			form, err := url.ParseQuery(string(request.Body))
			check(s.t, err)
			for _, name := range []string{"code", "code_verifier", "refresh_token", "client_secret"} {
				secrets[form.Get(name)] = name
			}
		}
		query, err := url.ParseQuery(request.Query)
		check(s.t, err)
		for _, name := range []string{"state", "nonce"} {
			secrets[query.Get(name)] = name
		}
	}
	delete(secrets, "")
	return secrets
}

// stolen is all that the database holds: the file with its log, or every row of every table.
func stolen(t *testing.T, db *database.DB, address string) string {
	t.Helper()
	if path, local := strings.CutPrefix(address, "sqlite:"); local {
		var all bytes.Buffer
		for _, part := range []string{path, path + "-wal"} {
			content, err := os.ReadFile(part)
			check(t, err)
			all.Write(content)
		}
		return all.String()
	}
	var all strings.Builder
	tables, err := db.Query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	check(t, err)
	var names []string
	for tables.Next() {
		var name string
		check(t, tables.Scan(&name))
		names = append(names, name)
	}
	check(t, tables.Err())
	for _, name := range names {
		rows, err := db.Query(fmt.Sprintf(`SELECT row_to_json(r)::text FROM %q r`, name))
		check(t, err)
		for rows.Next() {
			var row string
			check(t, rows.Scan(&row))
			all.WriteString(row)
		}
		check(t, rows.Err())
	}
	return all.String()
}

// TestNoPageShowsAToken: no page or fragment of those that a person opens holds what only the server may have.
func TestNoPageShowsAToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	maya.post("/connectors/"+id, maya.edit(id, "version", "15.2"))
	var pages strings.Builder
	for _, path := range []string{"/", "/connectors", "/connectors/" + id, "/connectors/" + id + "/edit", "/changes", "/access", "/sessions", "/audit"} {
		page := maya.get(path)
		equal(t, path, page.status, http.StatusOK)
		pages.WriteString(page.body)
	}
	for _, request := range s.tenant.Requests() {
		bearer, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
		if bearer != "" && strings.Contains(pages.String(), bearer) {
			t.Fatal("a page shows an access token")
		}
	}
	for _, cookie := range maya.client.Jar.Cookies(s.url) {
		if cookie.Value != "" && strings.Contains(pages.String(), cookie.Value) {
			t.Errorf("a page shows the cookie %s", cookie.Name)
		}
	}
}
