// Command dev serves the demo while somebody works on it: after each edit it builds and starts the program again, and the
// page reloads itself. It stands between the browser and the program to put its script into each page.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

const (
	address = "127.0.0.1:7331"
	program = "bin/switchboard"
	look    = 300 * time.Millisecond // between two looks at the sources
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	pages := newPages(port)
	server := &http.Server{Handler: pages}
	go func() { _ = server.Serve(listener) }() // ends with the process
	fmt.Printf("The demo is at http://%s; it follows your edits.\n", address)

	demo := &demo{listen: port}
	defer demo.stop()
	for seen := (time.Time{}); ctx.Err() == nil; time.Sleep(look) {
		changed := newest()
		if !changed.After(seen) {
			continue
		}
		seen = changed
		if demo.restart(ctx) {
			pages.reload()
		}
	}
	return nil
}

// freePort is an address for the program behind this one.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// demo is the program under work.
type demo struct {
	listen  string
	running *exec.Cmd
}

// restart builds and starts the program, and says whether it serves. The last one runs on while a build fails.
func (d *demo) restart(ctx context.Context) bool {
	build := exec.CommandContext(ctx, "make", "--no-print-directory", "build")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if build.Run() != nil {
		return false
	}
	d.stop()
	d.running = exec.Command(program)
	d.running.Stdout, d.running.Stderr = os.Stdout, os.Stderr
	d.running.Env = append(os.Environ(), "SWITCHBOARD_LISTEN="+d.listen, "SWITCHBOARD_PUBLIC_URL=http://"+address)
	if err := d.running.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		return false
	}
	for range 50 {
		if answer, err := http.Get("http://" + d.listen + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

func (d *demo) stop() {
	if d.running != nil && d.running.Process != nil {
		_ = d.running.Process.Signal(syscall.SIGTERM) // one that has gone needs none
		_ = d.running.Wait()
	}
}
