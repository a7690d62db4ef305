package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// ErrServed says that another process serves the SQLite file.
const ErrServed = unusable("another process uses the database: one process at a time serves a SQLite file, and nothing else writes to it meanwhile")

// errBusy says that another process holds a lock.
var errBusy = errors.New("locked by another process")

// Lock keeps a SQLite file for this process: a lock of the system on the file beside it whose name ends in .lock, which ends
// with the process in any case. It is safe for concurrent use.
type Lock struct {
	path string // of the file that is locked; empty on PostgreSQL, which any number of processes may serve
	mu   sync.Mutex
	file *os.File
}

// Hold takes the lock of the database at a URL. A process that serves, migrates or writes holds it first. The error is
// ErrServed where another process has it.
func Hold(url string) (*Lock, error) {
	path, local := strings.CutPrefix(url, "sqlite:")
	if !local {
		return &Lock{}, nil
	}
	if err := isFile(path); err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link to the file is the same file
	}
	if err := oneName(path); err != nil {
		return nil, err
	}
	l := &Lock{path: path + ".lock"}
	var err error
	if l.file, err = lockFile(l.path); errors.Is(err, errBusy) {
		return nil, fmt.Errorf("%s is taken: %w. Stop that one first, or use PostgreSQL for several instances", path, ErrServed)
	} else if err != nil {
		return nil, fmt.Errorf("lock the database file %s (its folder must exist and be writable for this user): %w", path, err)
	}
	return l, nil
}

// Held is nil while this process has the lock. A lock file that somebody took away is made again; the error is ErrServed
// where another process was first.
func (l *Lock) Held() error {
	if l.path == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if same, err := stillAt(l.path, l.file); same || err != nil {
		return err
	}
	file, err := lockFile(l.path)
	if errors.Is(err, errBusy) {
		return ErrServed
	}
	if err != nil {
		return fmt.Errorf("lock the database file again: %w", err)
	}
	l.file, file = file, l.file
	return file.Close()
}

// Close gives the lock back. The file stays: taking it away would let two processes lock two files of one name.
func (l *Lock) Close() error {
	if l.path == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}

// lockFile makes the file where there is none, and locks it.
func lockFile(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lockWhole(file); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if same, err := stillAt(path, file); same || err != nil {
			return file, err
		}
		file.Close() // somebody took it away between the opening and the lock
	}
}

// stillAt says whether the path names the open file.
func stillAt(path string, file *os.File) (bool, error) {
	opened, err := file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(opened, there), err
}
