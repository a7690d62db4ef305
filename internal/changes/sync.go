package changes

import (
	"context"
	"errors"
	"slices"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// SyncTypes are the members of deviceManagementExchangeConnectorSyncType (Graph metadata): a delta sync asks for the
// devices that changed lately, a full sync for all.
func SyncTypes() []string { return []string{"deltaSync", "fullSync"} }

// SyncRequest is what a person asks of one connector.
type SyncRequest struct {
	ID, SyncType, Reason string
	// IdempotencyKey is the form's one-time id.
	IdempotencyKey string
	// Shown is the connector as the form's page showed it; it tells the last sync before this one.
	Shown connector.Connector
}

// Sync asks Graph for a sync. Graph answers that it accepted the request, and nothing more: Resolve finds out
// how it ended, and Progress tells it. It waits for no other change and keeps none waiting.
func (s *Service) Sync(ctx context.Context, p Person, from audit.Origin, request SyncRequest) (Result, error) {
	return s.sync(ctx, errand{Person: p, from: from}, request)
}

func (s *Service) sync(ctx context.Context, e errand, request SyncRequest) (Result, error) {
	if known, spent, err := s.admit(ctx, e, request.IdempotencyKey, request.ID); err != nil || spent {
		return known, err
	}
	if err := s.checkSync(request); err != nil {
		return Result{}, err
	}
	actor, err := e.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	before, err := s.lastSyncBefore(ctx, e, request)
	if err != nil {
		return Result{}, err
	}
	change, err := s.intend(ctx, e, Change{
		Intent: Intent{
			Connector: request.ID, Action: audit.Sync, SyncType: request.SyncType, Reason: request.Reason, Actor: actor, Run: e.run.ID,
			idempotencyKey: request.IdempotencyKey,
		},
		SyncWatch: SyncWatch{syncBefore: before},
	}, 0)
	if errors.Is(err, errKeySpent) {
		known, _, err := s.byIdempotencyKey(ctx, e, request.IdempotencyKey, request.ID)
		return known, err
	}
	if err != nil {
		return Result{}, err
	}
	finished, err := s.askForSync(ctx, e, change)
	return Result{Change: finished}, err
}

// askForSync issues the POST of a committed intent, once, and commits its outcome.
func (s *Service) askForSync(ctx context.Context, e errand, change Change) (Change, error) {
	defer s.inFlight.remove(change.ID)
	sending, cancel := within(ctx, s.leftOf(change))
	defer cancel()
	answer, err := e.writer(s.Graph).Sync(sending, change.Connector, change.SyncType, change.ID)
	return s.finish(ctx, e.Person, e.from, change.answered(answer, err), err)
}

func (s *Service) checkSync(request SyncRequest) error {
	edit := connector.Edit{Reason: request.Reason}
	found := edit.FieldErrors()
	if s.RequireReason && edit.LacksReason() {
		found = append(found, connector.FieldError{Field: connector.Reason, Message: reasonWanted})
	}
	if !slices.Contains(SyncTypes(), request.SyncType) {
		return problem.New(problem.BadRequest, "The kind of sync is not one of Graph’s.").Saying("Nothing was sent to Graph.").
			Advising("Open the connector again and choose a delta sync or a full sync.")
	}
	return invalid(found)
}
