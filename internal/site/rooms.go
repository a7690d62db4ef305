package site

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"switchboard/graphclient"
	"switchboard/handlers"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/config"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/desk"
	"switchboard/internal/drafts"
	"switchboard/internal/inventory"
	"switchboard/internal/live"
	"switchboard/internal/oidc"
	"switchboard/internal/runbooks"
	"switchboard/internal/seal"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/internal/tracing"
)

// Rooms are the product on a database that is open, without its ports.
type Rooms struct {
	// Metrics are what the rooms measure.
	Metrics *prometheus.Registry
	// Witnesses cosign the audit log once they are asked.
	Witnesses *audit.Witnesses
	// SignIn signs people in once it runs and has read the provider's keys.
	SignIn *signin.Service
	// Live has open pages hear what changes, once it runs.
	Live *live.Bus
	// Sessions are everybody's.
	Sessions *session.Service
	// Bulk are the runs, whose rows it takes once it works.
	Bulk *bulk.Service
	// Pages answer requests.
	Pages http.Handler

	auditLog  *audit.Log
	stream    *audit.Stream // nil: off
	graph     *graphclient.Client
	changes   *changes.Service
	desk      *desk.Desk
	drafts    *drafts.Drafts
	inventory *inventory.Inventory
	tracing   *tracing.Tracing // nil: off
}

