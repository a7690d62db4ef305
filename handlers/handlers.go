// Package handlers turns HTTP requests into calls of the other rooms and their answers into pages or fragments. It holds
// the table of routes and the checks that stand before every one of them, and no rule of the business.
//
// Its files go by layers, and calls run downwards only: one struct a subject (connectors, edit, bulk, changes, desk, audit, account,
// signin, probes) stands on the presenter (present*.go: what pages say of connectors and changes), which stands on the kernel
// (kernel*.go: what every request needs).
package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"switchboard/internal/connector"
	"switchboard/internal/runbooks"
	"switchboard/internal/session"
	"switchboard/views/frame"
)

// Settings are what the configuration says to the handlers.
type Settings struct {
	PublicURL      *url.URL
	TrustedProxies []netip.Prefix
	// TenantName is shown below the product's name.
	TenantName string
	Retirement connector.Retirement
	// RequireReason says whether a change needs a reason, Settle how long one in doubt takes to be called not applied.
	RequireReason bool
	Settle        time.Duration
	// Roles say which values of which claim grant what, for telling people what to ask for.
	Roles session.Roles
	// Idle is how long a session lasts without activity, Absolute how long at most.
	Idle, Absolute time.Duration
	GraphSettings
	// Runbooks say what to do about a connector of each health.
	Runbooks runbooks.Books
	Build    string
	// Limits hold back clients that nobody is signed in at.
	Limits Limits
	// LookShare is how long a page of one connector waits for a look at what is in doubt before it reads Graph, 200 ms unless
	// given. A page that reads nothing else waits five times as long; one of many connectors looks while it reads, and waits a
	// twentieth as long for the rest.
	LookShare time.Duration
	// Assets are the style sheets and scripts of every page.
	Assets *frame.Assets
}

// GraphSettings are how Graph is reached: where it is, and the permissions asked of it.
type GraphSettings struct {
	GraphURL              *url.URL
	ReadScope, WriteScope string
	// BulkRate is how many connectors a run changes in a second at most.
	BulkRate int
}

// Sessions are everybody's sessions. This interface and the next ones are a room each; they are made of the parts that the
// structs below declare where they use them.
type Sessions interface {
	SessionFinder
	SessionEnder
	SessionLister
	SessionWatch
}

// Inventory is what is known of connectors.
type Inventory interface {
	ConnectorReader
	ConnectorFinder
	WholeReader
	Memory
	Remembered
	Onsets
}

// Changes make changes of connectors and tell of them.
type Changes interface {
	ChangeReader
	ChangeActions
	Edits
	Syncs
	OpenEdits
}

// AuditLog is the audit log.
type AuditLog interface {
	AuditWriter
	AuditReader
	AuditSearch
	AuditProofs
	AuditExports
}

// Desk is what people leave for each other.
type Desk interface {
	DeskLooker
	DeskReader
	DeskActions
}

// KeptForms are what was typed into forms, kept over a sign-in.
type KeptForms interface {
	Drafts
	TextKeeper
}

// Probes say how the program is.
type Probes struct {
	// Database says whether the database answers, Writable whether lines can be added to the audit log and be read.
	Database, Writable func(context.Context) error
}

// Options are what the handlers need.
type Options struct {
	Settings
	Sessions  Sessions
	Events    Events
	SignIn    SignIn
	Inventory Inventory
	Changes   Changes
	AuditLog  AuditLog
	Desk      Desk
	Drafts    KeptForms
	Views     SavedViews
	Runs      Runs
	// Witnesses may be nil: none.
	Witnesses Witnesses
	Probes
	// Files serve the style sheets, scripts and icons.
	Files http.Handler
	Surroundings
}

// Surroundings are what everything here has in common.
type Surroundings struct {
	Metrics prometheus.Registerer
	// Follow gives each request the context of its reads, and traces it; nil: neither.
	Follow follower
	Now    func() time.Time
	NewID  func() string
	Log    *slog.Logger
}

// New is the whole site.
func New(o Options) http.Handler {
	if o.LookShare == 0 {
		o.LookShare = 200 * time.Millisecond
	}
	if o.Events.Beat == 0 {
		o.Events.Beat = 20 * time.Second
	}
	k := newKernel(o)
	h := newSubjects(o, k)
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = k.fail
	e.IPExtractor = ClientAddress(o.TrustedProxies)
	e.Pre(k.observe, k.guardHeaders, k.recover, k.checkHost, k.checkOrigin, k.inZone)
	for _, row := range h.routes() {
		register(e, row, k.gate(row))
	}
	return compressed(e)
}

// subjects are the parts of the site, each with the few things that it needs.
type subjects struct {
	connectors *connectorPages
	edit       *editPages
	bulk       *bulkPages
	changes    *changePages
	desk       *deskPages
	auditlog   *auditPages
	account    *accountPages
	events     *eventPages
	runbooks   *runbookPages
	signin     *signInPages
	probes     *probePages
}

func newSubjects(o Options, k *kernel) subjects {
	p := &presenter{
		kernel: k, inventory: o.Inventory, whole: o.Inventory, finder: o.Inventory, remembered: o.Inventory, onsets: o.Inventory, changeActions: o.Changes, syncs: o.Changes,
		auditReader: o.AuditLog, deskReader: o.Desk, textReader: o.Drafts, runReader: o.Runs,
	}
	h := subjects{
		connectors: &connectorPages{p, o.AuditLog, o.Views, &viewCounts{of: map[string]countedViews{}}},
		edit:       &editPages{presenter: p, edits: o.Changes, drafts: o.Drafts},
		bulk:       &bulkPages{presenter: p, reviews: o.Runs, steerer: o.Runs, edits: o.Changes},
		changes:    &changePages{p, o.AuditLog},
		desk:       &deskPages{presenter: p, desk: o.Desk, texts: o.Drafts},
		auditlog:   &auditPages{presenter: p, auditLog: o.AuditLog, witnesses: o.Witnesses, exporting: exporting{to: map[string]bool{}}},
		account:    &accountPages{p, o.Sessions},
		events:     &eventPages{k, o.Events, o.Sessions},
		runbooks:   &runbookPages{k},
		signin: &signInPages{
			kernel: k, starts: newLimiter(o.Limits.SignIns, o.Now), callbacks: newLimiter(o.Limits.SignIns, o.Now),
			logouts: newLimiter(o.Limits.Logouts, o.Now),
		},
		probes: &probePages{kernel: k, database: o.Database, writable: o.Writable, standing: o.AuditLog.Standing, files: o.Files},
	}
	k.lateForm = func(c echo.Context) { h.edit.keepLate(c); h.desk.keepLate(c) }
	k.viewLinks = h.connectors.viewLinks
	return h
}
