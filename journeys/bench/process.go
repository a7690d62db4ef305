package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// process is a program under measurement.
type process struct {
	command *exec.Cmd
	url     string
	metrics string // where it tells how much it has allocated
	folder  string
}

// start starts a program and waits until it answers at the address.
func start(ctx context.Context, command *exec.Cmd, url, ready string) (*process, error) {
	p := &process{command: command, url: url, folder: command.Dir}
	log, err := os.CreateTemp("", "switchboard-bench-*.log")
	if err != nil {
		return nil, err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	command.Stderr = log
	if err := command.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get(url + ready)
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return p, nil
		}
	}
	said, _ := os.ReadFile(log.Name())
	p.stop()
	return nil, fmt.Errorf("%s does not get ready: %.1000s", filepath.Base(command.Path), said)
}

// stop ends the program.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
}

// spent is the processor time that the program has taken so far: that of its threads, to the nanosecond.
func (p *process) spent() (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	if err != nil || len(threads) == 0 {
		return 0, errors.Join(err, errors.New("/proc does not tell the processor time"))
	}
	var all time.Duration
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			return 0, err
		}
		took, _, _ := strings.Cut(string(text), " ")
		nanoseconds, err := strconv.ParseInt(took, 10, 64)
		if err != nil {
			return 0, err
		}
		all += time.Duration(nanoseconds)
	}
	return all, nil
}

// resident is the memory that the program holds, in MB.
func (p *process) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			return float64(kilobytes) / 1024, err
		}
	}
	return 0, errors.Join(err, errors.New("/proc does not tell the memory"))
}

// allocations is how many the program has made so far.
func (p *process) allocations() (float64, error) {
	answer, err := http.Get(p.metrics)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if count, found := strings.CutPrefix(lines.Text(), "go_memstats_mallocs_total "); found {
			return strconv.ParseFloat(count, 64)
		}
	}
	return 0, errors.New("the metrics tell no allocations")
}

// site is the program at a tenant of its own.
type site struct {
	*process
	tenant *simulator.Tenant
	key    string // of the audit log, to verify with
}

const scopes = "https://graph.microsoft.com/DeviceManagementServiceConfig."

// open starts a tenant with those connectors and people, and the program.
func open(ctx context.Context, o options, connectors int, people []simulator.Person, settings ...string) (*site, error) {
	addresses, err := freeAddresses(2)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "switchboard-bench-")
	if err != nil {
		return nil, err
	}
	url, secret := "http://"+addresses[0], rand.Text()
	s := &site{}
	if s.tenant, err = simulator.Start(simulator.Options{
		Client: simulator.Client{ID: "bench", Secret: secret, RedirectURIs: []string{url + "/auth/callback"}},
		People: people, Connectors: simulator.Many(time.Now(), connectors), PageSize: 100,
	}); err != nil {
		return nil, err
	}
	signer, verifier, err := note.GenerateKey(rand.Reader, "bench.switchboard.example/audit")
	if err != nil {
		return nil, err
	}
	s.key = verifier
	if err := os.WriteFile(filepath.Join(folder, "audit.key"), []byte(signer+"\n"), 0o600); err != nil {
		return nil, err
	}
	sealing := make([]byte, 32)
	rand.Read(sealing)
	command := exec.Command(mustAbs(o.binary))
	command.Dir = folder
	command.Env = environment(folder, append([]string{
		"LISTEN=" + addresses[0], "PUBLIC_URL=" + url, "DEMO=false", "DATABASE_URL=sqlite:" + filepath.Join(folder, "bench.db"),
		"OIDC_ISSUER=" + s.tenant.Issuer(), "OIDC_CLIENT_ID=bench", "OIDC_CLIENT_SECRET=" + secret, "GRAPH_BASE_URL=" + s.tenant.GraphURL(),
		"GRAPH_READ_SCOPE=" + scopes + "Read.All", "GRAPH_WRITE_SCOPE=" + scopes + "ReadWrite.All",
		"SESSIONS_KEYS=" + base64.StdEncoding.EncodeToString(sealing), "AUDIT_KEY_FILE=" + filepath.Join(folder, "audit.key"),
		"METRICS_LISTEN=" + addresses[1], "CHANGES_REQUIRE_REASON=false",
	}, settings...))
	if s.process, err = start(ctx, command, url, "/readyz"); err != nil {
		return nil, errors.Join(err, s.tenant.Close())
	}
	s.metrics = "http://" + addresses[1] + "/metrics"
	return s, nil
}

func environment(folder string, settings []string) []string {
	all := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "TZ=UTC"}
	for _, one := range settings {
		all = append(all, "SWITCHBOARD_"+one)
	}
	return all
}

// close ends the program and its tenant, and takes its folder away.
func (s *site) close() {
	s.stop()
	_ = s.tenant.Close()
	_ = os.RemoveAll(s.folder)
}

// calls is how many requests have reached Graph.
func (s *site) calls() int {
	count := 0
	for _, one := range s.tenant.Requests() {
		if strings.Contains(one.Path, graph.Collection) {
			count++
		}
	}
	return count
}

func mustAbs(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}

// freeAddresses are ports below those that systems hand out by themselves.
func freeAddresses(count int) (free []string, err error) {
	for port := 20_000 + time.Now().Nanosecond()%8_000; port < 30_000 && len(free) < count; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if listener, err := net.Listen("tcp", address); err == nil {
			listener.Close()
			free = append(free, address)
		}
	}
	if len(free) < count {
		return nil, errors.New("no port is free")
	}
	return free, nil
}
