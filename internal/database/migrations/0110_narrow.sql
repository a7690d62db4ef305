-- +goose Up
-- What pages ask of a connector each time is found without a walk through its history: its changes whose end is not known, its
-- latest sync, and what Graph last said to a person.
CREATE INDEX changes_open_of ON changes (lower(connector), seq) WHERE outcome IN ('pending', 'in_doubt');
CREATE INDEX changes_awaited_of ON changes (lower(connector), seq) WHERE action = 'sync' AND outcome = 'applied' AND sync_ended = 0;
CREATE INDEX changes_syncs_of ON changes (lower(connector), seq) WHERE action = 'sync' AND outcome <> 'rejected';
CREATE INDEX audit_entries_answers ON audit_entries (oid, seq) WHERE outcome IN ('applied', 'rejected');

-- +goose Down
DROP INDEX audit_entries_answers;
DROP INDEX changes_syncs_of;
DROP INDEX changes_awaited_of;
DROP INDEX changes_open_of;
