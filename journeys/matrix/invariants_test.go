package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/html"

	"switchboard/internal/audit"
	"switchboard/journeys/forms"
	"switchboard/simulator/faults"
)

// intended is the fault of a call that changes something; it looks first whether the change's intent is committed.
func (c *cell) intended(then faults.Fault) faults.Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		var committed int
		const intent = `SELECT count(*) FROM audit_entries WHERE id = $1 AND outcome = 'pending'`
		err := c.db.QueryRowContext(context.Background(), intent, r.Header.Get("client-request-id")).Scan(&committed)
		if err != nil || committed != 1 {
			c.t.Errorf("%s arrived with %d committed intents: %v", r.Method, committed, err)
		}
		if then == nil {
			next.ServeHTTP(w, r)
			return
		}
		then(w, r, next)
	}
}

// change is a row of the database.
type change struct{ id, connector, action, outcome string }

func (s *site) changes() (all []change) {
	s.t.Helper()
	rows, err := s.db.QueryContext(context.Background(), `SELECT id, connector, action, outcome FROM changes ORDER BY seq`)
	check(s.t, err)
	defer rows.Close()
	for rows.Next() {
		var one change
		check(s.t, rows.Scan(&one.id, &one.connector, &one.action, &one.outcome))
		all = append(all, one)
	}
	check(s.t, rows.Err())
	return all
}

// found looks at what is in doubt until reads have told what became of it, as pages do.
func (c *cell) found() {
	c.t.Helper()
	for range 40 {
		open := false
		for _, change := range c.changes() {
			if change.outcome != string(audit.InDoubt) && change.outcome != string(audit.Pending) {
				continue
			}
			open = true
			c.clock.Add(settle + 1)
			c.maya.post("/changes/"+change.id+"/check", url.Values{"token": {c.token()}})
		}
		if !open {
			return
		}
	}
	c.t.Errorf("a change stays in doubt: %+v", c.changes())
}

func (c *cell) token() string { return c.maya.get("/").form("/logout").Get("token") }

// outcome is what became of the cell's change in the end, empty where there is none.
func (c *cell) outcome() (outcome string) {
	for _, change := range c.changes() {
		if change.connector == c.id {
			if outcome != "" {
				c.t.Error("one form made two changes")
			}
			outcome = change.outcome
		}
	}
	return outcome
}

// truthful: what the record says of the cell's change is what happened.
func (c *cell) truthful() {
	c.t.Helper()
	outcome, applied, sent := c.outcome(), false, 0
	for _, request := range c.tenant.Requests(c.changing()...)[c.patches:] {
		if applied && request.Applied {
			c.t.Error("one change was applied twice")
		}
		applied = applied || request.Applied
		sent++
	}
	switch {
	case !c.surface.writes && (sent > 0 || outcome != ""):
		c.t.Errorf("%s sent %d changes, and recorded %q", c.surface.name, sent, outcome)
	case outcome == "" && sent > 0:
		c.t.Errorf("%d sent without a record", sent)
	case (outcome == string(audit.Applied) || outcome == string(audit.AppliedObserved)) != applied:
		c.t.Errorf("the record says %q; applied: %t", outcome, applied)
	case applied != (c.holds(c.id, "version") == c.asked) && c.surface.edits():
		c.t.Errorf("applied %t, and Graph holds %q", applied, c.holds(c.id, "version"))
	}
}

// matches holds each value that a page shows of a connector against what Graph holds. An answer of Graph that says something
// else is shown as it came: those faults alter only the server's name and the status.
func (c *cell) matches(p page) {
	c.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	check(c.t, err)
	for node := range root.Descendants() {
		switch id := forms.Attribute(node, "data-connector-id"); {
		case id != "":
			c.cardMatches(id, node)
		case forms.Attribute(node, "data-row") != "" && strings.Contains(forms.Text(node), "connector-") != strings.Contains(forms.Text(node), aliasOf(c.site, forms.Attribute(node, "data-row"))):
			c.t.Errorf("a row of the list is of another connector: %s", forms.Text(node))
		}
	}
	if c.surface.suffix == "list" && strings.Contains(p.body, "has no Intune Exchange connectors") && c.fault.name != "an empty list" {
		c.t.Errorf("the list is empty: %s", p)
	}
}

func aliasOf(s *site, id string) string {
	object, there := s.tenant.Graph.Connector(id)
	if !there {
		return "no such connector"
	}
	alias, _ := object.Value("exchangeAlias")
	return alias
}

