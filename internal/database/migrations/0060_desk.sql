-- +goose Up
-- From which line on changes made outside Switchboard wait to be settled: those of lines from before count as settled. Beside
-- the lines themselves this number is all that is kept of them.
CREATE TABLE desk_since (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL
);
INSERT INTO desk_since (one, seq) SELECT 1, size FROM audit_head;
-- A connector's notes are found however long its history is.
CREATE INDEX audit_entries_notes ON audit_entries (lower(connector), seq) WHERE action = 'note';
-- The number of the line of the change made elsewhere that a revert takes back; 0 for none.
ALTER TABLE changes ADD COLUMN observed BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE changes DROP COLUMN observed;
DROP INDEX audit_entries_notes;
DROP TABLE desk_since;
