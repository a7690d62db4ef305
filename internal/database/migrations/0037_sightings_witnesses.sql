-- +goose Up
-- The list and a read of one connector are two witnesses. listed and single are the digests of what each shows where it says
-- nothing new; evidence is the rest of what is known of them, as JSON: it is empty where a single read of one kind tells all.
-- revision counts the row's changes. A row from before tells no kind.
ALTER TABLE sightings ADD COLUMN listed   TEXT   NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN single   TEXT   NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN evidence TEXT   NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- Of ids that differ in letter case alone, the one that was seen first stays.
CREATE INDEX sightings_spelt ON sightings (lower(connector));
DELETE FROM sightings WHERE EXISTS (SELECT 1 FROM sightings earlier
    WHERE lower(earlier.connector) = lower(sightings.connector) AND (earlier.seen_at < sightings.seen_at
        OR earlier.seen_at = sightings.seen_at AND earlier.connector < sightings.connector));
DROP INDEX sightings_spelt;
CREATE UNIQUE INDEX sightings_by_id ON sightings (lower(connector));

-- +goose Down
DROP INDEX sightings_by_id;
ALTER TABLE sightings DROP COLUMN revision;
ALTER TABLE sightings DROP COLUMN evidence;
ALTER TABLE sightings DROP COLUMN single;
ALTER TABLE sightings DROP COLUMN listed;
