-- +goose Up
-- The number of the line that tells of the refusal; 0 for none. It is where to look, and proves nothing.
ALTER TABLE audit_denials ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE audit_denials DROP COLUMN seq;
