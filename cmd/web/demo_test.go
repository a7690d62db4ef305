package main

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemoOfAnySize: the demo's tenant has as many connectors as demo_connectors says, and its list comes whole.
func TestDemoOfAnySize(t *testing.T) {
	t.Parallel()
	for count, want := range map[string]string{
		"0": "This tenant has no Intune Exchange connectors", "7": "7 Intune Exchange connectors", "1600": "1,600 Intune Exchange connectors",
	} {
		t.Run(count, func(t *testing.T) {
			t.Parallel()
			demo := startAs(t, func(command *exec.Cmd) { command.Env = append(command.Env, "SWITCHBOARD_DEMO_CONNECTORS="+count) })
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{Jar: jar}
			provider, err := browser.Get("http://" + demo.address + "/login")
			if err != nil {
				t.Fatal(err)
			}
			provider.Body.Close()
			arrived, err := browser.PostForm(provider.Request.URL.String(), url.Values{"person": {"maya"}})
			if err != nil {
				t.Fatal(err)
			}
			arrived.Body.Close()
			list, err := browser.Get("http://" + demo.address + "/connectors")
			if err != nil {
				t.Fatal(err)
			}
			defer list.Body.Close()
			page, err := io.ReadAll(list.Body)
			if err != nil || list.StatusCode != http.StatusOK || !strings.Contains(string(page), want) {
				t.Errorf("the list is %d without %q, %v", list.StatusCode, want, err)
			}
		})
	}
}

// TestAddressesThatCannotBeTaken: the key is named, and a mend that fits: to stop what uses a port helps with no address that
// is another machine's.
func TestAddressesThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct{ variable, key, address, mend string }{
		{"LISTEN", "listen", taken.Addr().String(), "choose another port with listen, or stop what uses this one"},
		{"DEMO_LISTEN", "demo_listen", taken.Addr().String(), "choose another port with demo_listen, or stop what uses this one"},
		{"METRICS_LISTEN", "metrics.listen", taken.Addr().String(), "choose another port with metrics.listen, or stop what uses this one"},
		{"METRICS_LISTEN", "metrics.listen", "192.0.2.1:9", "name an address of this machine with metrics.listen"},
		{"METRICS_LISTEN", "metrics.listen", "300.0.0.1:9", "name an address of this machine with metrics.listen"},
	} {
		environ := []string{
			"SWITCHBOARD_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "x.db"), "SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0",
			"SWITCHBOARD_" + test.variable + "=" + test.address,
		}
		var said strings.Builder
		if code := run(nil, environ, io.Discard, &said); code != failed || !strings.Contains(said.String(), `"error":"`+test.key+": ") || !strings.Contains(said.String(), test.mend) {
			t.Errorf("%s=%s: exit code %d, want %q in:\n%s", test.variable, test.address, code, test.mend, said.String())
		}
	}
}

// TestDemoKeyThatWasHalfWritten: the program says which file it is, and does not blame a port.
func TestDemoKeyThatWasHalfWritten(t *testing.T) {
	t.Parallel()
	command := exec.Command(os.Args[0])
	command.Dir = t.TempDir()
	command.Env = []string{asProgram + "=1", "SWITCHBOARD_LISTEN=127.0.0.1:0", "SWITCHBOARD_DEMO_LISTEN=127.0.0.1:0"}
	if err := os.WriteFile(filepath.Join(command.Dir, "demo-tenant.key"), []byte("-----BEGIN PRIV"), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "demo-tenant.key: not PEM: remove it") || strings.Contains(string(said), "another port") {
		t.Errorf("it ends with %v and says %s", err, said)
	}
}
