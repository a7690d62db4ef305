-- +goose Up
-- One row a change that somebody asked of Graph: where it stands today, and the form's one-time id that it spent.
-- The record (audit_entries) is the proof; this table is what the next request has to know.
CREATE TABLE changes (
    id               TEXT PRIMARY KEY,
    seq              BIGINT NOT NULL,
    once             TEXT NOT NULL UNIQUE,
    connector        TEXT NOT NULL,
    action           TEXT NOT NULL,
    detail           TEXT NOT NULL,
    reason           TEXT NOT NULL,
    actor            TEXT NOT NULL,
    fields           TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    graph_status     BIGINT NOT NULL DEFAULT 0,
    graph_request_id TEXT NOT NULL DEFAULT '',
    failure          TEXT NOT NULL DEFAULT '',
    returned         TEXT NOT NULL DEFAULT '',
    instance         TEXT NOT NULL,
    intended_at      BIGINT NOT NULL,
    looked_at        BIGINT NOT NULL DEFAULT 0,
    settled_at       BIGINT NOT NULL DEFAULT 0,
    took             BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX changes_by_connector ON changes (connector, seq);
CREATE INDEX changes_unsettled ON changes (outcome, seq);

-- +goose Down
DROP TABLE changes;
