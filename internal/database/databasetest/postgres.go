package databasetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"switchboard/internal/database"
)

// prefix begins the name of every database that tests make.
const prefix = "switchboard_test_"

// server is the PostgreSQL server and the template that this process migrated once. The template's name is locked as
// long as the process lives, by which others know that it is still wanted.
type server struct {
	url      *url.URL
	admin    *sql.DB
	template string
	made     atomic.Int64
}

var theServer = sync.OnceValues(prepare)

// freshPostgres makes a database: as a copy of the migrated template, which takes a tenth of the time of migrating, or
// an empty one.
func freshPostgres(t testing.TB, empty bool) (string, error) {
	s, err := theServer()
	if err != nil {
		return "", err
	}
	template := s.template
	if empty {
		template = "template1"
	}
	return s.create(t, template)
}

// create makes a database that begins as the template, which nobody may be connected to.
func (s *server) create(t testing.TB, template string) (string, error) {
	name := fmt.Sprintf("%s_%d", s.template, s.made.Add(1))
	if _, err := s.admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		return "", fmt.Errorf("create %s: %w", name, err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return s.at(name), nil
}

// prepare finds the server, removes what killed processes left behind, and migrates a template.
func prepare() (*server, error) {
	address, err := find()
	if err != nil {
		return nil, err
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the server's address is no URL")
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	s := &server{url: parsed, admin: admin, template: prefix + strings.ToLower(rand.Text()[:10])}
	if err := s.sweep(); err != nil {
		return nil, err
	}
	return s, s.migrate()
}

func (s *server) migrate() error {
	ctx := context.Background()
	lock, err := s.admin.Conn(ctx) // never closed: it holds the lock until the process ends
	if err != nil {
		return err
	}
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", s.template); err != nil {
		return err
	}
	if _, err := s.admin.Exec("CREATE DATABASE " + s.template); err != nil {
		return err
	}
	db, err := database.Open(ctx, s.at(s.template))
	if err != nil {
		return err
	}
	return db.Close()
}

// sweep drops the databases whose template nobody holds any more.
func (s *server) sweep() error {
	names, err := s.databases()
	if err != nil {
		return err
	}
	for _, name := range names {
		template := prefix + strings.SplitN(strings.TrimPrefix(name, prefix), "_", 2)[0]
		var orphan bool
		// The lock is given back at once, with the transaction.
		if err := s.admin.QueryRow("SELECT pg_try_advisory_xact_lock(hashtext($1))", template).Scan(&orphan); err != nil {
			return err
		}
		if orphan {
			s.admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") // another process may be quicker
		}
	}
	return nil
}

func (s *server) databases() ([]string, error) {
	rows, err := s.admin.Query("SELECT datname FROM pg_database WHERE datname LIKE $1", prefix+"%")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// at is the URL of the server's database of that name.
func (s *server) at(name string) string {
	address := *s.url
	address.Path = "/" + name
	return address.String()
}

func find() (string, error) {
	if address := os.Getenv("SWITCHBOARD_TEST_POSTGRES"); address != "" {
		return address, nil
	}
	root, err := root()
	if err != nil {
		return "", err
	}
	output, err := exec.Command(filepath.Join(root, "scripts", "postgres.sh")).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return "", fmt.Errorf("scripts/postgres.sh: %w", err)
	}
	return strings.TrimSpace(string(output)), nil
}

// root is the folder of go.mod, above the package under test.
func root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no go.mod in this folder or above it")
		}
		folder = parent
	}
}
