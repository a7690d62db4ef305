-- +goose Up
-- What people read of connectors, an hour at a time, for 400 days. remembered has a row for an hour in which a connector was
-- read to be otherwise than before: as it was read last in it, with the first last sync that was read new in it and how many there
-- were. remembered_counts has one for an hour in which the whole list
-- was read: how many connectors were of each health, at the latest read. Hours are counted from 1970, in UTC. No person is in
-- either.
CREATE TABLE remembered (
    connector  TEXT   NOT NULL,
    hour       BIGINT NOT NULL,
    first_at   BIGINT NOT NULL,
    first_sync TEXT   NOT NULL,
    syncs      BIGINT NOT NULL,
    read_at    BIGINT NOT NULL,
    last_sync  TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    PRIMARY KEY (connector, hour)
);
CREATE INDEX remembered_by_hour ON remembered (hour);

CREATE TABLE remembered_counts (
    hour     BIGINT PRIMARY KEY,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    broken   BIGINT NOT NULL,
    late     BIGINT NOT NULL,
    pending  BIGINT NOT NULL,
    unknown  BIGINT NOT NULL,
    healthy  BIGINT NOT NULL,
    retired  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE remembered_counts;
DROP TABLE remembered;
