-- +goose Up
-- What was seen last of each connector, by whose read and when. A row is written when a read shows something else than it
-- holds; digest tells that without the values, and object is the connector as JSON.
CREATE TABLE sightings (
    connector TEXT PRIMARY KEY,
    digest    TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    seen_at   BIGINT NOT NULL,
    seen_by   TEXT   NOT NULL
);

-- +goose Down
DROP TABLE sightings;
