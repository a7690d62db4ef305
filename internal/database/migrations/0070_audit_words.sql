-- +goose Up
-- The words of each line of the record, by which a text is looked for: those of its reason, its names and its values, without
-- case and accents. The rows follow from audit_entries and prove nothing. A word is bytes, because both databases compare bytes
-- alike, whatever language their texts are sorted in.
CREATE TABLE audit_words (
    seq  BIGINT NOT NULL,
    word BYTEA  NOT NULL,
    PRIMARY KEY (seq, word)
);
CREATE INDEX audit_words_by_word ON audit_words (word, seq);

-- The words of what connectors are and were called. The rows follow from audit_names.
CREATE TABLE audit_name_words (
    word      BYTEA NOT NULL,
    connector TEXT  NOT NULL,
    PRIMARY KEY (word, connector)
);

-- Up to which line the words are there, and whether those of all names are.
CREATE TABLE audit_words_filled (
    one   BIGINT PRIMARY KEY CHECK (one = 1),
    seq   BIGINT NOT NULL,
    names BIGINT NOT NULL
);
INSERT INTO audit_words_filled (one, seq, names) VALUES (1, 0, 0);

-- +goose Down
DROP TABLE audit_words_filled;
DROP TABLE audit_name_words;
DROP TABLE audit_words;
