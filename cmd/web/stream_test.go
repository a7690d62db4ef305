package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// export signs Maya in, which is a line, and reads all lines, which is another; the last line is left out.
func (p *process) export() []string {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	choice, err := client.Get("http://" + p.address + "/login")
	if err != nil {
		p.t.Fatal(err)
	}
	choice.Body.Close()
	arrived, err := client.PostForm(choice.Request.URL.String(), url.Values{"person": {"maya"}})
	if err != nil {
		p.t.Fatal(err)
	}
	arrived.Body.Close()
	answer, err := client.Get("http://" + p.address + "/audit.ndjson")
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatal(answer, err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	lines := strings.SplitAfter(string(all), "\n")
	return lines[:len(lines)-2]
}

// TestStreamSurvivesAKill: what was committed in the moment before it comes with the next start.
func TestStreamSurvivesAKill(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	stream := filepath.Join(folder, "lines")
	inFolder := func(c *exec.Cmd) { c.Dir, c.Env = folder, append(c.Env, "SWITCHBOARD_AUDIT_STREAM="+stream) }
	var lines []string
	for range 3 {
		p := startAs(t, inFolder)
		lines = p.export()
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.ended
	}
	p := startAs(t, inFolder)
	p.stop(syscall.SIGTERM)
	read, err := os.ReadFile(stream)
	if err != nil {
		t.Fatal(err)
	}
	streamed := slices.Collect(strings.Lines(string(read)))
	if len(streamed) > 2*len(lines) {
		t.Errorf("%d lines were streamed for %d", len(streamed), len(lines))
	}
	at := 0
	for _, line := range streamed {
		if at < len(lines) && line == lines[at] {
			at++
		} else if !slices.Contains(lines, line) {
			t.Errorf("the stream has a line that is not in the record: %s", line)
		}
	}
	if at < len(lines) {
		t.Errorf("the stream lacks line %d:\n%s", at+1, read)
	}
}

// TestStreamOnStdout: nothing but the lines is written there, and a reader that goes away ends nothing.
func TestStreamOnStdout(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	p := startAs(t, func(c *exec.Cmd) { c.Stdout, c.Env = write, append(c.Env, "SWITCHBOARD_AUDIT_STREAM=stdout") })
	write.Close()
	lines := p.export()
	reader := bufio.NewReader(read)
	for i, want := range lines {
		if got, err := reader.ReadString('\n'); err != nil || got != want {
			t.Errorf("line %d on stdout is %q, %v", i+1, got, err)
		}
	}
	read.Close()
	if again := p.export(); len(again) != len(lines)+2 {
		t.Errorf("%d lines, then %d", len(lines), len(again))
	}
	p.stop(syscall.SIGTERM)
	if !strings.Contains(p.log.String(), `"the record cannot be streamed","stream":"stdout"`) {
		t.Errorf("it does not say that it cannot stream:\n%s", p.log.String())
	}
}
