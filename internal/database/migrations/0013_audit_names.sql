-- +goose Up
-- What connectors are and were called, by the lines of the record and by what anybody read: one row for each value of a part
-- of a connector's name. part is 'short' (what it is called alone), 'server' (which it is called by where it has no alias) or
-- 'organization'. digest is of the value as names are compared, which may be longer than an index allows, and empty in the
-- row that says that the connector once had no alias. connector is the id in lower case. The rows follow from
-- audit_entries and sightings, and prove nothing.
CREATE TABLE audit_names (
    digest    TEXT NOT NULL,
    part      TEXT NOT NULL,
    connector TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (digest, part, connector)
);

-- Up to which line the names of older lines have been filled in.
CREATE TABLE audit_names_filled (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL
);
INSERT INTO audit_names_filled (one, seq) VALUES (1, 0);

-- +goose Down
DROP TABLE audit_names_filled;
DROP TABLE audit_names;
