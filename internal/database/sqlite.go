package database

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
)

// sqliteReaders bounds the connections that read at once; each costs a page cache of a quarter of a megabyte, before the system's.
const sqliteReaders = 8

// connectSQLite opens the file at the path, which is made for this user alone where there is none.
func connectSQLite(path string) (*DB, error) {
	if err := isFile(path); err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	// FULL: a committed intent survives a power cut. Immediate: a transaction that reads and then writes waits for its
	// turn at the start, where waiting is possible at all.
	// What a statement would have to take back is kept in memory: beyond 64 KB SQLite makes a file of it in each transaction.
	// Write goes on waiting. What is written is brief, since all others wait for it: a deadline counts between statements.
	writer, err := openSQLite(path, "_busy_timeout=500&_journal_mode=WAL&_txlock=immediate&_pragma=temp_store(memory)", true)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := openSQLite(path, "_busy_timeout=3000&_journal_mode=WAL&_query_only=1&_pragma=cache_size(-256)", false)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders + 1) // and the one that is pinned
	reader.SetMaxIdleConns(sqliteReaders)
	return newDB(&DB{DB: reader, writer: writer, dialect: goose.DialectSQLite3, name: path, told: newTold()}), nil
}

func openSQLite(path, mode string, brief bool) (*sql.DB, error) {
	const settings = "?_foreign_keys=1&_synchronous=FULL&"
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	opener, err := newPrepared(file+settings+mode, brief)
	if err != nil {
		return nil, fmt.Errorf("open the database file %s: %w", path, err)
	}
	return sql.OpenDB(opener), nil
}

func isFile(path string) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return errors.New("the database's URL names no file: write sqlite:PATH")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it, sqlite:%s", path, filepath.Join(path, "switchboard.db"))
	}
	return nil
}

// makePrivate creates the file with rights for its owner only; SQLite gives its -wal and -shm files the same.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create the database file %s (its folder must exist and be writable for this user): %w", path, err)
	}
	return file.Close()
}