func (c *cell) cardMatches(id string, card *html.Node) {
	c.t.Helper()
	for node := range card.Descendants() {
		name := forms.Attribute(node, "data-field")
		if node.Data != "dd" || name == "" || name == "id" || name == "status" || name == "serverName" || name == "lastSyncDateTime" {
			continue
		}
		if shown, is := forms.Attribute(node, "data-value"), c.holds(id, name); shown != is {
			c.t.Errorf("%s is shown as %q, and Graph holds %q", name, shown, is)
		}
	}
}

// plainWords: nothing that only the server may have, and nothing of the machine's words, is on a page.
func (c *cell) plainWords(p page) {
	c.t.Helper()
	content := p.body + strings.Join(p.header["Location"], "")
	for secret, what := range c.secrets() {
		if strings.Contains(content, secret) {
			c.t.Errorf("%s shows %s", p, what)
		}
	}
	for _, word := range []string{"goroutine ", "panic", "sql:", "SQLITE", "dial tcp", "unexpected EOF", "invalid character"} {
		if strings.Contains(p.body, word) {
			c.t.Errorf("a page says %q: %s", word, p)
		}
	}
	if p.status == http.StatusInternalServerError {
		c.t.Errorf("an answer without a reason: %s", p)
	}
}

// secrets are all that went over a wire and nobody else may have, with what it is.
func (s *site) secrets() map[string]string {
	secrets := map[string]string{s.secret: "the client's secret"}
	for _, request := range s.tenant.Requests() {
		if bearer, found := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); found {
			secrets[bearer] = "an access token"
		}
		if request.Key != "POST /token" {
			continue
		}
		form, err := url.ParseQuery(string(request.Body))
		check(s.t, err)
		for _, name := range []string{"code", "code_verifier", "refresh_token"} {
			secrets[form.Get(name)] = name
		}
	}
	delete(secrets, "")
	return secrets
}

// unstolen searches the log, and the database as it lies on the disk.
func (s *site) unstolen(kind string, people ...*visitor) {
	s.t.Helper()
	places := map[string]string{"the log": s.log.String()}
	if path, local := strings.CutPrefix(s.dbAddress, "sqlite:"); local {
		var all bytes.Buffer
		for _, part := range []string{path, path + "-wal"} {
			content, err := os.ReadFile(part)
			check(s.t, err)
			all.Write(content)
		}
		places["the database"] = all.String()
	}
	secrets := s.secrets()
	for _, v := range people {
		for _, cookie := range v.client.Jar.Cookies(mustParse(s.url)) {
			if strings.Contains(cookie.Name, "-session") {
				secrets[cookie.Value] = "a session's cookie"
			}
		}
	}
	if len(secrets) < 5 {
		s.t.Errorf("only %d secrets were seen on %s: the search proves nothing", len(secrets), kind)
	}
	for place, content := range places {
		for secret, what := range secrets {
			if strings.Contains(content, secret) {
				s.t.Errorf("%s holds %s", place, what)
			}
		}
	}
}

func mustParse(address string) *url.URL {
	parsed, err := url.Parse(address)
	if err != nil {
		panic(err) // it is the site's own
	}
	return parsed
}

// verified exports the record, proves it, and holds that each intent came to one outcome.
func (s *site) verified() {
	s.t.Helper()
	file := s.person("ruth").get("/audit.ndjson")
	if _, err := audit.Verify(strings.NewReader(file.body), audit.VerifyOptions{Key: s.verifier}); err != nil {
		s.t.Errorf("the record does not verify: %v", err)
	}
	intents, ends := map[string]int{}, map[string]int{}
	for line := range strings.Lines(file.body) {
		var entry struct{ ID, Action, Outcome string }
		check(s.t, json.Unmarshal([]byte(line), &entry))
		switch {
		case entry.Outcome == "", entry.Outcome == string(audit.InDoubt):
		case entry.Outcome == string(audit.Pending):
			intents[entry.ID]++
		case entry.Action == string(audit.Resolved) && ends[entry.ID] == 1: // the end of a sync that Graph had accepted
		default:
			ends[entry.ID]++
		}
	}
	for id, count := range intents {
		if count != 1 || ends[id] != 1 {
			s.t.Errorf("change %s has %d intents and %d outcomes", id, count, ends[id])
		}
	}
}
