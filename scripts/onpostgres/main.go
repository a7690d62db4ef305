// Command onpostgres stands in for switchboard where a caller knows SQLite alone, as the suite from outside does. It takes
// the arguments and the environment meant for switchboard, puts a PostgreSQL database in the place of the SQLite file that
// SWITCHBOARD_DATABASE_URL names, and becomes switchboard: its output, its exit code and its signals are the program's own.
package main

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Set when this is linked: the suite passes none of its own environment on.
var (
	program string // the path of switchboard
	server  string // the URL of a PostgreSQL server whose user may create databases
	prefix  string // begins the name of every database that is made here
)

const variable = "SWITCHBOARD_DATABASE_URL"

func main() {
	if err := become(); err != nil {
		fmt.Fprintln(os.Stderr, "onpostgres:", err)
		os.Exit(1)
	}
}

func become() error {
	file, local := strings.CutPrefix(os.Getenv(variable), "sqlite:")
	if !local { // starting switchboard all the same would test another database than the one that was meant
		return errors.New(variable + " names no SQLite file that a database could stand for")
	}
	address, err := databaseFor(file)
	if err != nil {
		return err
	}
	os.Setenv(variable, address)
	return syscall.Exec(program, append([]string{program}, os.Args[1:]...), os.Environ())
}

// databaseFor is the address of the database that stands for a file: the same one at every start, so that what an earlier
// process committed is there.
func databaseFor(file string) (string, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s%x", prefix, sha256.Sum256([]byte(path)))[:len(prefix)+20]
	if err := create(name); err != nil {
		return "", fmt.Errorf("create the database %s: %w", name, err)
	}
	address, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	return address.String(), nil
}

// create makes the database unless it is there.
func create(name string) error {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.Exec("CREATE DATABASE " + name)
	var refusal *pgconn.PgError
	const duplicate = "42P04"
	if errors.As(err, &refusal) && refusal.Code == duplicate {
		return nil
	}
	return err
}
