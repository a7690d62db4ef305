-- +goose Up
-- seen_mark is seen_at, sealed and bound to the session: who can write to the database cannot prolong a session.
ALTER TABLE sessions ADD COLUMN seen_mark TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sessions DROP COLUMN seen_mark;
