-- +goose Up
-- What somebody had typed into the edit form of a connector when they were sent away to sign in or to get a permission:
-- one row a person and connector, sealed, for half an hour.
CREATE TABLE drafts (
    person    TEXT NOT NULL,
    connector TEXT NOT NULL,
    sealed    TEXT NOT NULL,
    kept_at   BIGINT NOT NULL,
    PRIMARY KEY (person, connector)
);
CREATE INDEX drafts_by_age ON drafts (kept_at);

-- +goose Down
DROP TABLE drafts;
