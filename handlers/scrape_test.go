package handlers_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrape are the series that a site gives Prometheus, by how they are written, with their values.
type scrape map[string]measurement

type measurement struct {
	value float64
	gauge bool
}

// scrape asks as Prometheus does, which adds where it asked.
func (s *site) scrape() scrape {
	s.t.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	all, gauge := scrape{}, false
	for line := range strings.Lines(answer.Body.String()) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "# TYPE ") {
			gauge = strings.HasSuffix(line, " gauge")
		}
		at := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(line[at+1:], 64)
		check(s.t, err)
		name, labels, _ := strings.Cut(strings.TrimSuffix(line[:at], "}"), "{")
		all[fmt.Sprintf(`%s{instance="one",%s}`, name, labels)] = measurement{value, gauge}
	}
	return all
}

// between are series as promtool takes them, a value a minute: counters go on growing as they grew between the two scrapes.
func between(first, last scrape, minutes int) []map[string]string {
	series := []map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(last)) {
		begin, grows := last[name].value, 0.0
		if !last[name].gauge {
			begin, grows = first[name].value, last[name].value-first[name].value
		}
		written := func(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
		series = append(series, map[string]string{"series": name, "values": fmt.Sprintf("%s+%sx%d", written(begin), written(grows), minutes)})
	}
	return series
}

// builtPromtool is Prometheus' own promtool, or why it could not be built. Its module is apart from the program's, and without its
// discovery of services it is built in a third of the time.
var builtPromtool = sync.OnceValues(func() (string, error) {
	const module, kept = "../scripts/promtool", "../.cache"
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", err
	}
	version := sha256.Sum256(sums)
	target, err := filepath.Abs(filepath.Join(kept, "promtool-"+hex.EncodeToString(version[:6])))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return "", err
	}
	draft := filepath.Join(filepath.Dir(target), "promtool-"+rand.Text()) // other tests' processes may build it, too
	command := exec.Command("go", "build", "-C", module, "-tags", "remove_all_sd", "-o", draft, "github.com/prometheus/prometheus/cmd/promtool")
	if said, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build promtool: %w\n%s", err, said)
	}
	return target, os.Rename(draft, target)
})

// promtool has it find no fault.
func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	program, err := builtPromtool()
	check(t, err)
	if said, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, said)
	}
}
