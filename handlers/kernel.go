package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
	"switchboard/internal/signin"
	"switchboard/views/frame"
)

// kernel is what every request needs, whatever it asks for: the checks before it, the one way in which an answer leaves, the
// one way in which an error does, and the person's session.
type kernel struct {
	Settings
	sessions     SessionFinder
	sessionEnder SessionEnder
	signIn       SignIn
	memory       Memory
	changeReader ChangeReader
	auditWriter  AuditWriter
	deskLooker   DeskLooker
	openRuns     OpenRuns
	metrics      *metrics
	now          func() time.Time
	newID        func() string
	logger       *slog.Logger
	// lateForm is told of a form whose session ended while it was filled in, before the sign-in.
	lateForm func(echo.Context)
	// viewLinks are all connectors, and the saved views of the menu.
	viewLinks func(echo.Context, *session.Person) []frame.Link
}

func newKernel(o Options) *kernel {
	return &kernel{
		Settings: o.Settings, sessions: o.Sessions, sessionEnder: o.Sessions, signIn: o.SignIn, memory: o.Inventory,
		changeReader: o.Changes, auditWriter: o.AuditLog, deskLooker: o.Desk, openRuns: o.Runs, metrics: newMetrics(o.Metrics, o.Follow, o.Writable),
		now: o.Now, newID: o.NewID, logger: o.Log,
	}
}

// SessionFinder tells who sends a request.
type SessionFinder interface {
	// Person is the signed-in person, nil without a session. It fails only where the database does.
	Person(*http.Request) (*session.Person, error)
	// RecentlyExpired is whose session ended a short while ago, nil if that is not known.
	RecentlyExpired(*http.Request) *session.Person
}

// SessionEnder ends sessions and says what it ended.
type SessionEnder interface {
	EndOther(ctx context.Context, person *session.Person, id string) (bool, error)
	EndOthers(context.Context, *session.Person) (int, error)
	EndBySID(ctx context.Context, sid string) ([]*session.Person, error)
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
	// End signs the person out and returns the provider's address that ends their session there, "" where there is none.
	End(http.ResponseWriter, *http.Request, *session.Person) (string, error)
	// AskAnew has the browser's next sign-in ask who it is, whatever the provider remembers.
	AskAnew(http.ResponseWriter)
	// Ready is nil once the provider's keys have been loaded.
	Ready() error
}

// Memory is what was read of connectors.
type Memory interface {
	// Saw keeps what a write returned, AnsweredLater has others know it after the answer, Forget drops what an ended session read.
	Saw(inventory.Person, connector.Connector)
	AnsweredLater(inventory.Person, connector.Connector, []connector.FieldChange)
	Forget(session string)
	// Names are what connectors were called when anybody saw them last.
	Names(ctx context.Context, ids ...string) (map[string]connector.Name, error)
	// FillNames has the audit log know by name what was seen for the first time.
	FillNames(context.Context) error
	// Spelt is a connector's id as Graph sent it first; ids are GUIDs, whose letter case says nothing.
	Spelt(ctx context.Context, id string) string
}

// ChangeReader tells of changes and how they ended.
type ChangeReader interface {
	Get(ctx context.Context, id string) (changes.Change, error)
	// CountInDoubt is how many changes are in doubt, DoubtfulConnectors are the ids of their connectors, InDoubt the changes.
	CountInDoubt(context.Context) (int, error)
	DoubtfulConnectors(context.Context) ([]string, error)
	InDoubt(context.Context) ([]changes.Change, error)
	// OpenOf is the change of a connector whose outcome is not known yet.
	OpenOf(ctx context.Context, connectorID string) (open changes.Change, ok bool, err error)
}

// AuditWriter adds lines to the audit log.
type AuditWriter interface {
	Note(context.Context, audit.Entry) (audit.Entry, error)
	Denied(ctx context.Context, actor access.Actor, route, connectorID string, from audit.Origin) error
}
