-- +goose Up
-- One row a sign-in whose callback came, by the hash of its state, so that a state is good once. What is under way lies
-- sealed in its browser. The table sign_ins stays for instances of the version before, which may run beside this one;
-- this one does not use it.
CREATE TABLE finished_sign_ins (
    state       TEXT PRIMARY KEY,
    finished_at BIGINT NOT NULL
);
CREATE INDEX finished_sign_ins_by_age ON finished_sign_ins (finished_at);

-- +goose Down
DROP TABLE finished_sign_ins;
