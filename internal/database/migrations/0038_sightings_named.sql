-- +goose Up
-- Whether the connector's name is among those in audit_names: those of thousands that are seen for the first time are put
-- there when somebody looks for a name, and those of rows from before at the next start.
ALTER TABLE sightings ADD COLUMN named BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sightings_unnamed ON sightings (connector) WHERE named = 0;

-- +goose Down
DROP INDEX sightings_unnamed;
ALTER TABLE sightings DROP COLUMN named;
