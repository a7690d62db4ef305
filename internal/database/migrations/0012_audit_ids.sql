-- +goose Up
-- Ids are GUIDs: a connector's lines are found however its id is spelt.
CREATE INDEX audit_entries_by_connector_id ON audit_entries (lower(connector), seq) WHERE connector IS NOT NULL;
DROP INDEX audit_entries_by_connector;

-- +goose Down
CREATE INDEX audit_entries_by_connector ON audit_entries (connector, seq) WHERE connector IS NOT NULL;
DROP INDEX audit_entries_by_connector_id;
