package changes

import (
	"context"
	"errors"

	"switchboard/access"
	"switchboard/audit"
	"switchboard/connector"
	"switchboard/graphclient"
	"switchboard/problem"
)

// SyncTypes are the members of deviceManagementExchangeConnectorSyncType (Graph metadata): a delta sync asks for the
// devices that changed lately, a full sync for all.
func SyncTypes() []string { return []string{"deltaSync", "fullSync"} }

// SyncRequest is what a person asks of one connector.
type SyncRequest struct {
	ID, SyncType, Reason string
	// Once is the form's one-time id.
	Once string
}

// Sync asks Graph for a sync. Graph answers that it accepted the request, and nothing of what comes of it.
func (s *Service) Sync(ctx context.Context, p Person, from Origin, request SyncRequest) (Result, error) {
	if err := mayEdit(p); err != nil {
		return Result{}, err
	}
	if known, err := s.byOnce(ctx, p, request.Once, request.ID); err != nil || known.Change.ID != "" {
		return known, err
	}
	if err := s.checkSync(request); err != nil {
		return Result{}, err
	}
	actor, err := p.Allowed(ctx, access.Edit)
	if err != nil {
		return Result{}, graphclient.Explain(err)
	}
	change, err := s.intend(ctx, p, from, draft{once: request.Once, connector: request.ID, action: audit.Sync,
		syncType: request.SyncType, reason: request.Reason, actor: actor}, 0)
	if errors.Is(err, errSpent) {
		return s.byOnce(ctx, p, request.Once, request.ID)
	}
	if err != nil {
		return Result{}, err
	}
	sending, cancel := within(ctx, sendWithin)
	defer cancel()
	answer, err := s.Graph.For(p).Sync(sending, change.Connector, change.SyncType, change.ID)
	settled, err := s.settle(ctx, p, from, change.answered(answer, err), err)
	return Result{Change: settled}, err
}

func (s *Service) checkSync(request SyncRequest) error {
	edit := connector.Edit{Reason: request.Reason}
	faults := edit.Faults()
	if s.RequireReason && edit.LacksReason() {
		faults = append(faults, connector.Fault{Field: connector.Reason, Message: reasonWanted})
	}
	for _, offered := range SyncTypes() {
		if request.SyncType == offered {
			return invalid(faults)
		}
	}
	return problem.New(problem.BadRequest, "Ask for a deltaSync or a fullSync.").Saying("Nothing was sent to Graph.")
}
