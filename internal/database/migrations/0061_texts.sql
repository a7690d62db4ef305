-- +goose Up
-- What somebody had typed into one of the small forms of a connector's page when they were sent away to sign in: one row a person,
-- connector and form, sealed, for half an hour. What was typed into the edit form is in drafts.
CREATE TABLE texts (
    person    TEXT NOT NULL,
    connector TEXT NOT NULL,
    form      TEXT NOT NULL,
    sealed    TEXT NOT NULL,
    kept_at   BIGINT NOT NULL,
    PRIMARY KEY (person, connector, form)
);
CREATE INDEX texts_by_age ON texts (kept_at);

-- +goose Down
DROP TABLE texts;
