-- +goose Up
-- The newest checkpoint of a record (by its origin) that each witness (by its public key) cosigned: a signed note with the
-- witness's cosignature. Whoever reads a row checks that signature: a database's writer cannot make one.
CREATE TABLE audit_witnesses (
    origin  TEXT NOT NULL,
    witness TEXT NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (origin, witness)
);

-- +goose Down
DROP TABLE audit_witnesses;
