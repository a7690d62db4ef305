-- +goose Up
-- Ids are GUIDs: a connector's changes are found however its id is spelt.
CREATE INDEX changes_by_connector_id ON changes (lower(connector), seq);
DROP INDEX changes_by_connector;

-- +goose Down
CREATE INDEX changes_by_connector ON changes (connector, seq);
DROP INDEX changes_by_connector_id;
