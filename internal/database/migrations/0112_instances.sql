-- +goose Up
-- The instances that lead people through sign-ins at present, and when each said so last. They share the cookies that a browser has for
-- sign-ins under way, so that those that begin at once at several of them do not overwrite each other.
CREATE TABLE instances (
    id      TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE instances;