// NewRooms plugs the rooms together. The database stays the caller's.
func NewRooms(ctx context.Context, settings config.Config, db *database.DB, o Options) (*Rooms, error) {
	o = o.complete()
	r := &Rooms{Metrics: prometheus.NewRegistry()}
	err := r.trace(ctx, db, o)
	if err == nil {
		err = r.furnish(ctx, settings, db, o)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// wordsAtStart is how many lines of an older program get their words before anything is served, within seconds. Those of a longer
// record follow while it is served, and until then no text is looked for.
const wordsAtStart = 20_000

func (r *Rooms) furnish(ctx context.Context, settings config.Config, db *database.DB, o Options) (err error) {
	if r.auditLog, err = NewAuditLog(settings, db, o); err != nil {
		return err
	}
	if err := r.watchOver(ctx, settings, o); err != nil {
		return err
	}
	r.Live = live.New(live.Options{Database: db, Refused: func(whose string) { r.inventory.Barred(whose) }, Now: o.Now, Log: o.Log})
	r.graph = newGraph(settings, o, r.measureGraph(), func(whose string) { r.inventory.Bar(whose) })
	seals, err := seal.New(settings.Sessions.Keys)
	if err != nil {
		return err
	}
	if err := r.newSignIn(settings, db, seals, o); err != nil {
		return err
	}
	r.newChanges(settings, db, seals, o)
	if err := r.auditLog.Start(ctx, Owner(settings)); err != nil {
		return err
	}
	if err := r.auditLog.FillNames(ctx); err != nil {
		return err
	}
	if err := r.auditLog.FillWords(ctx, wordsAtStart); err != nil {
		return err
	}
	if err := r.changes.Recover(ctx); err != nil {
		return fmt.Errorf("find changes that an earlier run left without an outcome: %w", err)
	}
	r.desk = desk.New(desk.Options{Database: db, AuditLog: r.auditLog, Expire: settings.Changes.ClaimsExpire, Pages: r.Live, Now: o.Now})
	r.drafts = drafts.New(db, seals, o.Now, o.Log)
	if err := r.newInventory(ctx, settings, db, seals, o); err != nil {
		return err
	}
	r.measure(o.Version)
	r.Pages, err = r.newPages(settings, db, o)
	return err
}

func (r *Rooms) newInventory(ctx context.Context, settings config.Config, db *database.DB, seals *seal.Keys, o Options) error {
	r.inventory = inventory.New(inventory.Options{
		Graph: r.graph, Now: o.Now, Patience: o.Waits.Read, PartAfter: o.Waits.Part, Database: db, AuditLog: r.auditLog, Seals: seals, Pages: r.Live, Build: o.Version, Log: o.Log, CompareWithin: o.Waits.Compare,
		Retirement: connector.Retirement{Date: settings.Retirement.Date, Types: settings.Retirement.Types},
	})
	if err := r.inventory.Prove(ctx); err != nil {
		return err
	}
	return r.inventory.FillNames(ctx)
}

// loadRunbooks reads the runbooks, and says which files of the folder are none.
func loadRunbooks(folder string, log *slog.Logger) (runbooks.Books, error) {
	books, warnings, err := runbooks.Load(folder)
	if err != nil {
		return nil, fmt.Errorf("runbooks.dir: %w", err)
	}
	for _, warning := range warnings {
		log.Warn("runbooks.dir: " + warning)
	}
	return books, nil
}

// NewAuditLog is the audit log in that database.
func NewAuditLog(settings config.Config, db *database.DB, o Options) (*audit.Log, error) {
	o = o.complete()
	auditLog, err := audit.New(audit.Options{Database: db,
		SignerKey: settings.Audit.Key, CheckpointFile: settings.Audit.CheckpointFile, Now: o.Now, NewID: o.NewID, Log: o.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("audit.key_file: %w", err)
	}
	return auditLog, nil
}

func newGraph(settings config.Config, o Options, observer graphclient.Observer, barred func(whose string)) *graphclient.Client {
	options := graphclient.Options{BaseURL: settings.Graph.BaseURL, Version: o.Version, Log: o.Log, Observer: observer, Barred: barred}
	if o.Graph != nil {
		o.Graph(&options)
	}
	return graphclient.New(options)
}

// newSignIn plugs sessions into the provider's client, and the sign-in into both.
func (r *Rooms) newSignIn(settings config.Config, db *database.DB, seals *seal.Keys, o Options) (err error) {
	provider := Client(settings)
	provider.Now, provider.Log, provider.HTTP = o.Now, o.Log, o.Provider
	client, err := oidc.New(provider)
	if err != nil {
		return err
	}
	r.Metrics.MustRegister(credentialGauge(client))
	if r.Sessions, err = session.New(session.Options{
		Client: client, Seals: seals, Roles: rolesOf(settings), Idle: settings.Sessions.Idle, Absolute: settings.Sessions.Absolute,
		PerPerson: settings.Sessions.PerPerson, Address: handlers.ClientAddress(settings.TrustedProxies),
		DB: db, Now: o.Now, Log: o.Log, Ended: handlers.RecordEndings(r.auditLog, o.Version, o.Log),
	}); err != nil {
		return err
	}
	r.SignIn, err = signin.New(signin.Options{Client: client, Sessions: r.Sessions, Seals: seals, DB: db, Now: o.Now, Log: o.Log})
	return err
}

// newChanges builds the only room that writes to Graph, and the queue over it.
func (r *Rooms) newChanges(settings config.Config, db *database.DB, seals *seal.Keys, o Options) {
	r.changes = changes.New(changes.Options{
		Graph: r.graph, GraphURL: settings.Graph.BaseURL.String(), Database: db, AuditLog: r.auditLog, Live: r.live, Pages: r.Live,
		RequireReason: settings.Changes.RequireReason, Settle: settings.Changes.Settle, Build: o.Version,
		Instance: uuid.NewString(), Now: o.Now, NewID: o.NewID, Log: o.Log, Concluded: r.countChanges(),
	})
	r.changes.AnswersKeptBy(func(ctx context.Context, tx *sql.Tx, p changes.Person, returned connector.Connector, applied []connector.FieldChange) (bool, error) {
		return r.inventory.Answered(ctx, tx, p, returned, applied)
	})
	r.Bulk = bulk.New(bulk.Options{
		Database: db, Changes: r.changes, Seals: seals, Live: r.live, Rate: settings.Bulk.Rate,
		RequireReason: settings.Changes.RequireReason, Now: o.Now, NewID: o.NewID, Log: o.Log,
		Tell: func(ctx context.Context, tx *sql.Tx, run string) error {
			return r.Live.Tell(ctx, tx, live.Event{Kind: live.Run, Run: run})
		},
	})
	r.changes.KeptBy(r.Bulk)
	r.auditLog.Beside(r.Bulk.Differing)
}

// live are the sessions with which changes in doubt are looked at.
func (r *Rooms) live(ctx context.Context, who access.Actor) ([]changes.Person, error) {
	found, err := r.Sessions.Live(ctx, who)
	sessions := make([]changes.Person, len(found))
	for i, person := range found {
		sessions[i] = person
	}
	return sessions, err
}

// newPages plugs the rooms into what answers requests.
func (r *Rooms) newPages(settings config.Config, db *database.DB, o Options) (http.Handler, error) {
	books, err := loadRunbooks(settings.Runbooks.Dir, o.Log)
	if err != nil {
		return nil, err
	}
	assets, files := assetsOf(o.Files)
	return handlers.New(handlers.Options{
		Settings: handlers.Settings{
			PublicURL: settings.PublicURL, TrustedProxies: settings.TrustedProxies, TenantName: o.TenantName,
			Retirement:    connector.Retirement{Date: settings.Retirement.Date, Types: settings.Retirement.Types},
			RequireReason: settings.Changes.RequireReason, Settle: settings.Changes.Settle, Build: o.Version,
			Roles: rolesOf(settings), Idle: settings.Sessions.Idle, Absolute: settings.Sessions.Absolute,
			GraphSettings: handlers.GraphSettings{GraphURL: settings.Graph.BaseURL, ReadScope: settings.Graph.ReadScope, WriteScope: settings.Graph.WriteScope, BulkRate: settings.Bulk.Rate},
			Runbooks:      books,
			Limits:        o.Limits, LookShare: o.Waits.Look, Assets: assets,
		},
		Sessions: r.Sessions, SignIn: r.SignIn, Inventory: r.inventory, Changes: r.changes, AuditLog: r.auditLog, Desk: r.desk, Drafts: r.drafts,
		Events: handlers.Events{Streams: r.Live, Beat: o.Waits.Beat},
		Views:  desk.NewSavedViews(db, o.Now, o.NewID), Runs: r.Bulk,
		Witnesses: r.Witnesses, Probes: handlers.Probes{Database: db.Ready, Writable: r.auditLog.Writable}, Files: files,
		Surroundings: handlers.Surroundings{Metrics: r.Metrics, Follow: r.follow, Now: o.Now, NewID: o.NewID, Log: o.Log},
	}), nil
}

// Close lets go of Graph, once what its answers told is kept, and sends the traces that are left.
func (r *Rooms) Close() {
	if r.inventory != nil {
		r.inventory.Wait()
	}
	if r.graph != nil {
		r.graph.Close()
	}
	if r.tracing != nil {
		r.tracing.Close()
	}
}
