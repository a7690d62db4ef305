package site

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"switchboard/internal/config"
	"switchboard/simulator"
	"switchboard/simulator/provider"
)

// demoTenantName is what the embedded tenant is called on the pages.
const demoTenantName = "Contoso · demo tenant"

// demoIssuer is the owner of a demo's database.
const demoIssuer = "switchboard's demo"

// tenant is the embedded one.
type tenant struct{ *simulator.Tenant }

// startTenant starts the embedded tenant and points the settings at it. The secret of its fault switch is in a file
// beside the database, so that nothing but a process of this user can reach it.
func startTenant(settings *config.Config, log *slog.Logger) (*tenant, error) {
	secret, control := rand.Text(), rand.Text()
	public := settings.PublicURL.String()
	started, err := simulator.Start(simulator.Options{
		Listen: settings.DemoTenant.Listen, Connectors: simulator.Many(time.Now(), settings.DemoTenant.Connectors),
		PageSize: pageSize(settings.DemoTenant.Connectors),
		Client: provider.Client{ID: "switchboard-demo", Secret: secret, RedirectURIs: []string{
			public + "/auth/callback", public + "/signed-out",
		}},
		KeyFile: besideDatabase(settings.Database.URL, "demo-tenant.key"), ControlSecret: control,
	})
	if _, taken := errors.AsType[*net.OpError](err); taken {
		return nil, notTaken("demo_listen", err)
	}
	if err != nil {
		return nil, fmt.Errorf("start the demo’s tenant: %w", err)
	}
	file := besideDatabase(settings.Database.URL, "demo-faults.secret")
	if err := os.WriteFile(file, []byte(control+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("keep the secret of the fault switch: %w", err)
	}
	graph, err := url.Parse(started.GraphURL())
	if err != nil {
		return nil, err
	}
	settings.OIDC.Issuer, settings.OIDC.ClientID, settings.OIDC.ClientSecret = started.Issuer(), "switchboard-demo", secret
	settings.Graph.BaseURL = graph
	settings.Graph.ReadScope, settings.Graph.WriteScope = demoScope+".Read.All", demoScope+".ReadWrite.All"
	log.Info("the demo's tenant is up", "issuer", started.Issuer(), "graph", started.GraphURL(), "faults_secret_file", file)
	return &tenant{started}, nil
}

// pageSize is how many connectors the demo's Graph sends at once: few enough that a small tenant has several pages, and of a
// large one as many as Intune itself sends.
func pageSize(connectors int) int {
	if connectors <= 150 {
		return 15
	}
	return 1_000
}

// demoScope is the scope of global Graph: the embedded one compares the last segment, as Entra's own tokens ask for.
const demoScope = "https://graph.microsoft.com/DeviceManagementServiceConfig"

// besideDatabase is a file in the directory of a SQLite database, else in the working directory.
func besideDatabase(databaseURL, name string) string {
	path, local := strings.CutPrefix(databaseURL, "sqlite:")
	if !local {
		return name
	}
	return filepath.Join(filepath.Dir(path), name)
}
