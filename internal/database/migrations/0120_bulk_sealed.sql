-- +goose Up
-- What a run is to do, and what each of its rows is to hold, is sealed: it goes on by somebody's token, and nobody who writes here may
-- decide what for.
ALTER TABLE bulk_runs ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
ALTER TABLE bulk_rows ADD COLUMN sealed TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE bulk_rows DROP COLUMN sealed;
ALTER TABLE bulk_runs DROP COLUMN sealed;
