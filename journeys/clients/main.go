// Command clients tries Microsoft's own Graph client for JavaScript against the embedded tenant, with tokens of two of its
// people: make clients installs the client first. It fails when a check of check.mjs fails, and when what the tenant then
// holds is not what was sent.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// folder is this one, as seen from the root of the checkout.
const folder = "journeys/clients"

const (
	scopes     = "https://graph.microsoft.com/DeviceManagementServiceConfig"
	readScope  = scopes + ".Read.All"
	writeScope = scopes + ".ReadWrite.All"
)

// The connectors that check.mjs works on, by their names in the tenant.
var (
	hosted = simulator.ID("hosted-old")
	synced = simulator.ID("s2s-emea")
	busy   = simulator.ID("hosted-eu")
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	certificate, authority, err := newCertificate()
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	app := newApplication(authority)
	tenant, err := simulator.Start(simulator.Options{Client: app.registered(), Certificate: &certificate, SyncDelay: time.Hour})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tenant.Close()) }()
	tenant.Faults.Next("GET "+graph.Collection+"/"+busy, faults.Answer(graph.Throttled.With("1")))
	if err := check(tenant, app, authority); err != nil {
		return err
	}
	return verify(tenant)
}

// check runs the script. The client sends tokens over https alone, so Node.js is told to trust the tenant's certificate.
func check(tenant *simulator.Tenant, app application, authority []byte) error {
	writer, err := app.signIn(tenant, "maya", writeScope)
	if err != nil {
		return err
	}
	reader, err := app.signIn(tenant, "tom", readScope)
	if err != nil {
		return err
	}
	temporary, err := os.MkdirTemp("", "switchboard-clients-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	trusted := filepath.Join(temporary, "authority.pem")
	if err := os.WriteFile(trusted, authority, 0o600); err != nil {
		return err
	}
	command := exec.Command("node", "check.mjs")
	command.Dir, command.Stdout, command.Stderr = folder, os.Stdout, os.Stderr
	command.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+trusted, "GRAPH_URL="+strings.TrimSuffix(tenant.GraphURL(), "beta"),
		"WRITER="+writer, "READER="+reader, "EXAMPLE="+simulator.ExampleID, "HOSTED="+hosted, "SYNCED="+synced, "BUSY="+busy)
	if err := command.Run(); err != nil {
		return fmt.Errorf("check.mjs: %w", err)
	}
	return nil
}

// verify looks at the tenant's side: what a script says of itself is not enough.
func verify(tenant *simulator.Tenant) error {
	var faults []error
	stored, _ := tenant.Graph.Connector(hosted)
	for name, want := range map[string]string{"lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00", "version": "Version value", "exchangeAlias": "batched"} {
		if got, _ := stored.Value(name); got != want {
			faults = append(faults, fmt.Errorf("%s is stored as %q, want %q", name, got, want))
		}
	}
	for key, want := range map[string]int{
		"PATCH " + graph.Collection + "/" + hosted: 5, "POST " + graph.Collection: 1, "POST " + graph.Collection + "/" + synced + "/sync": 2,
	} {
		got := 0
		for _, entry := range tenant.Requests(key) {
			if entry.Applied && entry.Person == "maya" {
				got++
			}
		}
		if got != want {
			faults = append(faults, fmt.Errorf("%s: %d requests changed something, want %d", key, got, want))
		}
	}
	if tries := tenant.Requests("GET " + graph.Collection + "/" + busy); len(tries) != 2 || tries[1].Header.Get("Retry-Attempt") != "1" {
		faults = append(faults, fmt.Errorf("the throttled call was made %d times, want the client to make it twice", len(tries)))
	}
	return errors.Join(faults...)
}
