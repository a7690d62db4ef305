package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lives serves /healthz on an address until the test is over, and returns its port.
func lives(t *testing.T, address string) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			w.WriteHeader(http.StatusTeapot)
		}
	})}}
	server.Start()
	t.Cleanup(server.Close)
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestHealthcheckDialsWhereSwitchboardListens, and no proxy of the environment, whatever else is wrong with the configuration.
func TestHealthcheckDialsWhereSwitchboardListens(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	hosts := []string{"127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0", "", outward(t)}
	if listener, err := net.Listen("tcp", "[::1]:0"); err == nil { // many containers have IPv4 alone
		listener.Close()
		hosts = append(hosts, "::1", "::")
	}
	for _, host := range hosts {
		t.Run(host, func(t *testing.T) {
			address := net.JoinHostPort(host, lives(t, net.JoinHostPort(host, "0")))
			if got := callWith([]string{"SWITCHBOARD_DEMO=false", "SWITCHBOARD_LISTEN=" + address}, "healthcheck"); got != (called{}) {
				t.Errorf("with a variable: %+v", got)
			}
			file := filepath.Join(t.TempDir(), "here.yaml")
			if err := os.WriteFile(file, []byte("listen: '"+address+"'\npublic_url: https://switchboard.example\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := callWith(nil, "healthcheck", "-config", file); got != (called{}) {
				t.Errorf("with a file: %+v", got)
			}
		})
	}
}

// outward is an address of this machine that is not its loopback, if it has one.
func outward(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.To4() != nil {
			return network.IP.String()
		}
	}
	return "127.0.0.3"
}

// TestHealthcheckLooksNowhereElse: what lives at another address of this machine is another program.
func TestHealthcheckLooksNowhereElse(t *testing.T) {
	t.Parallel()
	port := lives(t, "127.0.0.1:0")
	for address, code := range map[string]int{"127.0.0.9:" + port: failed, "[::1]:" + port: failed, "127.0.0.1": misconfigured} {
		got := callWith([]string{"SWITCHBOARD_LISTEN=" + address}, "healthcheck")
		if got.code != code || !strings.Contains(got.errs, address) {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// TestHealthcheckTellsWhatItWasAnswered by a program that is none of ours.
func TestHealthcheckTellsWhatItWasAnswered(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	got := callWith([]string{"SWITCHBOARD_LISTEN=" + other.Listener.Addr().String()}, "healthcheck")
	if got.code != failed || !strings.Contains(got.errs, "/healthz answers 404 Not Found") {
		t.Errorf("%+v", got)
	}
}
