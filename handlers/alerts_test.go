package handlers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// state is what a site was brought into, as it was measured: twice, a minute apart by Prometheus' clock.
type state struct {
	name        string
	first, last scrape
	// firing are the alerts that fire when it has lasted that long, and no others do.
	firing map[string][]string
}

// TestAlertsFire: what a site measures in each trouble, and for how long, has just the alerts fire that are meant for it.
func TestAlertsFire(t *testing.T) {
	t.Parallel()
	states := []state{
		{"nobody is measured", nil, nil, map[string][]string{"4m": nil, "6m": {"SwitchboardGone"}}},
		quiet(t), inDoubt(t), brokenChain(t), notWritable(t), graphFailing(t),
		certificateEnds(t, 10*24*time.Hour, "SwitchboardCertificateEnds"),
		certificateEnds(t, 24*time.Hour, "SwitchboardCertificateEnds", "SwitchboardCertificateEndsSoon"),
	}
	rules, err := filepath.Abs("../docs/operating/alerts.yml")
	check(t, err)
	var tests []any
	for _, s := range states {
		tests = append(tests, s.test())
	}
	written, err := json.MarshalIndent(map[string]any{"rule_files": []string{rules}, "evaluation_interval": "1m", "tests": tests}, "", " ")
	check(t, err)
	file := filepath.Join(t.TempDir(), "states.yml") // JSON is YAML
	check(t, os.WriteFile(file, written, 0o600))
	promtool(t, "test", "rules", file)
	promtool(t, "test", "rules", "../docs/operating/alerts_test.yml")
	promtool(t, "check", "rules", "--lint=all", "--lint-fatal", rules)
}

// test is the state as promtool's tests of rules have it.
func (s state) test() map[string]any {
	var expressions []any
	for after, names := range s.firing {
		samples := []any{}
		for _, name := range names {
			samples = append(samples, map[string]any{"labels": fmt.Sprintf("{alertname=%q}", name), "value": 1})
		}
		expressions = append(expressions, map[string]any{
			"expr": `count by (alertname) (ALERTS{alertstate="firing"})`, "eval_time": after, "exp_samples": samples,
		})
	}
	return map[string]any{
		"name": s.name, "interval": "1m", "start_timestamp": fmt.Sprint(time.Now().Unix()),
		"input_series": between(s.first, s.last, 40), "promql_expr_test": expressions,
	}
}

