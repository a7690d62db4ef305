-- +goose Up
-- What a change takes back; how often and when last somebody read to find out about it, and who did find out or gave up;
-- and the last sync as the person saw it before asking for a sync, and the first one seen after it.
ALTER TABLE changes ADD COLUMN reverts     TEXT   NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN looks       BIGINT NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN last_look   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN resolver    TEXT   NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN closing     TEXT   NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN sync_before TEXT   NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN sync_after  TEXT   NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE changes DROP COLUMN sync_after;
ALTER TABLE changes DROP COLUMN sync_before;
ALTER TABLE changes DROP COLUMN closing;
ALTER TABLE changes DROP COLUMN resolver;
ALTER TABLE changes DROP COLUMN last_look;
ALTER TABLE changes DROP COLUMN looks;
ALTER TABLE changes DROP COLUMN reverts;
