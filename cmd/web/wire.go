package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"switchboard/graphclient"
	"switchboard/handlers"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/config"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/signin"
	"switchboard/simulator"
	"switchboard/static"
	"switchboard/views/frame"
)

// databaseWithin is how long a database may say nothing: with what a page does beside, it then answers in 5 s.
const databaseWithin = 3 * time.Second

// site is everything that runs, in the order in which it was built.
type site struct {
	log      *slog.Logger
	out      io.Writer // for the lines of the record, if they go there
	listener net.Listener
	metrics  net.Listener // nil: off
	registry *prometheus.Registry
	tenant   *tenant // nil: a real one
	lock     *database.Lock
	database *database.DB
	watch    watch
	graph    *graphclient.Client
	people   *signin.Service
	record   *audit.Log
	drafts   *drafts.Drafts
	changes  *changes.Service
	pages    http.Handler
}

// build takes the ports, opens the database, and plugs the rooms together. Nothing is served yet.
func build(ctx context.Context, settings config.Config, out io.Writer, log *slog.Logger) (*site, error) {
	s := &site{log: log, out: out, registry: prometheus.NewRegistry()}
	err := s.assemble(ctx, settings)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *site) assemble(ctx context.Context, settings config.Config) (err error) {
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if s.listener, err = listen("listen", settings.Listen); err != nil {
		return err
	}
	if settings.Metrics.Listen != "" {
		if s.metrics, err = listen("metrics.listen", settings.Metrics.Listen); err != nil {
			return err
		}
	}
	if s.lock, err = database.Hold(settings.Database.URL); err != nil {
		return err
	}
	tenantName := ""
	if settings.Demo {
		if s.tenant, err = startTenant(&settings, s.log); err != nil {
			return err
		}
		tenantName = demoTenantName
	}
	if s.database, err = database.Open(ctx, settings.Database.URL); err != nil {
		return err
	}
	s.database.Under(s.lock)
	s.database.GiveUpAfter(databaseWithin)
	record, err := newRecord(settings, s.database, s.log)
	if err != nil {
		return err
	}
	s.record = record
	if err := s.watchOver(ctx, settings, record); err != nil {
		return err
	}
	s.graph = graphclient.New(graphclient.Options{BaseURL: settings.Graph.BaseURL, Version: version, Log: s.log})
	s.registry.MustRegister(breakerGauge(s.graph))
	if s.people, err = newPeople(settings, s.database, record, s.log); err != nil {
		return err
	}
	s.changes = changes.New(changes.Options{
		Graph: s.graph, GraphURL: settings.Graph.BaseURL.String(), Database: s.database, Record: record, Live: live(s.people),
		RequireReason: settings.Changes.RequireReason, Settle: settings.Changes.Settle, Build: version,
		Instance: uuid.NewString(), Now: time.Now, NewID: uuid.NewString, Log: s.log,
	})
	if err := record.Start(ctx, owner(settings)); err != nil {
		return err
	}
	if err := record.FillNames(ctx); err != nil {
		return err
	}
	if err := s.changes.Recover(ctx); err != nil {
		return fmt.Errorf("find changes that an earlier run left without an outcome: %w", err)
	}
	s.drafts = drafts.New(s.database, s.people, time.Now, s.log)
	s.pages, err = s.newPages(ctx, settings, record, tenantName)
	return err
}

func newRecord(settings config.Config, db *database.DB, log *slog.Logger) (*audit.Log, error) {
	record, err := audit.New(db, audit.Options{SignerKey: settings.Audit.Key, CheckpointFile: settings.Audit.CheckpointFile, Log: log})
	if err != nil {
		return nil, fmt.Errorf("audit.key_file: %w", err)
	}
	return record, nil
}

// guid finds the tenant's id in an issuer of Entra ID.
var guid = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// owner is whom the database has to belong to. The embedded provider's issuer holds its port, so the demo has a name.
func owner(settings config.Config) audit.Owner {
	if settings.Demo {
		return audit.Owner{Issuer: demoIssuer, Client: settings.OIDC.ClientID, TID: simulator.TenantID, Demo: true}
	}
	return audit.Owner{Issuer: settings.OIDC.Issuer, Client: settings.OIDC.ClientID, TID: guid.FindString(settings.OIDC.Issuer), Others: []string{simulator.TenantID}}
}

