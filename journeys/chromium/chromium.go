// Package chromium starts the browser that journeys and screenshots are made with: the one that the machine has, driven
// by the playwright-core of node_modules. It downloads nothing.
package chromium

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/mxschmitt/playwright-go"
)

// flags let Chromium run as root in a container, and keep it from talking to anybody but the pages' own hosts.
var flags = []string{
	"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync",
}

// Browser is a running Chromium. It is safe for concurrent use.
type Browser struct {
	playwright.Browser
	driver *playwright.Playwright
}

// Open starts Chromium. The error says how to install what is missing.
func Open() (*Browser, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	executable, err := find()
	if err != nil {
		return nil, err
	}
	if err := chooseDriver(root); err != nil {
		return nil, err
	}
	driver, err := playwright.Run(&playwright.RunOptions{SkipInstallBrowsers: true, Stdout: io.Discard, Stderr: os.Stderr})
	if err != nil {
		return nil, fmt.Errorf("start playwright-core: %w", err)
	}
	opened, err := driver.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
		ExecutablePath: &executable, ChromiumSandbox: playwright.Bool(false), Args: flags,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", executable, err), driver.Stop())
	}
	return &Browser{opened, driver}, nil
}

// Close ends Chromium and its driver.
func (b *Browser) Close() error {
	return errors.Join(b.Browser.Close(), b.driver.Stop())
}

// Root is the folder of go.mod, above the working directory.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no go.mod in this folder or above it")
		}
		folder = parent
	}
}

// find is the program $CHROMIUM, else the first of the usual names in PATH.
func find() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if named := os.Getenv("CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %q is installed: run scripts/setup.sh, or name the browser in $CHROMIUM", names)
}

// chooseDriver points playwright-go, which reads the environment alone, at the Node.js and the playwright-core there are.
func chooseDriver(root string) error {
	node, err := exec.LookPath("node")
	if err != nil {
		return fmt.Errorf("the browser is driven by Node.js: install it: %w", err)
	}
	script := filepath.Join(root, "node_modules", "playwright-core", "cli.js")
	if _, err := os.Stat(script); err != nil {
		return fmt.Errorf("playwright-core drives the browser: run npm ci --ignore-scripts: %w", err)
	}
	return errors.Join(os.Setenv("PLAYWRIGHT_NODEJS_PATH", node), os.Setenv("PLAYWRIGHT_CLI_PATH", script))
}
