// Package handlers turns HTTP requests into calls of the other rooms and their answers into pages or fragments. It holds
// the table of routes and the checks that stand before every one of them, and no rule of the business.
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

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/signin"
	"switchboard/views/frame"
)

// Sessions tell who sends a request.
type Sessions interface {
	// Person is the signed-in person, nil without a session. It fails only where the database does.
	Person(*http.Request) (*signin.Person, error)
	// Former is whose session ended a short while ago, nil if that is not known.
	Former(*http.Request) *signin.Person
	// End signs the person out and returns the provider's address that ends their session there, "" where there is none.
	End(http.ResponseWriter, *http.Request, *signin.Person) (string, error)
	// AskAnew has the browser's next sign-in ask who it is, whatever the provider remembers.
	AskAnew(http.ResponseWriter)
}

// SignIn leads people through the provider.
type SignIn interface {
	// Remember keeps the page that was asked for, or that htmx asks from, until the sign-in is over, and returns the key by
	// which /login finds it, "" if nothing is kept.
	Remember(http.ResponseWriter, *http.Request) string
	// RememberPath does so with another page of ours.
	RememberPath(w http.ResponseWriter, r *http.Request, path string) string
	// Start begins a sign-in and returns the provider's address.
	Start(http.ResponseWriter, *http.Request) (string, error)
	// Finish takes the provider's answer.
	Finish(http.ResponseWriter, *http.Request) (signin.Arrival, error)
	// Ready is nil once the provider's keys have been loaded.
	Ready() error
}

// Elsewhere ends sessions, the one that asks and others, and says what it ended.
type Elsewhere interface {
	EndOther(ctx context.Context, person *signin.Person, id string) (bool, error)
	EndOthers(context.Context, *signin.Person) (int, error)
	EndBySID(ctx context.Context, sid string) ([]*signin.Person, error)
}

// Everybody lists sessions, one's own and other people's, and ends those.
type Everybody interface {
	// List are the person's own, All those of everybody.
	List(context.Context, *signin.Person) ([]signin.Listed, error)
	All(context.Context, *signin.Person) ([]signin.Listed, error)
	// EndAny ends one and says whose it was, nil if there is none.
	EndAny(ctx context.Context, id string) (*signin.Person, error)
}

// Inventory reads connectors.
type Inventory interface {
	List(context.Context, inventory.Reader) (inventory.Listing, error)
	Recent(inventory.Reader, time.Duration) (inventory.Listing, bool)
	Get(ctx context.Context, reader inventory.Reader, id string) (inventory.Reading, error)
	// Last is what the session read last of one connector, without asking Graph.
	Last(reader inventory.Reader, id string) (inventory.Reading, bool)
	// Outside are the latest changes made outside Switchboard, the newest first.
	Outside(ctx context.Context, limit int) ([]inventory.Outside, error)
}

// Memory is what was read.
type Memory interface {
	// Saw keeps what a write returned, Forget drops what an ended session read.
	Saw(inventory.Reader, connector.Connector)
	Forget(session string)
	// Names are what connectors were called when anybody saw them last.
	Names(ctx context.Context, ids ...string) (map[string]connector.Name, error)
	// FillNames has the record know by name what was seen for the first time.
	FillNames(context.Context) error
	// Spelt is a connector's id as Graph sent it first; ids are GUIDs, whose letter case says nothing.
	Spelt(ctx context.Context, id string) string
}

// Changes changes connectors.
type Changes interface {
	Save(context.Context, changes.Person, changes.Origin, connector.Edit) (changes.Result, error)
	Preview(context.Context, changes.Person, connector.Edit) (changes.Result, error)
	Sync(context.Context, changes.Person, changes.Origin, changes.SyncRequest) (changes.Result, error)
	// Request is the request to Graph that a save of these fields makes.
	Request(connectorID string, fields []connector.Field) changes.Request
}

// Outcomes tells what became of changes, and finds out where nobody knows.
type Outcomes interface {
	Get(ctx context.Context, id string) (changes.Change, error)
	Doubtful(context.Context) ([]changes.Change, error)
	OpenOf(ctx context.Context, connectorID string) (open changes.Change, ok bool, err error)
	LookAt(ctx context.Context, p changes.Person, from changes.Origin, connectorID string) error
	LookAtAll(context.Context, changes.Person, changes.Origin) error
}

