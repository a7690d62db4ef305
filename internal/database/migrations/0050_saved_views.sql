-- +goose Up
-- Filters of the list that somebody has given a name, one row each. A person has so many places for them, numbered from 1, so
-- that no two requests at once make one more. read_as is the name as names are compared.
CREATE TABLE saved_views (
    id       TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    place    BIGINT NOT NULL CHECK (place BETWEEN 1 AND 20),
    name     TEXT NOT NULL,
    read_as  TEXT NOT NULL,
    query    TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    UNIQUE (person, place),
    UNIQUE (person, read_as)
);

-- +goose Down
DROP TABLE saved_views;
