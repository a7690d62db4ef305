-- +goose Up
-- When the record was told how a sync ended, 0 while it may still be seen. 1 stands for those that were over before the
-- record kept ends: of them it is told none. What was asked for in the last 20 minutes before this runs is still followed.
ALTER TABLE changes ADD COLUMN sync_ended BIGINT NOT NULL DEFAULT 0;
UPDATE changes SET sync_ended = 1 WHERE action = 'sync' AND (resolver <> '' AND outcome IN ('applied_observed', 'not_applied')
    OR outcome = 'applied' AND (sync_after <> '' OR intended_at < (SELECT MAX(intended_at) FROM changes) - 1200000000));
DROP INDEX changes_syncs_awaited;
CREATE INDEX changes_syncs_awaited ON changes (seq) WHERE action = 'sync' AND outcome = 'applied' AND sync_ended = 0;

-- +goose Down
DROP INDEX changes_syncs_awaited;
CREATE INDEX changes_syncs_awaited ON changes (intended_at) WHERE action = 'sync' AND outcome = 'applied' AND sync_after = '';
ALTER TABLE changes DROP COLUMN sync_ended;