// breakerGauge tells whether Graph counts as down.
func breakerGauge(graph *graphclient.Client) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchboard_graph_breaker_open", Help: "1 while Graph has answered nobody for a while, so that reads of it fail at once.",
	}, func() float64 {
		if graph.Down() {
			return 1
		}
		return 0
	})
}

// newPages plugs the rooms into what answers requests.
func (s *site) newPages(ctx context.Context, settings config.Config, record *audit.Log, tenantName string) (http.Handler, error) {
	files, err := static.Open()
	if err != nil {
		return nil, err
	}
	seen := inventory.New(s.graph, time.Now).Watching(inventory.Watch{Database: s.database, Record: record, Build: version, Log: s.log})
	if err := seen.FillNames(ctx); err != nil {
		return nil, err
	}
	return handlers.New(handlers.Options{
		PublicURL: settings.PublicURL, TrustedProxies: settings.TrustedProxies, TenantName: tenantName,
		Retirement:    connector.Retirement{Date: settings.Retirement.Date, Types: settings.Retirement.Types},
		RequireReason: settings.Changes.RequireReason, Settle: settings.Changes.Settle, Build: version,
		Roles: roles(settings), Idle: settings.Sessions.Idle, Absolute: settings.Sessions.Absolute,
		ReadScope: settings.Graph.ReadScope, WriteScope: settings.Graph.WriteScope, Limits: handlers.DefaultLimits(),
		Sessions: s.people, SignIn: s.people, Elsewhere: s.people, Everybody: s.people, Drafts: s.drafts, Inventory: seen, Memory: seen,
		Changes: s.changes, Outcomes: s.changes, Syncs: s.changes, Endings: s.changes,
		Record: record, Exports: record, Trail: record, Proofs: record, Witnesses: s.watch.witnesses, Database: s.database.Ready, Writable: record.Writable,
		Assets: assets(files), Static: files, Metrics: s.registry, Now: time.Now, NewID: uuid.NewString, Log: s.log,
	}), nil
}

// live are the sessions with which changes in doubt are looked at.
func live(people *signin.Service) func(context.Context, access.Actor) ([]changes.Person, error) {
	return func(ctx context.Context, who access.Actor) ([]changes.Person, error) {
		found, err := people.Live(ctx, who)
		sessions := make([]changes.Person, len(found))
		for i, person := range found {
			sessions[i] = person
		}
		return sessions, err
	}
}

// listen takes a port; a port that is taken is named by its key.
func listen(key, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: choose another port with %s, or stop what uses this one", key, err, key)
	}
	return listener, nil
}

func newPeople(settings config.Config, db *database.DB, record *audit.Log, log *slog.Logger) (*signin.Service, error) {
	o := client(settings)
	o.Keys, o.Idle, o.Absolute = settings.Sessions.Keys, settings.Sessions.Idle, settings.Sessions.Absolute
	o.PerPerson, o.Address = settings.Sessions.PerPerson, handlers.ClientAddress(settings.TrustedProxies)
	o.DB, o.Log, o.Ended = db, log, handlers.RecordEndings(record, version, log)
	return signin.New(o)
}

// client is what the provider has to know of this program.
func client(settings config.Config) signin.Options {
	return signin.Options{
		Issuer: settings.OIDC.Issuer, ClientID: settings.OIDC.ClientID, ClientSecret: settings.OIDC.ClientSecret,
		ClientCertificateFile: settings.OIDC.ClientCertificateFile, FederatedTokenFile: settings.OIDC.FederatedTokenFile,
		ClientAuth: signin.ClientAuth(settings.OIDC.ClientAuth), ClaimsFrom: signin.ClaimsFrom(settings.OIDC.ClaimsFrom),
		PublicURL: settings.PublicURL, ReadScope: settings.Graph.ReadScope, WriteScope: settings.Graph.WriteScope,
		Roles: roles(settings),
	}
}

func roles(settings config.Config) signin.Roles {
	return signin.Roles{
		Claim: settings.Roles.Claim, Admin: settings.Roles.Admin, Helpdesk: settings.Roles.Helpdesk, Auditor: settings.Roles.Auditor,
	}
}

// assets are the built files that every page loads.
func assets(files *static.Files) frame.Assets {
	asset := func(name string) frame.Asset {
		url, integrity := files.Asset(name)
		return frame.Asset{URL: url, Integrity: integrity}
	}
	return frame.Assets{
		CSS: []frame.Asset{asset("switchboard.css")}, JS: []frame.Asset{asset("switchboard.js")},
		Fonts: []frame.Asset{asset("inter.woff2")},
	}
}
