-- +goose Up
-- When the latest look at a change in doubt, or at a sync, began: pages, timers and replicas leave it alone for a while after that. Whether
-- it could not be read then: a change's own page tries again at once.
ALTER TABLE changes ADD COLUMN look_began BIGINT NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN look_failed BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE changes DROP COLUMN look_failed;
ALTER TABLE changes DROP COLUMN look_began;
