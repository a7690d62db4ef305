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
	// Once is the form's one-time id.
	Once string
	// Shown is the connector as the form's page showed it; it tells the last sync before this one.
	Shown connector.Connector
}

// Sync asks Graph for a sync. Graph answers that it accepted the request, and nothing of what comes of it: LookAt finds that
// out, and Progress tells it. It waits for no other change and keeps none waiting.
func (s *Service) Sync(ctx context.Context, p Person, from Origin, request SyncRequest) (Result, error) {
	if err := mayEdit(p); err != nil {
		return Result{}, err
	}
	if err := spendable(request.Once); err != nil {
		return Result{}, err
	}
	if known, spent, err := s.byOnce(ctx, p, request.Once, request.ID); err != nil || spent {
		return known, err
	}
	if err := s.mayBegin(); err != nil {
		return Result{}, err
	}
	if err := s.checkSync(request); err != nil {
		return Result{}, err
	}
	actor, err := p.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	before, err := s.lastSyncBefore(ctx, p, request)
	if err != nil {
		return Result{}, err
	}
	change, err := s.intend(ctx, p, from, draft{once: request.Once, connector: request.ID, action: audit.Sync,
		syncType: request.SyncType, reason: request.Reason, actor: actor, syncBefore: before}, 0)
	if errors.Is(err, errSpent) {
		known, _, err := s.byOnce(ctx, p, request.Once, request.ID)
		return known, err
	}
	if err != nil {
		return Result{}, err
	}
	settled, err := s.askForSync(ctx, p, from, change)
	return Result{Change: settled}, err
}

// askForSync issues the POST of a committed intent, once, and commits what became of it.
func (s *Service) askForSync(ctx context.Context, p Person, from Origin, change Change) (Change, error) {
	defer s.flights.land(change.ID)
	sending, cancel := within(ctx, s.leftOf(change))
	defer cancel()
	answer, err := s.Graph.For(p).Sync(sending, change.Connector, change.SyncType, change.ID)
	return s.settle(ctx, p, from, change.answered(answer, err), err)
}

func (s *Service) checkSync(request SyncRequest) error {
	edit := connector.Edit{Reason: request.Reason}
	faults := edit.Faults()
	if s.RequireReason && edit.LacksReason() {
		faults = append(faults, connector.Fault{Field: connector.Reason, Message: reasonWanted})
	}
	if !slices.Contains(SyncTypes(), request.SyncType) {
		return problem.New(problem.BadRequest, "The kind of sync is not one of Graph’s.").Saying("Nothing was sent to Graph.").
			Advising("Open the connector again and choose a delta sync or a full sync.")
	}
	return invalid(faults)
}
