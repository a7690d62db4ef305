// Command screenshots takes docs/screenshot.png, the picture in the README, from the demo of bin/switchboard: make
// screenshots builds that first.
package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/mxschmitt/playwright-go"

	"switchboard/journeys/chromium"
	"switchboard/simulator"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := chromium.Root()
	if err != nil {
		return err
	}
	site, stop, err := demo(filepath.Join(root, "bin", "switchboard"))
	if err != nil {
		return err
	}
	defer stop()
	browser, err := chromium.Open()
	if err != nil {
		return err
	}
	return errors.Join(take(browser, site, filepath.Join(root, "docs", "screenshot.png")), browser.Close())
}

// demo starts the program as make run does, but on free ports and with a database that is thrown away.
func demo(binary string) (site string, stop func(), err error) {
	folder, err := os.MkdirTemp("", "switchboard-screenshots-")
	if err != nil {
		return "", nil, err
	}
	addresses, err := freeAddresses(2)
	if err != nil {
		return "", nil, err
	}
	site = "http://" + addresses[0]
	command := exec.Command(binary)
	command.Dir, command.Stderr = folder, os.Stderr
	command.Env = append(os.Environ(), "SWITCHBOARD_LISTEN="+addresses[0], "SWITCHBOARD_PUBLIC_URL="+site,
		"SWITCHBOARD_DEMO_LISTEN="+addresses[1], "SWITCHBOARD_LOG_LEVEL=error")
	if err := command.Start(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("start the demo: %w", err), os.RemoveAll(folder))
	}
	stop = func() {
		_ = command.Process.Kill() // nothing of it is kept
		_ = command.Wait()
		_ = os.RemoveAll(folder)
	}
	if err := ready(site); err != nil {
		stop()
		return "", nil, err
	}
	return site, stop, nil
}

// freeAddresses are loopback addresses that nobody listens on.
func freeAddresses(count int) ([]string, error) {
	var addresses []string
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close() // after all are chosen, so that they differ
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

func ready(site string) error {
	for late := time.Now().Add(30 * time.Second); time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get(site + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.New("the demo is not ready after 30 s")
}

// take signs in as the demo's admin, changes a little so that there is something to see, and takes the overview.
func take(browser *chromium.Browser, site, file string) error {
	page, err := browser.NewPage(playwright.BrowserNewPageOptions{
		BaseURL: &site, Viewport: &playwright.Size{Width: 1280, Height: 960}, ColorScheme: playwright.ColorSchemeLight,
	})
	if err != nil {
		return err
	}
	button := func(name string) playwright.Locator {
		return page.GetByRole("button", playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
	}
	field := func(label string) playwright.Locator {
		return page.GetByRole("textbox", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^" + label)})
	}
	goTo := func(path string) error { _, err := page.Goto(path); return err }
	for _, step := range []func() error{
		func() error { return goTo("/connectors/" + simulator.ID("journal-apac") + "/edit") },
		func() error {
			return page.GetByRole("button", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^Maya")}).Click()
		},
		func() error { return field("Agent version").Fill("2026.10.3") },
		func() error { return field("Reason").Fill("Agent was updated on Monday, CHG-1042") },
		func() error { return button("Save").Click() },
		func() error {
			return page.GetByRole("heading", playwright.PageGetByRoleOptions{Name: regexp.MustCompile("^Saved")}).WaitFor()
		},
		func() error { return goTo("/") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	_, err = page.Screenshot(playwright.PageScreenshotOptions{Path: &file})
	return err
}
