-- +goose Up
-- Each row is marked with the session keys: what differs from it is told in lines that are signed, so nobody who writes here may say what
-- was seen. Rows from before get their marks at the next start.
ALTER TABLE sightings ADD COLUMN mark TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sightings DROP COLUMN mark;
