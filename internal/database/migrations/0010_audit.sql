-- +goose Up

-- No migration is ever recorded twice, so two processes that start at once cannot both apply one.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

-- The change record. Each row is one line of the export: line is its exact text without the hash, the columns beside it
-- are copies to search by, and those from settled on are what the line does not hold (settled: stored values are known).
CREATE TABLE audit_entries (
    seq            BIGINT PRIMARY KEY,
    id             TEXT   NOT NULL,
    recorded_at    BIGINT NOT NULL,
    latest         BIGINT NOT NULL,
    action         TEXT   NOT NULL,
    oid            TEXT   NOT NULL,
    person         TEXT   NOT NULL,
    connector      TEXT,
    outcome        TEXT,
    line           TEXT   NOT NULL,
    hash           TEXT   NOT NULL,
    settled        BIGINT NOT NULL,
    username       TEXT   NOT NULL,
    mapped_roles   TEXT   NOT NULL,
    role_source    TEXT   NOT NULL,
    session_hash   TEXT   NOT NULL,
    client_address TEXT   NOT NULL,
    build          TEXT   NOT NULL
);
CREATE INDEX audit_entries_by_id ON audit_entries (id);
CREATE INDEX audit_entries_by_connector ON audit_entries (connector, seq) WHERE connector IS NOT NULL;
-- The columns after seq let a page of two filters be found in one index alone.
CREATE INDEX audit_entries_by_person ON audit_entries (oid, seq, action, outcome);
CREATE INDEX audit_entries_by_action ON audit_entries (action, seq, outcome);
CREATE INDEX audit_entries_by_outcome ON audit_entries (outcome, seq, action) WHERE outcome IS NOT NULL;
CREATE INDEX audit_entries_changes ON audit_entries (seq) WHERE outcome IS NOT NULL;
CREATE INDEX audit_entries_by_time ON audit_entries (latest, seq);

-- The hashes of the RFC 6962 tree over the lines, at the indexes of golang.org/x/mod/sumdb/tlog.
CREATE TABLE audit_hashes (
    place BIGINT PRIMARY KEY,
    hash  TEXT NOT NULL
);

-- How many lines there are. Whoever appends updates this row first, which makes appenders wait for each other.
-- latest is the latest time in the record; setback is how far, at most, a later line's time was behind it.
CREATE TABLE audit_head (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    size    BIGINT NOT NULL,
    latest  BIGINT NOT NULL,
    setback BIGINT NOT NULL
);
INSERT INTO audit_head (one, size, latest, setback) VALUES (1, 0, 0, 0);

-- Which refusals of a person on a route were recorded in which minute (Unix minutes), so that one line a minute is.
CREATE TABLE audit_denials (
    tid    TEXT   NOT NULL,
    oid    TEXT   NOT NULL,
    route  TEXT   NOT NULL,
    minute BIGINT NOT NULL,
    PRIMARY KEY (tid, oid, route, minute)
);
CREATE INDEX audit_denials_by_minute ON audit_denials (minute);

-- +goose Down
DROP TABLE audit_denials;
DROP TABLE audit_head;
DROP TABLE audit_hashes;
DROP TABLE audit_entries;
DROP INDEX goose_db_version_once;