// Syncs tell of syncs.
type Syncs interface {
	// Progress is how far the latest sync of a connector has come, by the latest look.
	Progress(ctx context.Context, connectorID string) (progress changes.Progress, ok bool, err error)
	// SyncTypesOf are what syncs asked for, by the change's id.
	SyncTypesOf(ctx context.Context, ids ...string) (map[string]string, error)
}

// Endings are what can be done about a change that was made.
type Endings interface {
	// Close gives up on one in doubt.
	Close(ctx context.Context, p changes.Person, from changes.Origin, id, reason string) (changes.Change, error)
	// BeforeOf is what a change replaced.
	BeforeOf(ctx context.Context, id string) (changes.Before, error)
}

// Record is the change record, as far as pages show it.
type Record interface {
	History(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error)
	Recent(ctx context.Context, limit int) ([]audit.Entry, error)
	// Query are the newest lines that match and are older than the line before; 0 starts at the newest.
	Query(ctx context.Context, f audit.Filter, before int64, limit int) (audit.Page, error)
	Note(context.Context, audit.Entry) (audit.Entry, error)
	Denied(ctx context.Context, actor access.Actor, route, connectorID string, from audit.Context) error
}

// Options are what the handlers need.
type Options struct {
	PublicURL      *url.URL
	TrustedProxies []netip.Prefix
	// TenantName is shown below the product's name.
	TenantName string
	Retirement connector.Retirement
	// RequireReason says whether a change needs a reason, Settle how long one in doubt takes to be called not applied.
	RequireReason bool
	Settle        time.Duration
	// Roles say which values of which claim grant what, for telling people what to ask for.
	Roles signin.Roles
	// Idle is how long a session lasts without activity, Absolute how long at most.
	Idle, Absolute time.Duration
	// ReadScope and WriteScope are the permissions asked of Graph.
	ReadScope, WriteScope string
	Build                 string
	// Limits hold back clients that nobody is signed in at.
	Limits Limits
	// LookShare is how long a page of one connector waits for a look at what is in doubt before it reads Graph, 200 ms unless
	// given. A page that reads nothing else waits five times as long; one of many connectors looks while it reads, and waits a
	// twentieth as long for the rest.
	LookShare time.Duration

	Sessions  Sessions
	SignIn    SignIn
	Elsewhere Elsewhere
	Everybody Everybody
	Inventory Inventory
	Memory    Memory
	Changes   Changes
	Outcomes  Outcomes
	Syncs     Syncs
	Endings   Endings
	Record    Record
	Exports   Exports
	Drafts    Drafts
	Trail     Trail
	Proofs    Proofs
	// Witnesses may be nil: none.
	Witnesses Witnesses
	// Database says whether the database answers, Writable whether lines can be added to the record and be read.
	Database, Writable func(context.Context) error
	// Assets are the style sheets and scripts of every page, Static what serves them and the icons.
	Assets frame.Assets
	Static http.Handler

	Metrics prometheus.Registerer
	Now     func() time.Time
	NewID   func() string
	Log     *slog.Logger
}

// Handlers answers every request.
type Handlers struct {
	Options
	metrics *metrics
	starts  *limiter
	answers *limiter
	logouts *limiter

	exporting exporting
}

// New is the whole site.
func New(o Options) http.Handler {
	if o.LookShare == 0 {
		o.LookShare = 200 * time.Millisecond
	}
	h := &Handlers{
		Options: o, metrics: newMetrics(o.Metrics, o.Writable), exporting: exporting{to: map[string]bool{}},
		starts: newLimiter(o.Limits.SignIns, o.Now), answers: newLimiter(o.Limits.SignIns, o.Now), logouts: newLimiter(o.Limits.Logouts, o.Now),
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = h.fail
	e.IPExtractor = ClientAddress(o.TrustedProxies)
	e.Pre(h.observe, h.guardHeaders, h.recover, h.checkHost, h.checkOrigin)
	for _, row := range h.routes() {
		h.register(e, row)
	}
	return compressed(e)
}
