-- +goose Up
-- The checkpoint that signs the record as the latest transaction left it: whoever writes here without the key cannot sign.
CREATE TABLE audit_checkpoint (
    one  BIGINT PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL,
    note TEXT   NOT NULL
);
-- Whose record this is: the origin of its checkpoints, the issuer and the client; format is how the record is written.
CREATE TABLE audit_owner (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    format BIGINT NOT NULL,
    origin TEXT   NOT NULL,
    issuer TEXT   NOT NULL,
    client TEXT   NOT NULL
);

-- +goose Down
DROP TABLE audit_owner;
DROP TABLE audit_checkpoint;
