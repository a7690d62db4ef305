-- +goose Up
-- What others changed in other properties while the form of a change was open, up to the object that Graph returned.
ALTER TABLE changes ADD COLUMN others TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE changes DROP COLUMN others;
