package journeys

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"switchboard/journeys/chromium"
)

var (
	// browser is the one Chromium of all stories; each person has a profile of their own in it.
	browser *chromium.Browser
	// binary is the program under test: $SWITCHBOARD_BIN, else built from this checkout.
	binary string
)

// atOnce is how many stories are told at once unless -parallel says otherwise. Most of their time is waiting.
const atOnce = "3"

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	named := false
	flag.Visit(func(f *flag.Flag) { named = named || f.Name == "test.parallel" })
	if !named {
		_ = flag.Set("test.parallel", atOnce) // a constant that parses
	}
	folder, err := os.MkdirTemp("", "switchboard-journeys-")
	if err != nil {
		return refuse(err)
	}
	defer os.RemoveAll(folder)
	if binary, err = build(folder); err != nil {
		return refuse(err)
	}
	if browser, err = chromium.Open(); err != nil {
		return refuse(err)
	}
	defer browser.Close()
	return m.Run()
}

func refuse(err error) int {
	fmt.Fprintln(os.Stderr, "journeys cannot be told:", err)
	return 1
}

func build(folder string) (string, error) {
	if given := os.Getenv("SWITCHBOARD_BIN"); given != "" {
		return filepath.Abs(given)
	}
	root, err := chromium.Root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "switchboard")
	command := exec.Command("go", "build", "-o", path, "./cmd/web")
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/web: %w\n%s", err, output)
	}
	return path, nil
}
