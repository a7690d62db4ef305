-- +goose Up
-- One row a session. id is the hash of the cookie's secret; what the session knows (who, roles, tokens) is sealed and
-- bound to that id. version counts the changes of sealed: a change is made only to the version that was read, so that a
-- refresh under way neither undoes another nor brings back a session that was signed out. The lease says which instance
-- may ask the provider for new tokens, and until when.
CREATE TABLE sessions (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL,
    sid         TEXT NOT NULL,
    device      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    sealed      TEXT NOT NULL,
    version     BIGINT NOT NULL DEFAULT 1,
    leased_to   TEXT NOT NULL DEFAULT '',
    lease_ends  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sessions_by_person ON sessions (person, created_at);
CREATE INDEX sessions_by_sid ON sessions (sid);
CREATE INDEX sessions_by_end ON sessions (ends_at);
CREATE INDEX sessions_by_use ON sessions (seen_at);

-- One row a sign-in under way. state is the hash of the state parameter; the row goes with the first callback that
-- brings the state, so that it is good once.
CREATE TABLE sign_ins (
    state      TEXT PRIMARY KEY,
    browser    TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_by_browser ON sign_ins (browser, created_at);
CREATE INDEX sign_ins_by_age ON sign_ins (created_at);

-- +goose Down
DROP TABLE sign_ins;
DROP TABLE sessions;
