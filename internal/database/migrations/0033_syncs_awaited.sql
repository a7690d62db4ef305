-- +goose Up
-- The timer asks every second for the syncs that Graph accepted and nobody has seen yet.
CREATE INDEX changes_syncs_awaited ON changes (intended_at) WHERE action = 'sync' AND outcome = 'applied' AND sync_after = '';

-- +goose Down
DROP INDEX changes_syncs_awaited;
