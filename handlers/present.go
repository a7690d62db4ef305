package handlers

import (
	"context"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/changes"
	"switchboard/internal/inventory"
)

// presenter makes what pages of several subjects show: receipts, events, a connector's card, names, gates.
type presenter struct {
	*kernel
	inventory     ConnectorReader
	whole         WholeReader
	finder        ConnectorFinder
	remembered    Remembered
	onsets        Onsets
	changeActions ChangeActions
	syncs         Syncs
	auditReader   AuditReader
	deskReader    DeskReader
	textReader    TextReader
	runReader     RunReader
}

// ConnectorReader reads connectors.
type ConnectorReader interface {
	List(context.Context, inventory.Person) (inventory.Listing, error)
	Recent(inventory.Person, time.Duration) (inventory.Listing, bool)
	Get(ctx context.Context, reader inventory.Person, id string) (inventory.Reading, error)
	// Last is what the session read last of one connector, without asking Graph.
	Last(reader inventory.Person, id string) (inventory.Reading, bool)
}

// ChangeActions are what can be done about a change that was made.
type ChangeActions interface {
	// Resolve looks again at what is in doubt of one connector, Look unless somebody has just now, ResolveAll at all that is due.
	Resolve(ctx context.Context, p changes.Person, from audit.Origin, connectorID string) error
	Look(ctx context.Context, p changes.Person, from audit.Origin, connectorID string) error
	ResolveAll(context.Context, changes.Person, audit.Origin) error
	// Close gives up on one in doubt.
	Close(ctx context.Context, p changes.Person, from audit.Origin, id, reason string) (changes.Change, error)
	// RevertOf is what a change replaced.
	RevertOf(ctx context.Context, id string) (changes.Revert, error)
}

// Syncs ask for syncs and tell of them.
type Syncs interface {
	Sync(context.Context, changes.Person, audit.Origin, changes.SyncRequest) (changes.Result, error)
	// Progress is how far the latest sync of a connector has come, by the latest look.
	Progress(ctx context.Context, connectorID string) (progress changes.Progress, ok bool, err error)
	// SyncTypesOf are what syncs asked for, by the change's id.
	SyncTypesOf(ctx context.Context, ids ...string) (map[string]string, error)
}

// AuditReader reads the audit log, as far as pages about connectors and changes show it.
type AuditReader interface {
	History(ctx context.Context, connectorID string, limit int) ([]audit.Entry, error)
	// Answers are the newest lines that tell how Graph answered a change of that person.
	Answers(ctx context.Context, who access.Actor, limit int) ([]audit.Entry, error)
	// Recent are the latest lines about changes that are older than the line before; 0 starts at the newest.
	Recent(ctx context.Context, before int64, limit int) ([]audit.Entry, error)
	// Sharing are the lines that share one of the ids, the oldest first.
	Sharing(ctx context.Context, ids ...string) ([]audit.Entry, error)
	// Standing is whether the log is what was signed, as far as anything has shown.
	Standing() audit.Standing
}