// TestDashboard: Prometheus understands each question of the dashboard, and each has a title and a place of its own.
func TestDashboard(t *testing.T) {
	t.Parallel()
	written, err := os.ReadFile("../docs/operating/dashboard.json")
	check(t, err)
	var dashboard struct {
		UID    string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	check(t, json.Unmarshal(written, &dashboard))
	places, rules := map[string]bool{}, []any{}
	for _, panel := range dashboard.Panels {
		if at := panel.GridPos; panel.Title == "" || at.X+at.W > 24 || places[fmt.Sprint(at.X, at.Y)] || places[fmt.Sprint(panel.ID)] {
			t.Errorf("the panel %d, %q, at %v", panel.ID, panel.Title, at)
		}
		places[fmt.Sprint(panel.GridPos.X, panel.GridPos.Y)], places[fmt.Sprint(panel.ID)] = true, true
		for _, target := range panel.Targets {
			asked := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*").Replace(target.Expr)
			rules = append(rules, map[string]any{"record": fmt.Sprintf("panel:%d_%d", panel.ID, len(rules)), "expr": asked})
		}
	}
	equal(t, "that there are questions", len(rules) > 20, true)
	groups, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": rules}}})
	check(t, err)
	file := filepath.Join(t.TempDir(), "dashboard.yml")
	check(t, os.WriteFile(file, groups, 0o600))
	promtool(t, "check", "rules", "--lint=none", file)
}

// calm are a site, on a clock that stands, so that a slow machine is no slow site, and an admin.
func calm(t *testing.T, options ...option) (*site, *visitor) {
	t.Helper()
	s := newSite(t, databasetest.SQLite(t), append(options, newClock().with)...)
	return s, s.person("maya")
}

func quiet(t *testing.T) state {
	s, maya := calm(t)
	id := simulator.ID("s2s-na")
	before := s.scrape()
	for _, page := range []string{"/", "/connectors", "/connectors/" + id, "/changes", "/no-such-page"} {
		maya.get(page)
	}
	equal(t, "a save", maya.post("/connectors/"+id, maya.edit(id, "version", "2")).status, http.StatusSeeOther)
	return state{"quiet", before, s.scrape(), map[string][]string{"4m": nil, "30m": nil}}
}

func inDoubt(t *testing.T) state {
	s, maya := calm(t)
	id := simulator.ID("s2s-na")
	form := maya.edit(id, "version", "2")
	s.tenant.Faults.Next("PATCH "+graph.Collection+"/"+id, faults.Then(func() {
		s.tenant.Faults.Always("GET "+graph.Collection+"/"+id, faults.Answer(graph.Unavailable.With("0")))
	}, faults.LoseAnswer()))
	equal(t, "the save", maya.post("/connectors/"+id, form).status, http.StatusAccepted)
	now := s.scrape()
	return state{"in doubt", now, now, map[string][]string{"4m": nil, "6m": {"SwitchboardInDoubt"}}}
}

func brokenChain(t *testing.T) state {
	db := databasetest.SQLite(t)
	s := newSite(t, db, newClock().with)
	ruth := s.person("ruth")
	run(t, db, "DROP TRIGGER audit_entries_no_delete", "DELETE FROM audit_entries WHERE seq = 1")
	contains(t, ruth.get("/audit"), `data-chain="broken"`)
	now := s.scrape()
	return state{"the chain is broken", now, now, map[string][]string{"0m": {"SwitchboardChainBroken"}, "30m": {"SwitchboardChainBroken"}}}
}

func notWritable(t *testing.T) state {
	address := databasetest.URL(t, databasetest.SQLiteKind)
	db := databasetest.Open(t, address)
	s := newSite(t, db, newClock().with)
	pragma("query_only = 1", "query_only = 0")(t, db, address)
	s.awaitStatus("/readyz", http.StatusServiceUnavailable)
	now := s.scrape()
	return state{"the record cannot be written", now, now, map[string][]string{"0m": nil, "2m": {"SwitchboardRecordNotWritable"}}}
}

func graphFailing(t *testing.T) state {
	s, maya := calm(t)
	before := s.scrape()
	s.tenant.Faults.Always("GET "+graph.Collection, faults.Answer(graph.Unavailable.With("0")))
	for _, name := range []string{"s2s-na", "s2s-emea"} {
		s.tenant.Faults.Always("GET "+graph.Collection+"/"+simulator.ID(name), faults.Answer(graph.Unavailable.With("0")))
	}
	for s.measured("switchboard_graph_breaker_open") == 0 {
		for _, page := range []string{"/connectors", "/connectors/" + simulator.ID("s2s-na"), "/connectors/" + simulator.ID("s2s-emea")} {
			maya.get(page)
		}
	}
	return state{"Graph fails", before, s.scrape(), map[string][]string{
		"1m": nil, "3m": {"SwitchboardGraphDown"}, "20m": {"SwitchboardGraphDown", "SwitchboardGraphFailing"},
	}}
}

func certificateEnds(t *testing.T, in time.Duration, alerts ...string) state {
	file := certificateUntil(t, time.Now().Add(in))
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.certificate = file })
	now := s.scrape()
	return state{"the certificate ends in " + in.String(), now, now, map[string][]string{"0m": alerts, "30m": alerts}}
}

// certificateUntil is a file with a certificate that is good until then, and its key.
func certificateUntil(t *testing.T, until time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: until}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	file := filepath.Join(t.TempDir(), "client.pem")
	check(t, os.WriteFile(file, both, 0o600))
	return file
}
