-- +goose Up
-- What a run is to do, and what each of its rows is to hold, is sealed: it goes on by somebody's token, and nobody who writes here may
-- decide what for.
ALTER TABLE bulk_runs ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
ALTER TABLE bulk_rows ADD COLUMN sealed TEXT NOT NULL DEFAULT '';

-- The changes of runs by their lines: what a check of some lines looks through.
CREATE INDEX changes_of_runs_by_line ON changes (seq) WHERE run <> '';

-- +goose Down
DROP INDEX changes_of_runs_by_line;
ALTER TABLE bulk_rows DROP COLUMN sealed;
ALTER TABLE bulk_runs DROP COLUMN sealed;
