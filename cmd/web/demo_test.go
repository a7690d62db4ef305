package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
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
