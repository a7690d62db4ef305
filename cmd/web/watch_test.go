package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"switchboard/internal/audit/witnesstest"
)

// measuredName is a metric's name, or that of a histogram's series.
var measuredName = regexp.MustCompile(`\b(?:switchboard|process|go)_[a-z_]+`)

// TestWhatIsWatchedIsMeasured: the running program measures whatever alerts and the dashboard ask for. A client certificate and the
// demo's secret are two programs.
func TestWhatIsWatchedIsMeasured(t *testing.T) {
	t.Parallel()
	witness := witnesstest.Start(t, "one.example/witness", "switchboard.example/audit", checkedKey)
	var addresses []string
	measured := func(variables ...string) func(*exec.Cmd) {
		address := free(t)
		addresses = append(addresses, address)
		key := kept(t, "PRIVATE+KEY+switchboard.example/audit+345cd50b+Ae0PcdhDiSpq/JkYutVFngsQfXJdBnncjUUz1V9hXy3B\n")
		return func(c *exec.Cmd) {
			c.Env = append(append(c.Env, "SWITCHBOARD_METRICS_LISTEN="+address, "SWITCHBOARD_AUDIT_KEY_FILE="+key), variables...)
		}
	}
	demo := startAs(t, measured("SWITCHBOARD_AUDIT_WITNESSES="+witness.Key+"="+witness.URL, "SWITCHBOARD_AUDIT_STREAM=lines"))
	demo.export()
	tenant := startedTenant(t)
	startAs(t, measured("SWITCHBOARD_DEMO=false", "SWITCHBOARD_DATABASE_URL=sqlite:x.db", "SWITCHBOARD_OIDC_ISSUER="+tenant.Issuer(), "SWITCHBOARD_OIDC_CLIENT_ID=switchboard",
		"SWITCHBOARD_OIDC_CLIENT_CERTIFICATE_FILE="+kept(t, endingIn(t, 1000*time.Hour)), "SWITCHBOARD_GRAPH_BASE_URL="+tenant.GraphURL(),
		"SWITCHBOARD_SESSIONS_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))

	var all strings.Builder
	for _, address := range addresses {
		answer, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if _, err := io.Copy(&all, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status, err)
		}
	}
	for _, file := range []string{"../../docs/operating/alerts.yml", "../../docs/operating/dashboard.json", "../../docs/operators.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, part, document := strings.Cut(string(text), "## What to watch")
		if !document {
			part = string(text)
		}
		names := measuredName.FindAllString(part, -1)
		if len(names) < 10 {
			t.Errorf("%s names only %v", file, names)
		}
		for _, name := range names {
			if !strings.Contains(all.String(), "# TYPE "+name+" ") && !strings.Contains(all.String(), "\n"+name+"{") {
				t.Errorf("%s names %s, which is not measured", file, name)
			}
		}
	}
}

// TestGRPCIsTold: traces that are asked for over gRPC are off, with a warning at start and in check.
func TestGRPCIsTold(t *testing.T) {
	t.Parallel()
	const asked, told = "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_PROTOCOL is none that Switchboard speaks"
	over := func(c *exec.Cmd) { c.Env = append(c.Env, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", asked) }
	p := startAs(t, over)
	p.stop(os.Interrupt)
	if log := p.log.String(); !strings.Contains(log, told) || strings.Contains(log, "traces are exported") {
		t.Error(log)
	}
	checking := exec.Command(os.Args[0], "check")
	checking.Dir, checking.Env = t.TempDir(), []string{asProgram + "=1"}
	over(checking)
	if said, err := checking.Output(); err != nil || !strings.Contains(string(said), "warning        "+told) {
		t.Errorf("%v: %s", err, said)
	}
}
