-- +goose Up
-- The run that a change is a part of; empty for one that was begun alone.
ALTER TABLE changes ADD COLUMN run TEXT NOT NULL DEFAULT '';
CREATE INDEX changes_of_runs ON changes (run, seq) WHERE run <> '';

-- What a review of many connectors found, sealed, for an hour: whoever is sent away to sign in finds it again.
CREATE TABLE bulk_reviews (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    sealed  TEXT NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX bulk_reviews_by_age ON bulk_reviews (kept_at);

-- A run. person has started it, holder is by whose token it goes on. lease is a secret of the process that takes its rows,
-- until lease_ends. trouble and troubled are the positions of the first two rows in doubt, not applied or unreadable since the last one
-- that was neither; 0 for none.
CREATE TABLE bulk_runs (
    id         TEXT PRIMARY KEY,
    once       TEXT NOT NULL UNIQUE,
    person     TEXT NOT NULL,
    starter    TEXT NOT NULL,
    holder     TEXT NOT NULL,
    state      TEXT NOT NULL,
    pause      TEXT NOT NULL DEFAULT '',
    sync_type  TEXT NOT NULL,
    reason     TEXT NOT NULL,
    reverts    TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    trouble    BIGINT NOT NULL DEFAULT 0,
    troubled   BIGINT NOT NULL DEFAULT 0,
    lease      TEXT NOT NULL DEFAULT '',
    lease_ends BIGINT NOT NULL DEFAULT 0
);
-- One run a person at a time.
CREATE UNIQUE INDEX bulk_runs_open ON bulk_runs (person) WHERE state IN ('running', 'paused');
CREATE INDEX bulk_runs_by_time ON bulk_runs (started_at);

-- A connector in a run. claim is the lease under which it was taken, change the one that was begun last.
CREATE TABLE bulk_rows (
    run        TEXT NOT NULL,
    position   BIGINT NOT NULL,
    connector  TEXT NOT NULL,
    shown      TEXT NOT NULL,
    fields     TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    note       TEXT NOT NULL DEFAULT '',
    claim      TEXT NOT NULL DEFAULT '',
    change     TEXT NOT NULL DEFAULT '',
    tries      BIGINT NOT NULL DEFAULT 0,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (run, position)
);
CREATE INDEX bulk_rows_by_outcome ON bulk_rows (run, outcome, tries, position);
CREATE INDEX bulk_rows_by_change ON bulk_rows (change) WHERE change <> '';
CREATE INDEX bulk_rows_by_connector ON bulk_rows (run, lower(connector));

-- The pace of all runs together: as many slots as PATCHes may leave in a second. A slot is taken from before a PATCH until a second
-- after its answer. Until blocked_until nothing is sent, since Graph asked to slow down; refused counts how often, one after another.
CREATE TABLE bulk_slots (
    slot    BIGINT PRIMARY KEY,
    holder  TEXT NOT NULL DEFAULT '',
    free_at BIGINT NOT NULL DEFAULT 0
);
INSERT INTO bulk_slots (slot) VALUES (1), (2), (3), (4), (5);
CREATE TABLE bulk_pace (
    one           BIGINT PRIMARY KEY CHECK (one = 1),
    blocked_until BIGINT NOT NULL DEFAULT 0,
    refused       BIGINT NOT NULL DEFAULT 0
);
INSERT INTO bulk_pace (one) VALUES (1);

-- +goose Down
DROP TABLE bulk_pace;
DROP TABLE bulk_slots;
DROP TABLE bulk_rows;
DROP TABLE bulk_runs;
DROP TABLE bulk_reviews;
DROP INDEX changes_of_runs;
ALTER TABLE changes DROP COLUMN run;
